"""A campaign that cannot open at its time: it stays shut, its staff hear of it once, and it opens when all is right."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from campaign import accounts, campaigns, letters
from campaign.accounts import Role
from campaign.campaigns import Campaign, CampaignText, Status
from campaign.core import clock
from campaign.core.clock import now
from campaign.core.db import session, transaction
from campaign.core.i18n import CODES
from campaign.jobs.schedule import tasks
from campaign.outbox import Message, Unsendable
from campaign.targets import Contact
from tests.mail.writing import _wire, shown
from tests.support import console
from tests.support.people import staff_campaign

GOLDEN = Path(__file__).parent / "golden" / "staff"
PLANNED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def ann(seeded: Flask) -> UUID:
    """An owner of a campaign that was to open with half of its Dutch texts and no test letter."""
    console.member(Role.VIEWER, "viewer@demo.example")
    console.member(Role.OWNER, "owner@other.example", "other")
    with transaction():
        session().execute(update(CampaignText).where(CampaignText.lang == "nl").values(lead=""))
    plan(PLANNED)
    return console.member(Role.OWNER, "ann@demo.example")


def plan(at: datetime) -> None:
    with transaction():
        session().execute(update(Campaign).values(status=Status.SCHEDULED, opens_at=at))


def look() -> Status:
    """What the scheduler's calendar makes of the campaign."""
    next(task for task in tasks() if task.name == "calendar").run()
    session().rollback()
    return session().scalars(select(Campaign.status)).one()


def told() -> list[UUID]:
    session().rollback()
    return list(session().scalars(select(Message.id).where(Message.kind == "not_opened")))


def mend(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        session().execute(update(CampaignText).where(CampaignText.lang == "nl").values(lead="Wat wij vragen."))
        session().execute(update(Contact).values(checked_on=clock.today()))
    every = letters.checks.newest_of(staff_campaign().id).values()
    monkeypatch.setattr(letters.trials, "tested", lambda _id: {version.id for version in every})


def test_it_stays_shut_and_its_staff_hear_of_it_once_for_each_time(ann: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (look(), look()) == (Status.SCHEDULED, Status.SCHEDULED)
    (first,) = told()
    plan(now() - timedelta(minutes=1))
    assert (look(), len(told())) == (Status.SCHEDULED, 2)
    with pytest.raises(Unsendable):
        campaigns.late.compose(first)
    mend(monkeypatch)
    assert (look(), len(told())) == (Status.OPEN, 2)


def test_nobody_is_told_where_all_is_in_order(ann: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    mend(monkeypatch)
    assert (look(), told()) == (Status.OPEN, [])


def test_a_time_that_staff_gave_meanwhile_holds(ann: UUID) -> None:
    seen = campaigns.late.late()[0]
    plan(now() + timedelta(days=1))
    with transaction():
        assert not campaigns.late.settle(seen, [])
    assert (look(), told()) == (Status.SCHEDULED, [])


@pytest.mark.parametrize("lang", CODES)
def test_the_mail_is_the_golden_one(ann: UUID, lang: str) -> None:
    with transaction():
        accounts.save_profile(ann, "Ann Claes", lang)
    look()
    found = shown(_wire(campaigns.late.compose(told()[0])))
    if os.environ.get("REWRITE_GOLDEN") == "1":
        (GOLDEN / f"not-opened-{lang}.txt").write_text(found, encoding="utf-8")
    assert found == (GOLDEN / f"not-opened-{lang}.txt").read_text(encoding="utf-8")
