"""The mail that brings a supporter an office's answer is the golden one, word for word."""

import os
import re
from pathlib import Path

import pytest
from flask import Flask

from campaign import replies
from campaign.core.i18n import CODES
from campaign.outbox import Lane
from campaign.outbox.mime import build
from tests.mail.writing import part, read, shown
from tests.support import outbox as ledger
from tests.support.replies import answer, arrive, newest, sent_letter

GOLDEN = Path(__file__).parent / "golden" / "reply"
# What is new at each run: the token of the link, our ids and the date.
FRESH = re.compile(r"(?<=/thanks/)\S+|(?<=^Message-ID: <)[^@]+|(?<=^Date: ).*", re.MULTILINE)


@pytest.fixture
def env(env: dict[str, str]) -> dict[str, str]:
    return {**env, "INBOUND_DOMAIN": "reply.postbag.example"}


@pytest.fixture
def lang() -> str:
    """What the supporter reads."""
    return "en"


@pytest.fixture
def mail(seeded: Flask, lang: str) -> bytes:
    letter = sent_letter(lang)
    arrive(answer(letter))
    return build(ledger.claimed(Lane.PEOPLE).envelope)


@pytest.mark.parametrize("lang", CODES)
def test_an_answer_that_is_passed_on_is_the_golden_one(mail: bytes, lang: str) -> None:
    said, path = FRESH.sub("0", shown(mail)), GOLDEN / f"reply-{lang}.txt"
    if os.environ.get("REWRITE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


def test_it_is_text_alone_and_no_program_answers_it(mail: bytes) -> None:
    assert part(mail, "html") == ""
    assert read(mail)["Auto-Submitted"] == "auto-generated"
    assert read(mail)["Reply-To"] is None


def test_an_answer_that_was_erased_meanwhile_is_not_passed_on(mail: bytes) -> None:
    one = ledger.session().get_one(replies.Reply, newest())
    one.erased = True
    ledger.session().flush()
    with pytest.raises(ledger.outbox.Unsendable):
        replies.composers.reply(one.id)
