"""What stands between a form and somebody's mailbox, counted in the database (it must hold without Redis too)."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text

from campaign import outbox
from campaign.core.db import session
from campaign.signatures.models import Signature
from campaign.signatures.states import SignatureState

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


def lock(email_hash: bytes) -> None:
    """Let only one request at a time act for an address; released with the transaction."""
    key = int.from_bytes(email_hash[:8], "big", signed=True)
    session().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def standing(campaign_id: UUID, email_hash: bytes, digest: bytes) -> Standing:
    """Look an address up under its lock: one statement for everything."""
    mine = [Signature.campaign_id == campaign_id, Signature.email_hash == email_hash]
    confirmed = select(Signature.id).where(*mine, Signature.state == SignatureState.CONFIRMED)
    same = select(Signature.id).where(*mine, Signature.state == SignatureState.PENDING, Signature.digest == digest)
    counts = [outbox.mails_query(email_hash, since) for since, _most in CAPS]
    row = (
        session()
        .execute(
            select(confirmed.scalar_subquery(), same.scalar_subquery(), *(count.scalar_subquery() for count in counts))
        )
        .one()
    )
    may_mail = all(n < most for n, (_since, most) in zip(row[2:], CAPS, strict=True))
    return Standing(row[0], row[1], may_mail)


def mailed_lately(email_hash: bytes) -> bool:
    """Whether a mail to this address was written within the time of a double click."""
    return bool(session().scalar(outbox.mails_query(email_hash, DOUBLE_CLICK)))
