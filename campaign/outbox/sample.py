"""A mail as it would leave, without leaving: for whoever wants to see it before."""

from uuid import UUID

from campaign.outbox.claim import freeze
from campaign.outbox.mail import Mail
from campaign.outbox.mime import build


def as_sent(id_: UUID, mail: Mail) -> bytes:
    """The bytes of a message with that id, through the header gate and the encoder; raises BadText as sending does."""
    return build(freeze(id_, 0, mail))
