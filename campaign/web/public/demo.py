"""The demonstration's mailbox in the browser. It does not exist elsewhere."""

import mailbox
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from urllib.parse import unquote, urlsplit

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from campaign import config
from campaign.web.audience import public
from campaign.web.public import demo_blueprint

SHOWN = 50
HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")
LINK = re.compile(r"https?://[^\s<>\"]+")


@demo_blueprint.get("/demo/mail")
@public
def mail() -> ResponseReturnValue:
    """Every mail that this demonstration has sent, the newest first."""
    settings = config.current()
    parts = urlsplit(settings.mail_url)
    if not settings.demo or parts.scheme != "maildir":
        abort(404)
    items = _newest(unquote(parts.path))
    chosen = request.args.get("id", "")
    return render_template(
        "public/demo_mail.html",
        mails=[
            {
                "id": key,
                "to": message["To"],
                "from_": message["From"],
                "subject": message["Subject"],
                "date": message["Date"].datetime,
            }
            for key, message in items
        ],
        mail=next((_shown(key, message) for key, message in items if key == chosen), None),
    )


def _newest(folder: str) -> list[tuple[str, EmailMessage]]:
    try:
        box = mailbox.Maildir(folder, factory=None, create=False)
        return [(key, _read(box, key)) for key in sorted(box.keys(), reverse=True)[:SHOWN]]
    except (mailbox.NoSuchMailboxError, FileNotFoundError):  # no worker has sent anything yet
        return []


def _read(box: "mailbox.Maildir", key: str) -> EmailMessage:
    return message_from_bytes(box.get_bytes(key), policy=default)


def _shown(key: str, message: EmailMessage) -> dict[str, object]:
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    headers = {name: str(message[name]) for name in HEADERS if message[name]}
    return {"id": key, "headers": headers, "text": text, "links": LINK.findall(text)}
