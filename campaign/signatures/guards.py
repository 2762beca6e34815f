"""What stands between a form and somebody's mailbox, counted in the database (it must hold without Redis too)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from campaign import outbox
from campaign.core.db import session, together

# Over all campaigns, so that the form cannot be used to flood a stranger's mailbox.
CAPS = ((timedelta(hours=24), 3), (timedelta(days=30), 10))
# The same form twice within this time is a double click.
DOUBLE_CLICK = timedelta(minutes=2)


@dataclass(frozen=True)
class Standing:
    """What is known of an address on a campaign when its form arrives."""

    confirmed_id: UUID | None
    same_id: UUID | None
    kept_id: UUID | None
    may_mail: bool
    mailed_lately: bool


def try_lock(hashes: Sequence[bytes]) -> set[bytes]:
    """Those of the addresses that nobody acts for now, locked as `lock` does; it never waits."""
    keys = {_key(email_hash): email_hash for email_hash in hashes}
    locked = session().execute(_TRY, {"keys": sorted(keys)})
    return {keys[key] for key, got in locked if got}


def lock(email_hash: bytes) -> None:
    """Let nobody else sign, confirm or erase with this address until the transaction ends."""
    session().execute(_LOCK, {"key": _key(email_hash)})


def lock_signer(signature_id: UUID, then: str) -> Row[Any] | None:
    """Lock the address of a signature as `lock` does, then answer the first row of `then`, which knows its `id`.

    Both in one round trip; None where there is no such signature.
    """
    values = {"id": signature_id}
    return together((_LOCK_SIGNER, values), (then, values))


def _key(email_hash: bytes) -> int:
    return int.from_bytes(email_hash[:8], "big", signed=True)


def standing(campaign_id: UUID, email_hash: bytes, digest: bytes) -> Standing:
    """Look an address up under its lock, which is taken first; both in one round trip."""
    values = {"campaign": campaign_id, "hash": email_hash, "digest": digest}
    return Standing(*(together((_LOCK_FIRST, {"key": _key(email_hash)}), (_STANDING, values)) or ()))


def _mails(since: timedelta) -> str:
    return outbox.MAILS_SQL.format(hash="%(hash)s", seconds=int(since.total_seconds()))


# The key of `_key`: the first eight bytes as a number.
_LOCK_SIGNER = """
    SELECT pg_advisory_xact_lock(('x' || encode(substring(email_hash FOR 8), 'hex'))::bit(64)::bigint)
    FROM signatures WHERE id = %(id)s
"""
_LOCK_FIRST = "SELECT pg_advisory_xact_lock(%(key)s)"
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_TRY = text("SELECT key, pg_try_advisory_xact_lock(key) FROM unnest(cast(:keys AS bigint[])) AS wanted(key)")
_MINE = "SELECT id FROM signatures WHERE campaign_id = %(campaign)s AND email_hash = %(hash)s"
_STANDING = f"""
    SELECT ({_MINE} AND state IN ('confirmed', 'held')) AS confirmed_id,
      ({_MINE} AND state = 'pending' AND digest = %(digest)s) AS same_id,
      ({_MINE} AND state <> 'pending' AND digest = %(digest)s ORDER BY id DESC LIMIT 1) AS kept_id,
      {" AND ".join(f"{_mails(since)} < {most}" for since, most in CAPS)} AND NOT EXISTS (
        SELECT FROM refusals WHERE campaign_id = %(campaign)s AND address_hash = %(hash)s) AS may_mail,
      {_mails(DOUBLE_CLICK)} > 0 AS mailed_lately
"""  # noqa: S608 - put together from this file's constants
