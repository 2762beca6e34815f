"""Tallies that many move at once."""

import random
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from campaign import counters
from campaign.core.db import session, transaction
from campaign.counters import Tally
from tests.support.threads import at_once


def bump(key: str, **deltas: int) -> None:
    with transaction():
        counters.bump(key, **deltas)


def test_a_figure_is_the_sum_of_what_was_added(app: Flask) -> None:
    for n in (1, 5, -2):
        bump("campaign:1", signatures=n)
        bump("campaign:1/target:2", queued=n, sent=1)
    assert counters.figures("campaign:1") == {"": {"signatures": 4}, "target:2": {"queued": 4, "sent": 3}}


def test_keys_with_a_common_beginning_are_apart(app: Flask) -> None:
    bump("campaign:1", signatures=1)
    bump("campaign:12", signatures=7)
    assert counters.figures("campaign:1") == {"": {"signatures": 1}}


def test_threads_that_add_at_once_lose_nothing_and_never_wait_crosswise(app: Flask) -> None:
    """Each transaction moves several keys, in an order of its own."""
    keys = [f"campaign:1/target:{n}" for n in range(6)]

    def work(number: int) -> Counter[str]:
        lots, mine = random.Random(number), Counter[str]()
        for _ in range(25):
            chosen = lots.sample(keys, 4)
            with transaction():
                for key in chosen:
                    counters.bump(key, queued=1)
                    counters.bump(key, sent=2)
                session().execute(text("SELECT 1"))
            mine.update(chosen)
        return mine

    wanted = sum(at_once(app, 6, work), Counter[str]())
    found = counters.figures("campaign:1")
    assert {f"campaign:1/{part}": names["queued"] for part, names in found.items()} == wanted
    assert all(names["sent"] == 2 * names["queued"] for names in found.values())
    session().rollback()
    session().execute(text("SELECT pg_stat_force_next_flush()"))
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert session().scalar(text(query)) == 0


def test_a_tally_is_spread_over_slots_and_not_one_hot_row(app: Flask) -> None:
    for _ in range(60):
        bump("campaign:1", signatures=1)
    assert (session().scalar(select(func.count()).select_from(Tally)) or 0) > 4


def test_what_is_added_and_taken_in_one_transaction_writes_nothing(app: Flask) -> None:
    with transaction():
        counters.bump("campaign:1", signatures=1)
        counters.bump("campaign:1", signatures=-1)
    assert counters.figures("campaign:1") == {}


def test_a_transaction_that_fails_adds_nothing_and_the_next_begins_anew(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction():
        counters.bump("campaign:1", signatures=5)
        raise RuntimeError
    bump("campaign:1", signatures=1)
    assert counters.figures("campaign:1") == {"": {"signatures": 1}}


def test_a_recount_that_finds_the_truth_reports_nothing(app: Flask) -> None:
    bump("campaign:1", signatures=3)
    bump("campaign:1/target:2", queued=2)
    with transaction():
        assert counters.recount("campaign:1", {"": {"signatures": 3}, "target:2": {"queued": 2, "sent": 0}}) == {}


def test_a_recount_reports_every_drift_and_puts_it_right(app: Flask) -> None:
    bump("campaign:1", signatures=3)
    bump("campaign:1/target:2", queued=2, sent=9)
    bump("campaign:1/target:gone", sent=1)
    truth = {"": {"signatures": 4}, "target:2": {"queued": 2, "sent": 7}, "target:new": {"queued": 1}}
    with transaction():
        drift = counters.recount("campaign:1", truth)
    assert drift == {".signatures": -1, "target:2.sent": 2, "target:gone.sent": 1, "target:new.queued": -1}
    with transaction():
        assert counters.recount("campaign:1", truth) == {}
    assert counters.figures("campaign:1")["target:2"] == {"queued": 2, "sent": 7}


def test_the_moment_of_the_last_change_moves_on(app: Flask) -> None:
    bump("campaign:1", signatures=1)
    first = session().scalar(select(func.max(Tally.changed_at)))
    session().rollback()
    bump("campaign:1", signatures=1)
    second = session().scalar(select(func.max(Tally.changed_at)))
    assert first is not None
    assert second is not None
    assert second > first


def test_parts_are_dropped_by_their_bytes_and_others_stay(app: Flask) -> None:
    for part in ("hour:2026-11-01T09", "hour:2026-11-02T00", "day:2026-11-01", "hours", ""):
        bump(f"figures:1/{part}" if part else "figures:1", signatures=1)
    bump("figures:12/hour:2026-11-01T09", signatures=1)
    with transaction():
        assert counters.drop("figures:1", "hour:", "hour:2026-11-02T00") == 1
    assert set(counters.figures("figures:1")) == {"hour:2026-11-02T00", "day:2026-11-01", "hours", ""}
    assert len(counters.figures("figures:12")) == 1
