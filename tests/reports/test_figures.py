"""What staff see of a campaign, from sums of tallies."""

from datetime import UTC, date, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import event

from campaign import reports
from campaign.core.db import db, transaction
from campaign.counters import bump
from campaign.crowd import crowd
from campaign.jobs.recount import recount
from campaign.reports import Figures
from campaign.signatures import campaign_key
from tests.support import people
from tests.support.forms import SLUG

MORNING = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)


def now() -> Figures:
    return reports.figures(people.page().id)


def test_a_campaign_without_signatures_has_empty_figures(seeded: Flask) -> None:
    found = now()
    assert (found.signatures, found.today, found.personal_share, found.delivered_share) == (0, 0, 0.0, 0.0)
    assert not any((found.by_day, found.by_language, found.by_source, found.by_area))
    assert len(found.by_hour) == 48


def test_days_without_a_signature_are_there_too(seeded: Flask) -> None:
    with time_machine.travel(MORNING, tick=False):
        people.supporter("a@example.org")
    with time_machine.travel(MORNING + timedelta(days=3), tick=False):
        people.supporter("b@example.org")
        found = now()
    assert [(day.day, day.signatures) for day in found.by_day] == [
        (date(2026, 11, 20), 1), (date(2026, 11, 21), 0), (date(2026, 11, 22), 0), (date(2026, 11, 23), 1),
    ]  # fmt: skip
    assert found.today == 1


def test_hours_are_those_of_the_campaigns_country(seeded: Flask) -> None:
    with time_machine.travel(MORNING, tick=False):
        people.supporter()
        last = now().by_hour[-1]
    assert (last.at.hour, last.signatures, str(last.at.utcoffset())) == (9, 1, "1:00:00")


def test_the_personal_share_leaves_paper_out(seeded: Flask) -> None:
    people.supporter("a@example.org")
    with transaction():
        bump(campaign_key(people.page().id), paper=99)
    found = now()
    assert (found.signatures, found.paper, found.personal_share) == (100, 99, 1.0)


def test_the_largest_share_comes_first(seeded: Flask) -> None:
    people.supporter("a@example.org", source="poster")
    people.supporter("b@example.org", source="poster", postcode="1000")
    people.supporter("c@example.org")
    found = now()
    assert [(share.key, share.signatures) for share in found.by_source] == [("poster", 2), ("", 1)]
    assert [(share.key, share.signatures) for share in found.by_area] == [("BE-VOV", 2), ("BE-BRU", 1)]


def test_made_up_signatures_are_as_good_as_real_ones(seeded: Flask) -> None:
    with transaction():
        crowd(SLUG, 300)
    with transaction():
        crowd(SLUG, 200)
    found = now()
    assert found.signatures == sum(day.signatures for day in found.by_day) == 500
    assert sum(share.signatures for share in found.by_area) == 500
    assert found.letters["sent"] + found.letters["queued"] == 1000
    assert 0.25 < found.personal_share < 0.5
    assert recount() == {}


def test_figures_cost_few_statements_and_count_no_rows(seeded: Flask) -> None:
    people.supporter()
    now()
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    reports.figures(people.page().id)
    mine = [statement for statement in statements if "tallies" in statement]
    assert len(mine) == 2
    assert not any("FROM signatures" in statement for statement in statements)
