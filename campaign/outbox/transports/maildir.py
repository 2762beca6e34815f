"""Deliver into a Maildir on this machine: the demonstration's way, and the tests'."""

import mailbox
from pathlib import Path

from campaign.core.errors import DomainError
from campaign.outbox.answers import Answer, Later, Refused, Sent
from campaign.outbox.mail import Envelope
from campaign.outbox.mime import build

# A full disk is not the message's fault; look again soon.
RETRY_SECONDS = 30


class MaildirTransport:
    """Writes each message into `new/` by way of `tmp/`, synced to disk. Written is delivered."""

    def __init__(self, folder: str) -> None:
        Path(folder).parent.mkdir(parents=True, exist_ok=True)
        self._box = mailbox.Maildir(folder, create=True)

    def send(self, envelope: Envelope) -> Answer:
        """Deliver one message; a message that cannot be built is refused, a disk that fails is for later."""
        try:
            raw = build(envelope)
        except DomainError as error:
            return Refused(error.words)
        try:
            key = self._box.add(raw)
        except OSError as error:
            return Later(f"the mail folder: {error.strerror}", RETRY_SECONDS, counted=False)
        return Sent(provider_id=key, delivered=True)

    def close(self) -> None:
        """Nothing is held open."""
