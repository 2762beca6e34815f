"""Log in as the transport of MAIL_URL does, and send nothing. For `campaign doctor`."""

import json
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import Request

from campaign.config import Settings
from campaign.outbox.answers import Answer, Later, Stopped
from campaign.outbox.transports.sendgrid import SendGridTransport
from campaign.outbox.transports.sendgrid_line import Line, Lost, NotReached, Patience
from campaign.outbox.transports.sendgrid_outcomes import answer, lost, not_reached
from campaign.outbox.transports.smtp import SmtpTransport
from campaign.outbox.transports.smtp_session import Times

# Somebody waits for the answer.
SECONDS = 5.0
SCOPE = "mail.send"


def log_in(settings: Settings) -> Answer | None:
    """None when mail can leave, otherwise what a message would meet. Raises ValueError for unfit settings."""
    parts = urlsplit(settings.mail_url)
    if parts.scheme == "maildir":
        return _maildir(Path(unquote(parts.path)))
    if parts.scheme == "sendgrid":
        return _sendgrid(settings)
    transport = SmtpTransport(settings, Times(connect=SECONDS, command=SECONDS))
    try:
        return transport.check()
    finally:
        transport.close()


def _maildir(folder: Path) -> Answer | None:
    """Write a file and take it away. A folder that is not there is made by the first mail, if it can be."""
    above = next(path for path in folder.absolute().parents if path.exists())
    place = folder / "tmp" if folder.exists() else above
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"campaign doctor")
            file.flush()
    except OSError as error:
        return Later(f"the mail folder cannot be written: {error.strerror}", 0.0)
    return None


def _sendgrid(settings: Settings) -> Answer | None:
    """Ask which scopes the key has."""
    SendGridTransport(settings).close()  # refuses a key or a host that must not be used
    headers = {"Authorization": f"Bearer {settings.sendgrid_api_key}", "Accept": "application/json"}
    request = Request(f"{settings.sendgrid_host}/v3/scopes", headers=headers)  # noqa: S310 - http(s), checked above
    line = Line(settings.sendgrid_host, Patience(connect=SECONDS, answer=SECONDS))
    try:
        reply = line.carry(request)
    except NotReached as error:
        return not_reached(str(error))
    except Lost as error:
        return lost(str(error))
    finally:
        line.close()
    if reply.status != 200:
        return answer(reply)
    lacks = Stopped(f"the key may not send mail: it lacks the scope {SCOPE}")
    return None if SCOPE in _scopes(reply.body) else lacks


def _scopes(body: bytes) -> list[str]:
    try:
        return list(json.loads(body)["scopes"])
    except (ValueError, TypeError, KeyError):
        return []
