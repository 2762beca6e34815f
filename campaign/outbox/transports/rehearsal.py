"""The transport of rehearsals: builds the message as it would leave, and reaches nobody. It opens no connection."""

from typing import Protocol

from campaign.core.errors import DomainError
from campaign.outbox.answers import Answer, Refused, Sent
from campaign.outbox.mail import Envelope
from campaign.outbox.mime import build


class Sender(Protocol):
    """A transport."""

    def send(self, envelope: Envelope) -> Answer:
        """Try once."""

    def close(self) -> None:
        """Let go of connections."""


class RehearsalTransport:
    """What is handed over stays in the ledger, where staff read it."""

    def send(self, envelope: Envelope) -> Answer:
        """Build the message, as a fault in it must show, and deliver it nowhere."""
        try:
            build(envelope)
        except DomainError as error:
            return Refused(error.words)
        return Sent(provider_id=f"rehearsal {envelope.id}", delivered=True)

    def close(self) -> None:
        """Nothing is held open."""


class WithRehearsals:
    """In front of the real transport: a rehearsed mail never comes to it."""

    def __init__(self, real: Sender) -> None:
        self.real, self._nowhere = real, RehearsalTransport()

    def send(self, envelope: Envelope) -> Answer:
        """To the real transport, or nowhere."""
        return (self._nowhere if envelope.mail.rehearsal else self.real).send(envelope)

    def close(self) -> None:
        """Let go of the real one's connections."""
        self.real.close()
