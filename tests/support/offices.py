"""What somebody at an office does with the link in a letter."""

import re
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import offices, outbox
from campaign.core import tokens
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from campaign.outbox import Lane
from tests.support import outbox as ledger
from tests.support.replies import sent_letter

TOKEN = re.compile(r"(/office/(?:confirm/)?)[A-Za-z0-9._-]{40,}")
CANCEL = "UPDATE outbox_messages SET state = 'cancelled' WHERE lane = 'people' AND state = 'queued'"
LINK = re.compile(r"https?://[^\s/]+(/office/(?:confirm/)?\S+)")


def without_token(words: str) -> str:
    """Words with the same token in each office's link, to compare them."""
    return TOKEN.sub(r"\1TOKEN", words)


def office_page(client: FlaskClient) -> tuple[UUID, str]:
    """A letter that has left, and the path of the link in it."""
    letter = sent_letter()
    return letter, link(outbox.message(letter)[0].id)


def link(message_id: UUID) -> str:
    """The path of an office's link, made anew."""
    return f"/office/{tokens.sign(Purpose.OFFICE, message_id.hex)}"


def next_mail(kind: str) -> outbox.Mail:
    """The next mail of that kind in the lane that people wait for, as it is composed."""
    with transaction():
        session().execute(text(f"{CANCEL} AND kind <> :kind"), {"kind": kind})
        session().execute(text("UPDATE outbox_paces SET gap = 0, tat = opens_at WHERE closed_until IS NULL"))
    return ledger.claimed(Lane.PEOPLE).envelope.mail


def found(mail: outbox.Mail) -> str:
    """The path of the office's link in a mail."""
    match = LINK.search(mail.text)
    assert match, mail.text
    return match[1]


def confirmed(client: FlaskClient, page: str, kind: str, words: str = "") -> None:
    """Ask for something and confirm it from the office's mailbox."""
    assert client.post(page, data={"kind": kind, "text": words}).status_code == 303
    assert client.post(found(next_mail("office_confirm"))).status_code == 303


LEFT = """
UPDATE outbox_messages SET state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END,
    changed_at = changed_at - make_interval(days => :days) WHERE kind = 'letter'
"""
AGREED = "UPDATE consents SET given = true WHERE kind = 'updates'"


def gone(days: float = 22) -> None:
    """The letters that have left did so long ago, and no other leaves."""
    with transaction():
        session().execute(text(LEFT), {"days": int(days)})


def asked_about(letter: UUID) -> UUID:
    """The writer of that letter agreed, and is asked about it; answers the asking."""
    with transaction():
        session().execute(text(AGREED))
    gone()
    with transaction():
        offices.follow_up.plan()
    query = text("SELECT follow_up_id FROM follow_up_letters WHERE letter_id = :letter")
    return UUID(str(session().scalar(query, {"letter": letter})))
