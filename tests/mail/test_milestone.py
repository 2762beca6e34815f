"""The mail of a milestone is, word for word, the golden one, in each language.

After a change that is meant: `REWRITE_GOLDEN=1 make test ARGS=tests/mail`, then read what git shows.
"""

import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from campaign import reports
from campaign.campaigns import Campaign
from campaign.core.db import session, transaction
from campaign.core.i18n import CODES
from campaign.counters import bump
from campaign.outbox import Mail, Message
from campaign.signatures import campaign_key
from tests.mail.page import Page
from tests.mail.writing import _wire, part, read, shown
from tests.support.console import member

GOLDEN = Path(__file__).parent / "golden" / "staff"


@pytest.fixture
def campaign(seeded: Flask) -> Campaign:
    member()
    with transaction():
        return session().scalars(select(Campaign)).one()


def reach(campaign: Campaign, lang: str, note: str) -> Mail:
    """The mail of the first 250, to somebody who reads that language."""
    with transaction():
        bump(campaign_key(campaign.id), signatures=250)
        session().execute(text("UPDATE users SET lang = :lang, name = 'Ann Claes'"), {"lang": lang})
        session().execute(text("UPDATE campaigns SET goal = 12000"))
    with transaction():
        mine = session().get_one(Campaign, campaign.id)
        reports.follow(mine.id)
        session().execute(text("UPDATE milestones SET note = :note WHERE step = 250"), {"note": note})
    return reports.composers.milestone(session().scalars(select(Message.ref).where(Message.kind == "milestone")).one())


@pytest.mark.parametrize("lang", CODES)
def test_it_is_the_golden_one(campaign: Campaign, lang: str) -> None:
    found = shown(_wire(reach(campaign, lang, "Call the press")))
    if os.environ.get("REWRITE_GOLDEN") == "1":
        (GOLDEN / f"milestone-{lang}.txt").write_text(found, encoding="utf-8")
    assert found == (GOLDEN / f"milestone-{lang}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("note", ["", '<b>Cake</b> & "tea"'])
def test_text_and_html_say_the_same_and_have_one_link(campaign: Campaign, note: str) -> None:
    raw = _wire(reach(campaign, "en", note))
    page, plain = Page(part(raw, "html")), part(raw, "plain")
    assert page.heading.strip() == read(raw)["Subject"]
    assert page.words.split() == plain.split()
    (link,) = page.links
    assert link in plain.splitlines()
