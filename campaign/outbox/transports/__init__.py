"""The ways a message leaves. One interface, chosen by MAIL_URL."""

from typing import Protocol
from urllib.parse import unquote, urlsplit

from campaign.config import Settings
from campaign.outbox.answers import Answer
from campaign.outbox.mail import Envelope
from campaign.outbox.transports.maildir import MaildirTransport
from campaign.outbox.transports.rehearsal import WithRehearsals
from campaign.outbox.transports.sendgrid import SendGridTransport
from campaign.outbox.transports.smtp import SmtpTransport


class Transport(Protocol):
    """Hands one message over and says which of the five answers came back. Never raises for what a provider does."""

    def send(self, envelope: Envelope) -> Answer:
        """Try once. No database transaction is open meanwhile."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def connect(settings: Settings) -> Transport:
    """The transport that MAIL_URL names; rehearsed mail never comes to it. Raises ValueError for one not known."""
    return WithRehearsals(_real(settings))


def _real(settings: Settings) -> Transport:
    parts = urlsplit(settings.mail_url)
    if parts.scheme == "maildir":
        return MaildirTransport(unquote(parts.path))
    if parts.scheme == "sendgrid":
        return SendGridTransport(settings)
    if parts.scheme in ("smtp", "smtps"):
        return SmtpTransport(settings)
    raise ValueError(f"MAIL_URL: no transport is called {parts.scheme}")
