"""When an office may be written to: its own clock, days off, numbers a day; on any date, in any zone."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from campaign.outbox.hours import (
    ALWAYS,
    OFFICE_HOURS,
    Plan,
    day_start,
    following,
    is_holiday,
    local_day,
    openings,
    turn,
)
from tests.support.generated import QUICK

ZONES = ("Europe/Brussels", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo", "UTC")
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
WINDOWS = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1])
WEEKS = st.tuples(*[st.none() | WINDOWS] * 7).filter(any)
PLANS = st.builds(Plan, week=WEEKS, zone=st.sampled_from(ZONES), holidays_of=st.none() | st.just("BE"))


def minute(at: datetime) -> float:
    return at.hour * 60 + at.minute + at.second / 60


@given(PLANS, MOMENTS, st.floats(0, 0.999))
@settings(QUICK, max_examples=300)
def test_no_moment_of_an_opening_lies_outside_the_hours_on_the_offices_own_clock(
    plan: Plan, at: datetime, part: float
) -> None:
    zone = ZoneInfo(plan.zone)
    for opening in islice(openings(plan, at), 10):
        moment = (opening.start + part * (opening.end - opening.start)).astimezone(zone)
        window = plan.week[moment.weekday()]
        assert window is not None
        assert window[0] <= minute(moment) < window[1]
        assert moment.date() == opening.day
        assert not is_holiday(plan.holidays_of, opening.day)


@given(PLANS, MOMENTS)
@settings(QUICK, max_examples=200)
def test_openings_come_in_order_do_not_overlap_and_are_not_over(plan: Plan, at: datetime) -> None:
    found = list(islice(openings(plan, at), 20))
    assert found
    assert found[0].end > at
    assert all(before.end <= after.start and before.day < after.day for before, after in pairwise(found))


@given(PLANS, MOMENTS)
@settings(QUICK, max_examples=200)
def test_what_the_office_would_call_open_is_open_but_for_the_hour_that_comes_twice(plan: Plan, at: datetime) -> None:
    local = at.astimezone(ZoneInfo(plan.zone))
    window = plan.week[local.weekday()]
    steady = all(
        (at + timedelta(hours=hours)).astimezone(ZoneInfo(plan.zone)).utcoffset() == local.utcoffset()
        for hours in (-30, 30)
    )
    if steady and window and window[0] <= minute(local) < window[1] and not is_holiday(plan.holidays_of, local.date()):
        opening = following(plan, at)
        assert opening.start <= at < opening.end


@pytest.mark.parametrize(
    ("at", "start", "end"),
    [
        # The night in which the clock is put forward, and the one in which it is put back.
        ("2026-03-29T00:00", "2026-03-29T07:00", "2026-03-29T15:00"),
        ("2026-10-25T00:00", "2026-10-25T08:00", "2026-10-25T16:00"),
    ],
)
def test_nine_oclock_stays_nine_oclock_when_the_clock_is_changed(at: str, start: str, end: str) -> None:
    plan = Plan(week=((540, 1020),) * 7)
    opening = following(plan, datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert opening.start == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert opening.end == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_hours_that_the_clock_skips_or_repeats_are_kept_on_the_safe_side() -> None:
    spring, autumn = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)
    plan = Plan(week=((150, 240),) * 7)  # 2:30 to 4:00
    assert [opening.start.hour for opening in islice(openings(plan, spring), 1)] == [1]  # 3:30 there
    (opening,) = islice(openings(plan, autumn), 1)
    assert opening.start == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the second 2:30
    early = Plan(week=((0, 150),) * 7)
    (opening,) = islice(openings(early, autumn), 1)
    assert opening.end == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first 2:30


def test_public_holidays_and_weekends_are_left_out() -> None:
    plan = Plan(week=OFFICE_HOURS, holidays_of="BE")
    days = [opening.day for opening in islice(openings(plan, datetime(2026, 7, 17, 12, tzinfo=UTC)), 4)]
    assert days == [date(2026, 7, 17), date(2026, 7, 20), date(2026, 7, 22), date(2026, 7, 23)]  # 21 July: National Day


def test_a_day_whose_number_is_used_up_is_over() -> None:
    plan = Plan(week=OFFICE_HOURS, per_day=50)
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)  # a Friday
    assert following(plan, at).day == date(2026, 11, 20)
    assert following(plan, at, day_done=date(2026, 11, 20)).day == date(2026, 11, 23)


def test_a_plan_without_any_day_stays_shut_and_does_not_search_for_ever() -> None:
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert following(Plan(week=(None,) * 7), at).start > at + timedelta(days=365)


def test_the_default_holds_nothing_up_but_the_pace() -> None:
    assert Plan().is_open_always
    assert Plan().cap is None
    assert Plan(per_day=5, digest_above=3).cap == 3
    assert not Plan(holidays_of="BE").is_open_always


def test_the_digest_leaves_from_its_own_time_on_the_same_days() -> None:
    plan = Plan(week=OFFICE_HOURS, digest_above=10, digest_at=16 * 60).of_digest
    assert plan.week[0] == (16 * 60, 17 * 60)
    assert plan.week[5] is None
    assert plan.cap is None
    late = Plan(week=OFFICE_HOURS, digest_at=20 * 60).of_digest
    assert late.week[0] == (16 * 60 + 30, 17 * 60), "a time after the hours: at the end of them"
    assert Plan(week=ALWAYS, digest_at=0).of_digest.week == ALWAYS


@given(PLANS, st.integers(1, 5), MOMENTS, st.lists(st.integers(1, 900), min_size=20, max_size=60))
@settings(QUICK, max_examples=150)
def test_in_no_run_of_days_does_more_leave_than_the_plan_allows(
    plan: Plan, per_day: int, at: datetime, steps: list[int]
) -> None:
    """A row that gives a permit whenever its opening holds, and asks for the next one when it does not."""
    plan = replace(plan, per_day=per_day)
    zone = ZoneInfo(plan.zone)
    given_on: Counter[date] = Counter()
    opening, used = turn(plan, at, None, 0)
    for minutes in steps:
        at += timedelta(minutes=minutes)
        if not opening.start <= at < opening.end or used >= per_day:
            opening, used = turn(plan, at, opening.day, used)
        if opening.start <= at < opening.end and used < per_day:
            used += 1
            local = at.astimezone(zone)
            given_on[local.date()] += 1
            window = plan.week[local.weekday()]
            assert window is not None
            assert window[0] <= minute(local) < window[1]
    assert all(n <= per_day for n in given_on.values())


def test_a_day_begins_at_the_offices_midnight() -> None:
    plan = Plan(zone="Asia/Kolkata")
    at = datetime(2026, 11, 22, 20, tzinfo=UTC)
    assert local_day(plan, at) == date(2026, 11, 23)
    assert day_start(plan, date(2026, 11, 23)) == datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
