"""The forecast against a run on a made-up clock, and against the ledger itself."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given, settings, strategies as st

from campaign import outbox
from campaign.core.db import transaction
from campaign.core.ids import new_id
from campaign.core.rates import Rate
from campaign.outbox import Sent, hours, plans, prospects, turns
from campaign.outbox.hours import OFFICE_HOURS, Plan, turn
from campaign.outbox.prospects import Pacing, Waiting, letters_until, moment_of
from tests.support import outbox as ledger
from tests.support.generated import QUICK

STREAM = "target:one"
AT = datetime(2026, 7, 16, 9, 30, tzinfo=UTC)  # a Thursday before a long Belgian weekend
ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


def run(n: int, plan: Plan, gap: float, at: datetime) -> datetime:
    """Send so many letters by the rules of the pace, on a clock that is turned by hand; answers when the last left."""
    opening, used = turn(plan, at, None, 0)
    for _ in range(n):
        while not opening.start <= at < opening.end or (plan.cap is not None and used >= plan.cap):
            opening, used = turn(plan, at, opening.day, used)
            at = max(at, opening.start)
        used += 1
        last, at = at, at + timedelta(seconds=gap)
    return last


@pytest.mark.parametrize(
    "plan",
    [
        Plan(),
        Plan(week=OFFICE_HOURS),
        Plan(week=OFFICE_HOURS, holidays_of="BE"),
        Plan(week=OFFICE_HOURS, holidays_of="BE", per_day=1200),
        Plan(per_day=700, zone="Asia/Kolkata"),
    ],
    ids=["at all hours", "office hours", "and holidays", "and a number a day", "a number a day elsewhere"],
)
def test_ten_thousand_letters_end_when_the_forecast_says_within_five_in_a_hundred(plan: Plan) -> None:
    told = moment_of(10_000, plan, Pacing(3.636, AT), AT)
    real = run(10_000, plan, 3.636, AT)
    assert abs((told - real) / (real - AT)) < 0.05


@given(st.integers(1, 3000), st.floats(0.5, 300), st.integers(0, 400) | st.none(), st.integers(0, 10**7))
@settings(QUICK, max_examples=60)
def test_any_queue_ends_about_when_it_is_said_to(n: int, gap: float, cap: int | None, later: int) -> None:
    plan = Plan(week=OFFICE_HOURS, holidays_of="BE", per_day=None if cap is None else cap + 30)
    at = AT + timedelta(seconds=later)
    if n * gap > 86400 * 30:
        return
    told, real = moment_of(n, plan, Pacing(gap, at), at), run(n, plan, gap, at)
    assert abs((told - real).total_seconds()) <= max(0.05 * (real - at).total_seconds(), 2 * gap + 1)


def test_what_is_over_the_days_number_leaves_with_the_digest() -> None:
    plan = Plan(week=OFFICE_HOURS, digest_above=50, digest_at=16 * 60)
    pacing = Pacing(3.6, AT)
    assert moment_of(50, plan, pacing, AT) == AT + timedelta(seconds=49 * 3.6)
    assert moment_of(51, plan, pacing, AT) == datetime(2026, 7, 16, 14, tzinfo=UTC)
    assert moment_of(9000, plan, pacing, AT) == datetime(2026, 7, 16, 14, tzinfo=UTC)


def test_what_has_left_today_counts() -> None:
    plan = Plan(per_day=100)
    today = hours.local_day(plan, AT)
    told = moment_of(10, plan, Pacing(1.0, AT, today, 95), AT)
    assert hours.local_day(plan, told) == today + timedelta(days=1)


def test_a_small_campaign_beside_a_large_one_ends_after_twice_its_own_number() -> None:
    owners = {ONE: Waiting(1000), TWO: Waiting(10), THREE: Waiting(40, 2.0)}
    assert letters_until(owners, TWO) == 10 + 10 + 20
    assert letters_until(owners, THREE) == 40 + 20 + 10
    assert letters_until(owners, ONE) == 1050
    assert letters_until(owners, TWO, ahead=0) == 1 + 1 + 2


def test_the_ledger_is_empty_when_so_many_have_left(app: Flask) -> None:
    small, large = new_id(), new_id()
    ledger.notes(12, owner=large)
    ids = ledger.notes(4, owner=small)
    ledger.without_pace()
    with transaction():
        waiting = prospects.queues()[STREAM]
    number = letters_until(waiting, small)
    left = []
    for _ in range(number):
        claim = ledger.claimed()
        ledger.record(claim, Sent())
        left.append(claim.id)
    assert set(ids) <= set(left)
    assert left[-1] in ids or left[-2] in ids


def test_a_place_in_line_tells_who_leaves_first(app: Flask) -> None:
    ids = ledger.notes(30, owner=new_id())
    ledger.without_pace()
    ledger.at_rate(STREAM, Rate(1, "minute"))
    with transaction():
        places = {id_: prospects.place(id_) for id_ in ids}
    order = sorted(ids, key=lambda id_: ledger.row(id_).lot or 0)
    aheads = [places[id_].ahead for id_ in order]  # type: ignore[union-attr]
    assert aheads == sorted(aheads)
    assert all(abs(ahead - place) <= 8 for place, ahead in enumerate(aheads))
    moments = [places[id_].at for id_ in order]  # type: ignore[union-attr]
    assert moments[-1] - moments[0] > timedelta(minutes=15)


def test_what_does_not_wait_has_no_place(app: Flask) -> None:
    (id_,) = ledger.notes(owner=new_id())
    ledger.without_pace()
    ledger.record(ledger.claimed(), Sent())
    with transaction():
        assert prospects.place(id_) is None


def test_the_forecast_of_a_campaign_names_each_of_its_targets(app: Flask) -> None:
    owner = new_id()
    ledger.notes(3, owner=owner)
    ledger.notes(3, owner=owner, stream="target:two")
    with transaction():
        plans.save_plan("target:two", Plan(week=OFFICE_HOURS, per_hour=60))
        turns.share(owner, 1, ["target:two"])
    with transaction():
        told = outbox.forecast(owner)
    assert set(told) == {STREAM, "target:two"}
    assert outbox.forecast(new_id()) == {}
