"""The summary that an office gets at a milestone is the golden one."""

import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from campaign import outbox, signatures
from campaign.core.db import session, transaction
from campaign.core.i18n import CODES
from campaign.outbox import Mail, Message, Plan, Unsendable
from tests.support import ledger, people
from tests.support.offices import without_token

GOLDEN = Path(__file__).parent / "golden"


def summed_up(lang: str = "en") -> Mail:
    """The summary to the first target after three have signed."""
    ledger.fill(3)
    with transaction():
        post, owner = (
            session().execute(text("SELECT post_id, campaign_id FROM campaign_targets ORDER BY position LIMIT 1")).one()
        )
        session().execute(
            text("UPDATE posts SET languages = ARRAY[:lang] WHERE id = :post"), {"post": post, "lang": lang}
        )
        outbox.plans.save_plan(f"target:{post}", Plan(summary=True))
        assert outbox.digests.sum_up(f"target:{post}", owner, 100, "office.example")
    with transaction():
        return signatures.digest.summary(session().scalars(select(Message.ref).where(Message.kind == "summary")).one())


@pytest.mark.parametrize("lang", CODES)
def test_the_summary_is_the_golden_one(seeded: Flask, lang: str) -> None:
    mail = summed_up(lang)
    found = without_token(f"Subject: {mail.subject}\n\n{mail.text}")
    if os.environ.get("REWRITE_GOLDEN") == "1":
        (GOLDEN / f"summary.{lang}.txt").write_text(found, encoding="utf-8")
    assert found == (GOLDEN / f"summary.{lang}.txt").read_text(encoding="utf-8")


def test_a_summary_names_nobody_and_has_no_html(seeded: Flask) -> None:
    mail = summed_up()
    assert "Supporter" not in mail.text
    assert "@" not in mail.text
    assert mail.html is None
    assert "3 people" in mail.text


def test_a_target_without_an_address_gets_none(seeded: Flask) -> None:
    summed_up()
    with transaction():
        session().execute(text("DELETE FROM contacts"))
        ref = session().scalars(select(Message.ref).where(Message.kind == "summary")).one()
    people.forget()
    with pytest.raises(Unsendable), transaction():
        signatures.digest.summary(ref)
