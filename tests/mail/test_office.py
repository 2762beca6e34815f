"""The mails of the office's channel are the golden ones, word for word."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import accounts, offices, outbox
from campaign.accounts import Role
from campaign.core import clock
from campaign.core.db import session, transaction
from campaign.core.i18n import CODES
from tests.support import console, people
from tests.support.offices import asked_about, confirmed, next_mail, office_page, without_token
from tests.support.replies import sent_letter

GOLDEN = Path(__file__).parent / "golden" / "office"
FRESH = re.compile(r"(?<=/thanks/)\S+|(?<=/unsubscribe/)\S+|(?<=/answered/)\S+")


def answered(client: FlaskClient, lang: str, kind: str = "answer") -> outbox.Mail:
    """What staff are told when an office has answered to all, or objects."""
    ann = console.member(Role.OWNER)
    with transaction():
        accounts.save_profile(ann, "Ann Claes", lang)
    people.supporter("yes@example.org", updates=True, name="Ada Agreed", lang=lang)
    _letter, path = office_page(client)
    confirmed(client, path, kind, "We will build 500 places.\n\nThe minister")
    return next_mail("office_wish")


def told(client: FlaskClient, lang: str) -> outbox.Mail:
    """What a writer who agreed gets."""
    answered(client, lang)
    (wish,) = offices.wishes(people.page().id)
    with transaction():
        offices.answers.publish(wish.campaign_id, wish.campaign_id, wish.id, wish.text, actor="test")
    with time_machine.travel(clock.now() + timedelta(minutes=11)), transaction():
        offices.answers.spread()
    return next_mail("office_answer")


def follow_up(_client: FlaskClient, lang: str) -> outbox.Mail:
    """What a writer is asked, three weeks later."""
    asked_about(sent_letter())
    with transaction():
        session().execute(text("UPDATE signatures SET lang = :lang"), {"lang": lang})
    with transaction():
        offices.follow_up.ask()
    return next_mail("follow_up")


def asked(client: FlaskClient, _lang: str) -> outbox.Mail:
    """What the office is asked."""
    _letter, path = office_page(client)
    client.post(path, data={"kind": "object", "text": "We have no say in this."})
    return next_mail("office_confirm")


MAILS = {
    "asked": asked,
    "answered": answered,
    "objects": lambda client, lang: answered(client, lang, "object"),
    "told": told,
    "follow-up": follow_up,
}


@pytest.mark.parametrize("lang", CODES)
@pytest.mark.parametrize("name", MAILS)
def test_each_is_the_golden_one(client: FlaskClient, name: str, lang: str) -> None:
    with transaction():
        session().execute(text("UPDATE posts SET languages = ARRAY[:lang]"), {"lang": lang})
    mail = MAILS[name](client, lang)
    assert mail.language == lang
    said = FRESH.sub(
        "TOKEN", without_token(f"To: {mail.to}\nFrom: {mail.from_name}\nSubject: {mail.subject}\n\n{mail.text}")
    )
    path = GOLDEN / f"{name}-{lang}.txt"
    if os.environ.get("REWRITE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


def test_mail_that_a_writer_agreed_to_can_be_ended_with_one_click(client: FlaskClient) -> None:
    mail = told(client, "en")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.headers["List-Unsubscribe"].strip("<>") in mail.text
