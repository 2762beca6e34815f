"""At this pace: only said when it means something."""

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

from campaign import reports
from campaign.core.db import transaction
from campaign.counters import bump
from campaign.reports import Arrival
from campaign.signatures import Counted, count, figures_key
from tests.support import people
from tests.support.forms import SLUG

NOON = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


def signed(n: int, at: datetime) -> None:
    row = Counted(people.page().id, at, "en", "", "BE", False)
    with transaction():
        for _ in range(n):
            count(row)


def arrival() -> Arrival | None:
    people.forget()
    return reports.arrival(reports.counter(SLUG))


def test_few_signatures_say_nothing(seeded: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        signed(9, NOON)
        assert arrival() is None


def test_a_steady_day_reaches_the_goal_when_it_does(seeded: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        signed(12, NOON - timedelta(days=3))
        for hours in range(24):
            signed(1, NOON - timedelta(hours=hours))
        found = arrival()
    assert found is not None
    assert found.now.hour == 12
    # 36 of 100, one an hour.
    assert timedelta(hours=60) < found.at - found.now < timedelta(hours=68)


def test_a_campaign_that_began_an_hour_ago_is_measured_by_its_hour(seeded: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        signed(50, NOON - timedelta(hours=1))
        found = arrival()
    assert found is not None
    assert found.at - found.now == timedelta(hours=1)


def test_what_lies_further_ahead_than_a_month_is_not_foretold(seeded: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        signed(2000, NOON - timedelta(days=3))
        signed(10, NOON)
        assert arrival() is None


def test_yesterdays_crowd_does_not_count_for_today(seeded: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        signed(60, NOON - timedelta(hours=30))
        with transaction():
            bump(figures_key(people.page().id), personal=1)
        assert arrival() is None
