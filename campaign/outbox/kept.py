"""What a message said when it left, for as long as the ledger keeps it."""

from uuid import UUID

from sqlalchemy import select

from campaign.core.db import session
from campaign.outbox.mail import Envelope
from campaign.outbox.mime import build
from campaign.outbox.models import Message


def kept(id_: UUID) -> Envelope | None:
    """The mail as it was frozen when it was first taken up; None before that, and after its time."""
    stored = session().scalar(select(Message.mail).where(Message.id == id_))
    return Envelope.load(stored) if stored else None


def wire(envelope: Envelope) -> bytes:
    """The bytes that left; raises BadText where a value cannot be a header."""
    return build(envelope)
