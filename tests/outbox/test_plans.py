"""The plan in the claim: hours, days off and the number a day, by the database's clock, over any number of workers."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import delete, text

from campaign import outbox
from campaign.core.db import session, transaction
from campaign.core.rates import Rate
from campaign.jobs import schedule
from campaign.outbox import Claimed, Lane, Sent, Wait, hours, plans
from campaign.outbox.hours import Plan
from campaign.outbox.models import Pace
from tests.support import outbox as ledger
from tests.support.threads import at_once

STREAM = "target:one"
BRUSSELS = ZoneInfo("Europe/Brussels")


def saved(plan: Plan) -> None:
    with transaction():
        plans.save_plan(STREAM, plan)
        session().execute(text("UPDATE outbox_paces SET gap = 0"))


def clock() -> datetime:
    session().rollback()
    at: datetime = session().scalar(text("SELECT clock_timestamp()"))
    return at


def row() -> Pace:
    session().rollback()
    session().expire_all()
    return session().get_one(Pace, STREAM)


def around_now(start: int, end: int) -> Plan:
    """A window of every day that begins and ends so many minutes from now, where it is about noon."""
    utc = clock().astimezone(UTC)
    now = 12 * 60 + utc.minute
    # POSIX counts the other way round: Etc/GMT-2 is two hours ahead.
    return Plan(week=((now + start, now + end),) * 7, zone=f"Etc/GMT{utc.hour - 12:+d}")


def granted(n: int) -> int:
    """How many of so many claims get a letter."""
    return sum(isinstance(ledger.claim(), Claimed) for _ in range(n))


def test_nothing_leaves_before_its_hours_and_the_wait_is_as_long_as_they_are_away(app: Flask) -> None:
    ledger.notes(3)
    saved(around_now(start=30, end=60))
    wait = ledger.claim()
    assert isinstance(wait, Wait)
    assert wait.seconds is not None
    assert 29 * 60 - 5 <= wait.seconds <= 30 * 60
    again = ledger.claim()
    assert isinstance(again, Wait)
    assert again.seconds == pytest.approx(wait.seconds, abs=5)
    assert row().used == 0


def test_letters_leave_within_their_hours(app: Flask) -> None:
    ledger.notes(3)
    saved(around_now(start=-30, end=30))
    assert granted(3) == 3


def test_the_next_opening_is_asked_for_when_one_is_over(app: Flask) -> None:
    ledger.notes(3)
    saved(around_now(start=-60, end=60))
    with transaction():  # yesterday's
        session().execute(
            text("UPDATE outbox_paces SET opening = tstzrange(lower(opening), clock_timestamp()) WHERE key = :k"),
            {"k": STREAM},
        )
    assert granted(1) == 1
    opening = row().opening
    assert opening is not None
    assert opening.upper == hours.following(plans.plan_of(STREAM), clock()).end


def test_the_number_a_day_is_kept_over_many_workers(app: Flask) -> None:
    ledger.notes(40)
    saved(Plan(per_day=25))

    def work(number: int) -> int:
        return sum(isinstance(ledger.claim(actor=f"worker:test/{number}"), Claimed) for _ in range(12))

    assert sum(at_once(app, 6, work)) == 25
    wait = ledger.claim()
    assert isinstance(wait, Wait)
    local = clock().astimezone(BRUSSELS)
    midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), BRUSSELS)
    assert wait.seconds == pytest.approx((midnight - local).total_seconds(), abs=10)


def test_a_new_day_has_a_new_number(app: Flask) -> None:
    ledger.notes(10)
    saved(Plan(per_day=3))
    assert granted(5) == 3
    with transaction():  # as if all that had been yesterday
        session().execute(
            text(
                """
                UPDATE outbox_paces SET day = day - 2, opens_at = '2000-01-01', tat = '2000-01-01',
                  opening = tstzrange(lower(opening) - interval '2 days', upper(opening) - interval '2 days')
                WHERE key = :k"""
            ),
            {"k": STREAM},
        )
    assert granted(5) == 3


def test_a_plan_that_is_changed_counts_what_left_today(app: Flask) -> None:
    ledger.notes(20)
    saved(Plan(per_day=5))
    assert granted(6) == 5
    saved(Plan(per_day=8))
    assert granted(6) == 3
    saved(Plan(per_day=4))
    assert granted(1) == 0
    saved(Plan())
    assert granted(4) == 4
    saved(Plan(per_day=12))
    assert granted(4) == 0


def test_what_is_tried_again_counts_again(app: Flask) -> None:
    (id_,) = ledger.notes()
    saved(Plan(per_day=1))
    ledger.record(ledger.claimed(), outbox.Later("greylisted", 60))
    ledger.later(id_, "due_at", -1)
    assert granted(1) == 0


def test_the_pace_of_the_settings_stays_the_ceiling(app: Flask) -> None:
    with transaction():
        plans.save_plan(STREAM, Plan(per_hour=100_000))
    assert row().gap == pytest.approx(outbox.pace.gap(Rate(1000, "hour")))
    with transaction():
        plans.save_plan(STREAM, Plan(per_hour=10))
    assert row().gap == pytest.approx(outbox.pace.gap(Rate(10, "hour")))


def test_a_limit_that_is_lost_comes_back_with_its_plan(app: Flask) -> None:
    ledger.notes(5)
    saved(Plan(per_day=2))
    assert granted(3) == 2
    with transaction():
        session().execute(delete(Pace).where(Pace.key == STREAM))
    app.extensions.pop("paces", None)
    schedule.sweep()
    assert granted(4) == 0


def test_one_target_that_is_shut_does_not_hold_up_another(app: Flask) -> None:
    ledger.notes(3)
    (other,) = ledger.notes(stream="target:two")
    saved(around_now(start=30, end=60))
    assert ledger.claimed().id == other


def test_a_rate_that_staff_set_by_hand_does_not_open_what_is_shut(app: Flask) -> None:
    ledger.notes(3)
    saved(around_now(start=30, end=60))
    assert granted(1) == 0
    with transaction():
        outbox.set_rate(STREAM, None, Lane.LETTERS)
        outbox.pace.reopen(STREAM)
    assert granted(1) == 0


def test_a_clock_set_back_does_not_open_it_earlier(app: Flask) -> None:
    ledger.notes(3)
    saved(around_now(start=30, end=60))
    assert granted(1) == 0
    schedule.sweep()
    assert granted(1) == 0


def test_sent_letters_stay_sent_under_any_plan(app: Flask) -> None:
    ledger.notes(2)
    saved(Plan(per_day=1))
    ledger.record(ledger.claimed(), Sent())
    assert granted(2) == 0
