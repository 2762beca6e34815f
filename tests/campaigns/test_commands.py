"""The life of a campaign."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from campaign import campaigns
from campaign.accounts import ensure_organisation
from campaign.campaigns import Accent, Campaign, CampaignText, Status, checklist
from campaign.core.clock import now
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict, DomainError, NotFound
from campaign.jobs.calendar import follow_calendar
from tests.support import people
from tests.support.threads import at_once

ALLOWED = {
    "draft": "scheduled open archived",
    "scheduled": "draft open",
    "open": "paused closed",
    "paused": "open closed",
    "closed": "open archived",
    "archived": "draft closed",
}


def campaign(slug: str = "one", **values: object) -> UUID:
    with transaction():
        made = campaigns.create(
            Campaign(
                organisation_id=ensure_organisation("o", "O").id,
                slug=slug,
                goal=100,
                accent=Accent.SLATE,
                country="BE",
                **values,
            ),
            [CampaignText(lang="en", title="T", kicker="", lead="L", story="S", picture_alt="", picture_credit="")],
            [],
            actor="cli",
        )
        return made.id


def put(id_: UUID, **values: object) -> None:
    with transaction():
        session().execute(update(Campaign).where(Campaign.id == id_).values(**values))


def status(id_: UUID) -> Status | None:
    session().rollback()
    return session().scalar(select(Campaign.status).where(Campaign.id == id_))


@pytest.mark.parametrize("before", Status)
def test_only_the_listed_moves_happen(app: Flask, before: Status) -> None:
    for after in Status:
        id_ = campaign(f"{before}-{after}")
        put(id_, status=before)
        if after in ALLOWED[before].split():
            with transaction():
                campaigns.change_status(id_, after, actor="cli")
            assert status(id_) == after
        else:
            with pytest.raises(Conflict), transaction():
                campaigns.change_status(id_, after, actor="cli")
            assert status(id_) == before


def test_closing_notes_when_and_opening_again_forgets_it(app: Flask) -> None:
    id_ = campaign()
    put(id_, status=Status.OPEN)
    with transaction():
        campaigns.change_status(id_, Status.CLOSED, actor="cli")
    assert session().scalar(select(Campaign.closed_at)) is not None
    session().rollback()
    with transaction():
        campaigns.change_status(id_, Status.OPEN, actor="cli")
    assert session().scalar(select(Campaign.closed_at)) is None


def test_a_slug_that_cannot_be_an_address_is_refused(app: Flask) -> None:
    for slug in ["", "-a", "a-", "a--b", "A", "a b", "a/b", "ä", "a" * 81, "a_b", "a\n", "../x"]:
        with pytest.raises(DomainError) as caught:
            campaign(slug)
        assert list(caught.value.fields) == ["slug"]


def test_two_campaigns_cannot_have_one_address(app: Flask) -> None:
    campaign("one")
    with pytest.raises(Conflict):
        campaign("one")


def test_the_calendar_opens_and_closes_each_campaign_once_however_many_schedulers_look(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checklist, "look", lambda _campaign: [])
    opens, closes, early, late = (campaign(slug) for slug in ("opens", "closes", "early", "late"))
    put(opens, status=Status.SCHEDULED, opens_at=now() - timedelta(seconds=1))
    put(closes, status=Status.OPEN, closes_at=now() - timedelta(seconds=1))
    put(early, status=Status.SCHEDULED, opens_at=now() + timedelta(hours=1))
    put(late, status=Status.OPEN, closes_at=now() + timedelta(hours=1))
    assert sum(at_once(app, 3, lambda _number: follow_calendar())) == 2
    assert [status(id_) for id_ in (opens, closes, early, late)] == [
        Status.OPEN,
        Status.CLOSED,
        Status.SCHEDULED,
        Status.OPEN,
    ]


def test_a_campaign_that_staff_opened_again_after_its_end_stays_open(app: Flask) -> None:
    """Otherwise the next look at the calendar, seconds later, closes it under their hands."""
    id_ = campaign()
    put(id_, status=Status.CLOSED, closes_at=now() - timedelta(days=1), closed_at=now() - timedelta(days=1))
    with transaction():
        campaigns.change_status(id_, Status.OPEN, actor="staff:1")
    follow_calendar()
    assert status(id_) == Status.OPEN


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        (Status.DRAFT, False),
        (Status.SCHEDULED, True),
        (Status.OPEN, True),
        (Status.PAUSED, True),
        (Status.CLOSED, True),
        (Status.ARCHIVED, False),
    ],
)
def test_the_public_sees_what_is_meant_for_it(app: Flask, state: Status, seen: bool) -> None:
    put(campaign(), status=state)
    people.forget()
    if seen:
        assert campaigns.find("one", "en").status == state
    else:
        with pytest.raises(NotFound):
            campaigns.find("one", "en")


def test_a_story_is_markdown_and_hostile_markdown_is_harmless(app: Flask) -> None:
    id_ = campaign()
    put(id_, status=Status.OPEN)
    with transaction():
        session().execute(
            update(CampaignText).values(story="**Now** <script>alert(1)</script> [x](javascript:alert(1))")
        )
    people.forget()
    story = campaigns.find("one", "en").story
    assert "<strong>Now</strong>" in story
    assert "<script" not in story
    assert "href" not in story
