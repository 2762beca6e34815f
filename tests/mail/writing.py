"""Every mail of the house as bytes: the real composers for one supporter per language, always the same."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from typing import cast
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert

from campaign import letters, targets
from campaign.core import clock
from campaign.core.db import session, transaction
from campaign.core.ids import new_id
from campaign.outbox import Mail
from campaign.outbox.mail import Envelope
from campaign.outbox.mime import build
from campaign.signatures import NewsMail, commands, composers, news
from tests.support import people
from tests.support.offices import without_token

MOMENT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SIGNATURE = UUID("019202e7-c8e7-7e6f-b5e6-9d4c94989b16")
WRITERS = {
    "en": ("Marie Peeters", "marie@example.org", "9000"),
    "fr": ("Zoé Lefèvre", "zoe@example.org", "1050"),
    "nl": ("Joëlle Van den Broeck", "joelle@example.org", "9000"),
    "de": ("Jürgen Müßig", "juergen@example.org", "4700"),
}


def write_all(seeded: Flask, patch: pytest.MonkeyPatch, lang: str, **changes: str) -> dict[str, bytes]:
    """Each mail by its name: what a supporter gets until the letters leave, then each letter."""
    name, email, postcode = WRITERS[lang]
    page = people.page(lang=lang)
    model = letters.model(page.id, lang, page.title)
    form = {
        "name": name,
        "postcode": postcode,
        "subject": model.subject,
        "body": model.body,
        "lang": lang,
        "updates": True,
        **changes,
    }
    with time_machine.travel(MOMENT, tick=False):
        with patch.context() as fixed:
            fixed.setattr(commands, "new_id", lambda: SIGNATURE)
            people.sign(email, **form)
        mails = {"confirmation": composers.confirmation(SIGNATURE)}
        people.confirm(SIGNATURE)
        mails["already-signed"] = composers.already_signed(SIGNATURE)
        mails["access"] = composers.access(SIGNATURE)
        mails["news"] = news.compose(_news(page.id, lang))
        for letter in letters.of_signature(SIGNATURE):
            (target,) = targets.resolve([letter.post_id], clock.today(), lang)
            mails[f"letter-{target.key}"] = composers.letter(letter.id)
    return {name: _wire(mail) for name, mail in mails.items()}


def _news(campaign_id: UUID, lang: str) -> UUID:
    """News that the writer of the signature gets; answers the row of its mail."""
    words = {"subject": "The first hearing", "body": "The minister was asked.\n\nHere is what she said:\n– not yet."}
    mail_id = new_id()
    with transaction():
        id_ = news.draft(campaign_id, {lang: words}, actor="test")
        session().execute(insert(NewsMail).values(id=mail_id, news_id=id_, signature_id=SIGNATURE))
    return mail_id


def _wire(mail: Mail) -> bytes:
    """The bytes that leave, with a sender, an id and a date that stay the same."""
    return build(
        Envelope(
            mail=mail,
            sender=f"letters{'' if mail.automatic else '+0123456789'}@mail.postbag.example",
            message_id="<0123456789abcdef@mail.postbag.example>",
            date=format_datetime(MOMENT),
        )
    )


def read(raw: bytes) -> EmailMessage:
    """A mail as its receiver's program reads it."""
    return cast(EmailMessage, message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=default))


def shown(raw: bytes) -> str:
    """A mail for people to read and compare: its headers and each of its parts, decoded."""
    mail = read(raw)
    lines = [f"{name}: {value}" for name, value in mail.items() if name != "Content-Type"]
    for part in mail.walk():
        lines += ["", f"==== {part.get_content_type()}"]
        if not part.is_multipart():
            lines += ["", part.get_content().rstrip("\n")]
    return without_token("\n".join(lines) + "\n")


def part(raw: bytes, kind: str) -> str:
    """The content of the part of that kind, `plain` or `html`; empty where there is none."""
    body = read(raw).get_body((kind,))
    return str(body.get_content()) if body is not None else ""
