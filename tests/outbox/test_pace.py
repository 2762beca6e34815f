"""The pace holds over threads, clocks, missing rows and changes of the rate."""

import math
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from campaign.core.db import session, transaction
from campaign.core.rates import Rate
from campaign.jobs import schedule
from campaign.outbox import Claimed, Lane, Wait, pace, plans
from campaign.outbox.models import Pace
from tests.support import outbox as ledger
from tests.support.ledger import densest
from tests.support.threads import at_once

LIMITS: dict[str, Lane | None] = {"lane:letters": None, "target:one": Lane.LETTERS}


def take(limits: dict[str, Lane | None] | None = None) -> pace.Shut | None:
    with transaction():
        answer = plans.take(limits or LIMITS)
        return answer if isinstance(answer, pace.Shut) else None


def limit(key: str) -> Pace:
    session().rollback()
    session().expire_all()
    return session().get_one(Pace, key)


def set_limit(key: str, **seconds: float | None) -> None:
    """Set times of a limit, in seconds from now."""
    for column, value in seconds.items():
        with transaction():
            session().execute(
                text(
                    f"UPDATE outbox_paces SET {column} = clock_timestamp() + make_interval(secs => :s) WHERE key = :key"
                ),
                {"s": value, "key": key},
            )


@pytest.mark.parametrize("narrow", ["lane:letters", "target:one", f"domain:{ledger.NOTE.domain}"])
def test_threads_together_never_exceed_the_pace_of_any_limit(app: Flask, narrow: str) -> None:
    ledger.notes(60)
    ledger.without_pace()
    ledger.at_rate(narrow, Rate(20, "second"))
    ends, granted = time.monotonic() + 60, Counter[int]()

    def work(number: int) -> int:
        while granted.total() < 30 and time.monotonic() < ends:
            claim = ledger.claim(actor=f"worker:test/{number}")
            granted[number] += isinstance(claim, Claimed)
            time.sleep(min(claim.seconds or 0.1, 0.1) if isinstance(claim, Wait) else 0)
        return granted[number]

    done = sum(at_once(app, 4, work))
    moments = ledger.grants()
    assert len(moments) == done
    gap = pace.gap(Rate(20, "second"))
    for window in (0.25, 0.5, 1.0):
        # One more than the formula: a grant is logged a moment after it was given.
        assert densest(moments, window) <= 2 + (window + pace.TOLERANCE) / gap, window
    assert done >= 30


def test_after_a_rest_there_is_no_burst(app: Flask) -> None:
    ledger.notes(20)
    ledger.without_pace()
    ledger.at_rate("target:one", Rate(10, "second"))
    set_limit("target:one", tat=-3600, opens_at=-3600)
    claims = [ledger.claim() for _ in range(20)]
    granted = sum(isinstance(claim, Claimed) for claim in claims)
    span = ledger.grants()[-1] - ledger.grants()[0]
    assert granted <= 2 + (span + pace.TOLERANCE) / pace.gap(Rate(10, "second"))


def test_a_limit_without_a_gap_never_refuses_and_never_changes(app: Flask) -> None:
    with transaction():
        pace.ensure(LIMITS)
        for key in LIMITS:
            pace.set_rate(key, None)
    before = limit("target:one").opens_at
    assert [take() for _ in range(50)] == [None] * 50
    assert limit("target:one").opens_at == before


def test_rows_that_are_missing_are_made_again_and_refuse_only_once(app: Flask) -> None:
    ledger.notes(2)
    with transaction():
        session().execute(delete(Pace).where(Pace.key == "lane:letters"))
    first, second = ledger.claim(), ledger.claim()
    assert isinstance(first, Wait)
    assert isinstance(second, Claimed)


def test_an_emptied_table_of_limits_does_not_lose_the_messages(app: Flask) -> None:
    """Restored from a backup without it, or truncated: the streams of what is queued come back by themselves."""
    (id_,) = ledger.notes()
    with transaction():
        session().execute(delete(Pace))
    for _turn in range(3):
        schedule.sweep()
        claim = ledger.claim()
        if isinstance(claim, Claimed):
            break
    assert isinstance(claim, Claimed)
    assert claim.id == id_


def test_a_closed_limit_refuses_until_its_time_and_opens_by_itself(app: Flask) -> None:
    with transaction():
        pace.ensure(LIMITS)
        pace.close("target:one", 30, "429")
    refusal = take()
    assert refusal is not None
    assert refusal.key == "target:one"
    assert 0 < refusal.seconds <= 30
    set_limit("target:one", closed_until=-0.01, opens_at=-0.01)
    assert take() is None


def test_a_grant_does_not_end_a_closure_that_came_meanwhile(app: Flask) -> None:
    with transaction():
        pace.ensure(LIMITS)
        session().execute(update(Pace).values(opening=None))
    set_limit("target:one", closed_until=300)
    assert take() is None  # `opens_at` was not moved: the row as an older version left it
    refusal = take()
    assert refusal is not None
    assert refusal.seconds == pytest.approx(300, abs=60)


def test_reopening_keeps_the_pace(app: Flask) -> None:
    with transaction():
        pace.ensure(LIMITS)
        pace.set_rate("target:one", Rate(1, "minute"))
    assert take() is None
    with transaction():
        pace.close("target:one", None, "a test")
        pace.reopen("target:one")
    refusal = take()
    assert refusal is not None
    assert 30 < refusal.seconds <= 61


def test_the_limit_that_opens_last_is_the_one_that_is_named(app: Flask) -> None:
    with transaction():
        pace.ensure(LIMITS)
        pace.close("lane:letters", 10, "a test")
        pace.close("target:one", 20, "a test")
    refusal = take()
    assert refusal is not None
    assert (refusal.key, refusal.seconds) == ("target:one", pytest.approx(20, abs=9))


def test_a_faster_rate_holds_at_once(app: Flask) -> None:
    with transaction():
        pace.ensure(LIMITS)
        pace.set_rate("lane:letters", None)
        pace.set_rate("target:one", Rate(1, "day"))
    assert take() is None
    with transaction():
        pace.set_rate("target:one", Rate(60, "minute"))
    refusal = take()
    assert refusal is None or refusal.seconds <= 1.1


def test_a_rate_does_not_end_a_closure(app: Flask) -> None:
    with transaction():
        pace.ensure(LIMITS)
        pace.close("target:one", 60, "401")
        pace.set_rate("target:one", Rate(60, "minute"))
    refusal = take()
    assert refusal is not None
    assert refusal.seconds == pytest.approx(60, abs=30)


@pytest.mark.parametrize("key", ["lane:letters", "target:one", f"domain:{ledger.NOTE.domain}"])
def test_a_clock_that_jumped_back_stops_nothing_for_longer_than_a_gap_after_the_next_sweep(
    app: Flask, key: str
) -> None:
    """F11: what was granted before the jump lies an hour in the future now."""
    ledger.notes(2)
    ledger.without_pace()
    ledger.at_rate(key, Rate(60, "minute"))
    set_limit(key, tat=3600, opens_at=3600)
    schedule.sweep()
    wait = ledger.claim()
    if isinstance(wait, Wait):
        assert wait.seconds is not None
        assert wait.seconds <= 1.2


def test_a_clock_that_jumped_back_does_not_end_a_closure(app: Flask) -> None:
    ledger.notes()
    with transaction():
        pace.close("lane:letters", None, "401")
    schedule.sweep()
    wait = ledger.claim()
    assert isinstance(wait, Wait)
    assert wait.seconds is not None
    assert wait.seconds > 86400


@pytest.mark.parametrize(("closed", "left"), [(3660, 60), (86400 * 36525, 86400 * 36525 - 3600)])
def test_a_closure_lasts_as_long_as_it_should_after_a_clock_that_jumped_back(
    app: Flask, closed: float, left: float
) -> None:
    """A rest of seconds must not become an hour, nor a lane that is closed for good open."""
    ledger.notes()
    ledger.without_pace()
    ledger.at_rate("lane:letters", Rate(60, "minute"))
    set_limit("lane:letters", tat=3601, opens_at=closed, closed_until=closed)
    with transaction():
        session().execute(update(Pace).where(Pace.key == "lane:letters").values(failures=1))
    schedule.sweep()
    wait = ledger.claim()
    assert isinstance(wait, Wait)
    assert wait.seconds == pytest.approx(left, abs=30)
    until = limit("lane:letters").closed_until
    assert until is not None
    assert (until - datetime.now(UTC)).total_seconds() == pytest.approx(left, abs=30)


def test_a_clock_that_jumps_forward_gives_no_burst(app: Flask) -> None:
    ledger.notes(10)
    ledger.without_pace()
    ledger.at_rate("target:one", Rate(1, "minute"))
    set_limit("target:one", tat=-7200, opens_at=-7200)
    assert sum(isinstance(ledger.claim(), Claimed) for _ in range(10)) == 1


@pytest.mark.parametrize(
    ("key", "setting"),
    [("lane:letters", "provider_pace"), ("domain:x.example", "domain_pace"), ("target:9", "target_pace")],
)
def test_a_limit_that_nobody_set_has_the_rate_of_its_setting(app: Flask, key: str, setting: str) -> None:
    assert pace.default_rate(key) == getattr(app.extensions["settings"], setting)


def test_a_gap_is_a_little_longer_than_the_wish_so_that_late_arrivals_never_add_up_to_more() -> None:
    assert pace.gap(Rate(60, "minute")) == pytest.approx(1.01)
    assert pace.gap(None) == 0
    assert math.isclose(pace.gap(Rate(1, "day")), 86400 * 1.01)


def test_making_sure_of_a_limit_keeps_the_rate_that_staff_gave_it(app: Flask) -> None:
    with transaction():
        pace.set_rate("target:one", Rate(7, "minute"), Lane.LETTERS)
    app.extensions.pop("paces", None)
    with transaction():
        pace.ensure(LIMITS)
    assert limit("target:one").gap == pytest.approx(pace.gap(Rate(7, "minute")))


def test_threads_that_meet_the_same_new_limits_in_any_order_do_not_block_each_other(app: Flask) -> None:
    keys = [f"target:{n}" for n in range(8)]

    def work(number: int) -> None:
        app.extensions.pop("paces", None)
        order = keys if number % 2 else keys[::-1]
        with transaction():
            pace.ensure(dict.fromkeys(order, Lane.LETTERS))

    at_once(app, 8, work)
    session().rollback()
    assert set(session().scalars(select(Pace.key))) >= set(keys)


def test_the_bound_is_exact_at_the_moment_of_the_grant(app: Flask) -> None:
    """The rows themselves: whatever threads do, `tat` moves on by one gap a grant and never falls behind the clock."""
    with transaction():
        pace.ensure(LIMITS)
        pace.set_rate("lane:letters", None)
        pace.set_rate("target:one", Rate(50, "second"))
    begun = datetime.now(UTC)

    def work(_number: int) -> int:
        granted = 0
        for _ in range(40):
            granted += take() is None
            time.sleep(0.005)
        return granted

    granted = sum(at_once(app, 4, work))
    gap = pace.gap(Rate(50, "second"))
    earliest = begun + timedelta(seconds=(granted - 1) * gap)
    assert limit("target:one").tat >= earliest
