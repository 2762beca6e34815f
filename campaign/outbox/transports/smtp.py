"""Hand letters to a mail server by SMTP (RFC 5321), many over one connection."""

import re
import time
from base64 import b64encode

from campaign.config import Settings
from campaign.core.errors import DomainError
from campaign.outbox.answers import Answer, Refused, Sent
from campaign.outbox.mail import Envelope
from campaign.outbox.mime import build
from campaign.outbox.transports.smtp_answers import answer
from campaign.outbox.transports.smtp_server import Server
from campaign.outbox.transports.smtp_session import Session, Times
from campaign.outbox.transports.smtp_trouble import Stage, Trouble

# Many servers hang up after a hundred letters or some idle time; leaving first is one round trip cheaper.
LETTERS = 100
IDLE_SECONDS = 20.0
# How Postfix and Sendmail, Exim, and Amazon name what they queued. Nothing with an @, which Exchange answers.
QUEUE_ID = re.compile(r"\b(?:queued as |id=|Ok:? )(?=[a-z-]*\d)([a-z0-9-]{6,80})(?![\w@.-])", re.IGNORECASE)
# A part of a name that is one on its own.
WORD = re.compile(r"[^\W_]{4,}")


class SmtpTransport:
    """Keeps a connection between letters. One that has had its day is replaced once, before a letter is at risk."""

    def __init__(self, settings: Settings, times: Times | None = None) -> None:
        """Connects at the first letter; raises ValueError when MAIL_URL is not right."""
        self._server = Server.parse(settings.mail_url)
        self._name, self._lease = settings.sending_domain, settings.lease_seconds
        self._times = times or Times()
        self._session: Session | None = None

    def send(self, envelope: Envelope) -> Answer:
        """Try once. A message that cannot be built is refused before anybody hears of it."""
        ends = time.monotonic() + self._lease
        try:
            raw = build(envelope)
        except DomainError as error:
            return Refused(error.words)
        try:
            said = self._deliver(envelope.sender, envelope.mail.to, raw, ends)
        except Trouble as trouble:
            return answer(trouble, self._private(envelope))
        found = QUEUE_ID.search(said)
        return Sent(provider_id=found[1] if found else None)

    def close(self) -> None:
        """Say good-bye to the server."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def check(self) -> Answer | None:
        """Connect, encrypt and log in without a letter; None when all is well, otherwise what a letter would meet."""
        try:
            self._open()
        except Trouble as trouble:
            return answer(trouble, self._credentials())
        return None

    def _deliver(self, sender: str, to: str, raw: bytes, ends: float) -> str:
        if self._session is not None and self._session.usable(LETTERS, IDLE_SECONDS):
            try:
                return self._session.deliver(sender, to, raw, ends)
            except Trouble as trouble:
                # At MAIL it may be this connection's trouble alone: dead, or over the server's limit for one.
                if trouble.stage is not Stage.MAIL:
                    raise
        return self._open().deliver(sender, to, raw, ends)

    def _open(self) -> Session:
        self.close()
        session = Session(self._server, self._name, self._times)
        session.open()
        self._session = session
        return session

    def _private(self, envelope: Envelope) -> set[str]:
        """What a server may quote and a reason must not: whoever writes and is written to, and our log-in."""
        mail = envelope.mail
        addresses = [mail.to, mail.reply_to or "", envelope.sender]
        names = [mail.to_name, mail.from_name, mail.reply_to_name, *(one.partition("@")[0] for one in addresses[:2])]
        domains = [one.rpartition("@")[2] for one in addresses]
        return {*addresses, *domains, *names, *WORD.findall(" ".join(names))} | self._credentials()

    def _credentials(self) -> set[str]:
        user, password = self._server.user, self._server.password
        sent = (user, password, f"\0{user}\0{password}")
        return {user, password} | {b64encode(text.encode()).decode() for text in sent}
