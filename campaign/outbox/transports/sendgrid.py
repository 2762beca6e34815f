"""Hand messages to SendGrid, through its SDK, which is kept on a short lead."""

import logging
import re
import ssl
from dataclasses import replace
from urllib.parse import urlsplit

from sendgrid import SendGridAPIClient

from campaign.config import Settings
from campaign.core.errors import DomainError
from campaign.outbox.answers import Answer, Refused
from campaign.outbox.mail import Envelope
from campaign.outbox.transports.sendgrid_body import compose
from campaign.outbox.transports.sendgrid_line import KeptClient, Line, Lost, NotReached, Patience, Reply
from campaign.outbox.transports.sendgrid_outcomes import answer, lost, not_reached

KEY = re.compile(r"[\x21-\x7e]+")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
DEFAULT = Patience()


class SendGridTransport:
    """One kept connection, one try a message. 202 is sent; everything else is in the table of outcomes."""

    def __init__(self, settings: Settings, *, patience: Patience = DEFAULT, tls: ssl.SSLContext | None = None) -> None:
        """Raise ValueError for a key or a host that must not be used; its words never hold the key."""
        origin = settings.sendgrid_host
        if not KEY.fullmatch(settings.sendgrid_api_key):
            raise ValueError("SENDGRID_API_KEY is empty or holds spaces, line breaks or other strange characters")
        if not origin.startswith("https:") and urlsplit(origin).hostname not in LOOPBACK:
            raise ValueError("SENDGRID_HOST must begin with https: so that the key cannot be read on the way")
        _hush()
        self._line = Line(origin, replace(patience, leave=settings.lease_seconds), tls)
        self._api = SendGridAPIClient(api_key=settings.sendgrid_api_key, host=origin)
        headers = self._api.client.request_headers
        self._api.client = KeptClient(self._line, host=origin, request_headers=headers, version=3)

    def send(self, envelope: Envelope) -> Answer:
        """Try once; nothing that SendGrid does is raised."""
        try:
            body = compose(envelope)
        except DomainError as error:
            return Refused(error.words)
        try:
            reply = self._api.send(body)
        except NotReached as error:
            return not_reached(str(error))
        except Lost as error:
            return lost(str(error))
        return answer(Reply(reply.status_code, reply.headers, reply.body))

    def close(self) -> None:
        """Let go of the connection."""
        self._line.close()


def _hush() -> None:
    """The SDK logs key, addresses and letters at debug level; a filter holds whatever levels are set later."""
    logging.getLogger("python_http_client.client").addFilter(_worth_saying)


def _worth_saying(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING
