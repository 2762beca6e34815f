"""What stands between a form and somebody's mailbox, counted in the database (it must hold without Redis too)."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from campaign import outbox
from campaign.core.db import session

# Over all campaigns, so that the form cannot be used to flood a stranger's mailbox.
CAPS = ((timedelta(hours=24), 3), (timedelta(days=30), 10))
# The same form twice within this time is a double click.
DOUBLE_CLICK = timedelta(minutes=2)


@dataclass(frozen=True)
class Standing:
    """What is known of an address on a campaign when its form arrives."""

    confirmed_id: UUID | None
    same_id: UUID | None
    may_mail: bool
    mailed_lately: bool


def lock(email_hash: bytes) -> None:
    """Let only one request at a time act for an address; released with the transaction."""
    key = int.from_bytes(email_hash[:8], "big", signed=True)
    session().execute(_LOCK, {"key": key})


def standing(campaign_id: UUID, email_hash: bytes, digest: bytes) -> Standing:
    """Look an address up under its lock: one statement for everything."""
    values = {"campaign": campaign_id, "hash": email_hash, "digest": digest}
    return Standing(*session().execute(_STANDING, values).one())


def _mails(since: timedelta) -> str:
    return outbox.MAILS_SQL.format(hash=":hash", seconds=int(since.total_seconds()))


_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_MINE = "SELECT id FROM signatures WHERE campaign_id = :campaign AND email_hash = :hash"
_STANDING = text(
    f"""
    SELECT ({_MINE} AND state = 'confirmed') AS confirmed_id,
      ({_MINE} AND state = 'pending' AND digest = :digest) AS same_id,
      {" AND ".join(f"{_mails(since)} < {most}" for since, most in CAPS)} AS may_mail,
      {_mails(DOUBLE_CLICK)} > 0 AS mailed_lately
    """
)
