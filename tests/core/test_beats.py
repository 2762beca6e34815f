"""Heartbeats: who runs, seen from elsewhere, whatever the database or the loop does."""

import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.core import beats
from campaign.core.db import db, session, transaction
from campaign.jobs import heart, schedule
from campaign.jobs.heart import beating

NAME = beats.worker("people")


def seen() -> list[beats.Seen]:
    """What stands there now."""
    with transaction():
        return beats.seen()


def age(seconds: float) -> None:
    """Every row was written so long ago."""
    with transaction():
        session().execute(text("UPDATE beats SET seen_at = seen_at - make_interval(secs => :s)"), {"s": seconds})


def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something that another thread does."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_process_is_there_while_it_works_and_gone_after(app: Flask) -> None:
    with beating(app, NAME):
        until(lambda: bool(seen()))
        (one,) = seen()
        assert (one.name, one.alive) == (NAME, True)
        assert 0 <= one.silent < 5
    assert seen() == []


def test_it_is_gone_after_a_mistake_too(app: Flask) -> None:
    def fail() -> None:
        with beating(app, NAME):
            until(lambda: bool(seen()))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen() == []


def test_beats_move_on_and_know_since_when(app: Flask) -> None:
    with transaction():
        beats.beat(NAME, 100.0)
    age(30)
    assert 25 < seen()[0].silent < 40
    with transaction():
        beats.beat(NAME, 130.0)
    (one,) = seen()
    assert one.silent < 5
    assert 129 < one.running < 140


def test_another_process_under_the_same_name_is_another_row(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        beats.beat(NAME, 0.0)
    monkeypatch.setattr("os.getpid", lambda: 1)
    with transaction():
        beats.beat(NAME, 0.0)
    assert len(seen()) == 2
    with transaction():
        beats.leave(NAME)
    assert [one.pid for one in seen()] != [1]


@pytest.mark.parametrize(("silent", "alive"), [(0, True), (55, True), (65, False)])
def test_a_row_goes_stale(app: Flask, silent: float, alive: bool) -> None:
    with transaction():
        beats.beat(NAME, 0.0)
    age(silent)
    assert seen()[0].alive is alive


@pytest.mark.parametrize(("silent", "left"), [(86_000, 1), (86_500, 0)])
def test_the_sweep_forgets_after_a_day(app: Flask, silent: float, left: int) -> None:
    with transaction():
        beats.beat(NAME, 0.0)
    age(silent)
    schedule.sweep()
    assert len(seen()) == left


def test_the_heart_beats_while_the_loop_is_held_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beats, "EVERY_SECONDS", 0.05)
    with beating(app, NAME):
        until(lambda: bool(seen()))
        with transaction():
            session().execute(text("SELECT pg_sleep(2)"))  # as a long statement or a slow provider would
        assert seen()[0].silent < 1.5


def test_a_beat_holds_nothing_between_two(app: Flask) -> None:
    with beating(app, NAME):
        until(lambda: bool(seen()))
        session().rollback()
        busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
        until(lambda: session().scalar(text(busy)) == 1)  # this question itself
        session().rollback()


def test_a_database_that_refuses_costs_a_beat_and_nothing_else(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    warned = threading.Event()
    monkeypatch.setattr(beats, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(heart.log, "warning", lambda *_args, **_values: warned.set())
    with transaction():
        session().execute(text("ALTER TABLE beats RENAME TO beats_away"))
    try:
        with beating(app, NAME):
            assert warned.wait(5)
            with transaction():
                assert session().scalar(text("SELECT 1")) == 1
    finally:
        with transaction():
            session().execute(text("ALTER TABLE beats_away RENAME TO beats"))
    with beating(app, NAME):
        until(lambda: bool(seen()))


def test_an_end_does_not_wait_for_a_database_that_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heart, "PARTING_SECONDS", 0.2)
    with db.engine.connect() as holder:
        holder.execute(text("LOCK TABLE beats IN ACCESS EXCLUSIVE MODE"))
        with beating(app, NAME):
            pass
        assert any(thread.name == "heart" for thread in threading.enumerate()), "it waits, and nobody for it"
        holder.rollback()
    until(lambda: not any(thread.name == "heart" for thread in threading.enumerate()))
