"""What each answer of a transport does, and who may still record."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from campaign import outbox
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.jobs import drain as draining
from campaign.outbox import Answer, Lane, Later, Refused, Sent, State, Stopped, Unknown, Wait, pace, retry
from campaign.outbox.models import Pace
from tests.support import outbox as ledger
from tests.support.threads import at_once


@pytest.mark.parametrize(
    ("answer", "state", "attempts"),
    [
        (Sent(provider_id="abc"), State.SENT, 1),
        (Sent(provider_id="abc", delivered=True), State.DELIVERED, 1),
        (Refused("no such mailbox"), State.FAILED, 1),
        (Later("greylisted", 60), State.QUEUED, 1),
        (Later("full disk", 60, counted=False), State.QUEUED, 0),
        (Unknown("reset"), State.UNSURE, 1),
        (Stopped("401"), State.QUEUED, 0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Sent | Refused | Later | Unknown | Stopped) else None,
)
def test_each_answer_takes_a_message_where_it_belongs(app: Flask, answer: Any, state: State, attempts: int) -> None:
    (id_,) = ledger.notes()
    assert ledger.record(ledger.claimed(), answer)
    row = ledger.row(id_)
    assert (row.state, row.attempts) == (state, attempts)
    assert row.provider_id == ("abc" if isinstance(answer, Sent) else None)
    assert row.note == (None if isinstance(answer, Sent) else answer.reason)


def test_a_deferred_message_waits_as_long_as_was_asked(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    ledger.record(ledger.claimed(), Later("greylisted", 300))
    wait = ledger.claim()
    assert isinstance(wait, Wait)
    assert wait.seconds == pytest.approx(300, abs=5)
    assert ledger.row(id_).mail is not None


def test_an_old_holder_cannot_record_once_somebody_else_holds_the_message(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    old = ledger.claimed()
    ledger.later(id_, "lease_until", -1)
    with transaction():
        outbox.expire_leases()
    ledger.later(id_, "due_at", -1)
    with transaction():
        outbox.release_unsure()
    new = ledger.claimed()
    assert new.fence > old.fence
    for answer in (Sent(), Refused("no"), Later("wait", 5), Unknown("reset"), Stopped("401")):
        assert not ledger.record(old, answer)
        assert ledger.row(id_).state == State.SENDING
    assert ledger.record(new, Sent())
    assert ledger.row(id_).state == State.SENT


def test_nobody_records_twice(app: Flask) -> None:
    (id_,) = ledger.notes()
    claim = ledger.claimed()
    assert ledger.record(claim, Sent())
    assert not ledger.record(claim, Refused("no"))
    assert ledger.row(id_).state == State.SENT


def test_who_slept_past_the_lease_still_records_while_nobody_else_holds_the_message(app: Flask) -> None:
    """The worker knows that the letter left. Throwing that away would send it a second time."""
    (id_,) = ledger.notes()
    claim = ledger.claimed()
    ledger.later(id_, "lease_until", -1)
    with transaction():
        outbox.expire_leases()
    assert ledger.row(id_).state == State.UNSURE
    assert ledger.record(claim, Sent())
    assert ledger.row(id_).state == State.SENT


def test_stopped_closes_the_lane_until_staff_open_it_and_names_the_reason(app: Flask) -> None:
    ledger.notes(2, stream="target:one")
    ledger.notes(2, stream="target:two")
    ledger.without_pace("target:one", "target:two")
    ledger.record(ledger.claimed(), Stopped("401"))
    wait = ledger.claim()
    assert isinstance(wait, Wait)
    assert wait.seconds is not None
    assert wait.seconds > 86400 * 365
    view = next(view for view in outbox.lanes() if view.lane == Lane.LETTERS)
    assert view.closed_reason == "401"
    with transaction():
        pace.reopen(Lane.LETTERS.limit)
    assert ledger.claimed()


def test_a_provider_that_wants_rest_backs_the_whole_lane_off_but_not_the_other_lane(app: Flask) -> None:
    ledger.notes(2)
    ledger.notes(1, lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit)
    ledger.without_pace()
    ledger.record(ledger.claimed(), Later("429", 120, lane=True))
    wait = ledger.claim()
    assert isinstance(wait, Wait)
    assert wait.seconds == pytest.approx(120, abs=5)
    assert ledger.claimed(Lane.PEOPLE)


def test_a_deferral_of_one_message_does_not_hold_up_its_lane(app: Flask) -> None:
    first, second = ledger.notes(2)
    ledger.without_pace()
    ledger.record(ledger.claimed(), Later("greylisted", 300))
    assert ledger.claimed().id == second
    assert first != second


def test_a_letter_that_may_have_left_does_not_go_again_to_who_wants_nothing(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    ledger.record(ledger.claimed(), Unknown("reset", lane=False))
    ledger.without_rest()
    ledger.later(id_, "due_at", -1)
    with transaction():
        outbox.suppressions.suppress(parse(ledger.NOTE.to).hash, None, reason="objection", actor="staff:1")
        outbox.release_unsure()
    app.extensions.pop("cache", None)
    assert isinstance(ledger.claim(), Wait)
    assert ledger.row(id_).state == State.SUPPRESSED
    with transaction():
        (moved,) = outbox.moves.move([id_], State.DELIVERED, cause="reported", actor="receipts")
    assert moved.before == State.SUPPRESSED, "it had left before"


def test_a_short_rest_does_not_shorten_a_long_one(app: Flask) -> None:
    ledger.notes(3)
    ledger.without_pace()
    one, two = ledger.claimed(), ledger.claimed()
    ledger.record(one, Stopped("401"))
    ledger.record(two, Later("429", 5, lane=True))
    session().rollback()
    limit = session().get_one(Pace, Lane.LETTERS.limit)
    assert limit.closed_until is not None
    assert limit.closed_until.year > 2100


def rest() -> float:
    """Seconds until the lane opens."""
    wait = ledger.claim()
    assert isinstance(wait, Wait), wait
    return wait.seconds or 0.0


def rested() -> None:
    """Let the lane's rest pass."""
    with transaction():
        session().execute(
            text("UPDATE outbox_paces SET opens_at = clock_timestamp(), closed_until = NULL WHERE key = 'lane:letters'")
        )


def test_a_provider_that_keeps_failing_is_left_alone_for_longer_each_time_and_tried_with_one_letter(app: Flask) -> None:
    ledger.notes(20)
    ledger.without_pace()
    ledger.record(ledger.claimed(), Unknown("reset"))
    for seconds in (2, 4, 8, 16):
        assert seconds / 2 - 1 < rest() <= seconds
        rested()
        trial = ledger.claimed()
        assert trial.trial
        assert isinstance(ledger.claim(), Wait), "one letter tries, the others wait"
        ledger.record(trial, Later("421", 1, lane=True))
    assert 16 < rest() <= 32


def test_a_trial_that_succeeds_opens_the_lane_for_all(app: Flask) -> None:
    ledger.notes(5)
    ledger.without_pace()
    ledger.record(ledger.claimed(), Unknown("reset"))
    rested()
    ledger.record(ledger.claimed(), Sent())
    assert [ledger.claimed().trial for _ in range(3)] == [False] * 3


def test_a_trial_that_was_given_back_untried_proves_nothing(app: Flask) -> None:
    """A worker whose turn ended, or who was held up, has not asked the provider."""
    ledger.notes(5)
    ledger.without_pace()
    ledger.record(ledger.claimed(), Unknown("reset"))
    rested()
    ledger.record(ledger.claimed(), Later("the worker's turn is over", 0.0, counted=False))
    rested()
    assert ledger.claimed().trial


def test_a_trial_whose_worker_dies_does_not_close_the_lane_for_good(app: Flask) -> None:
    ledger.notes(5)
    ledger.without_pace()
    ledger.record(ledger.claimed(), Unknown("reset"))
    rested()
    assert ledger.claimed().trial
    assert rest() <= app.extensions["settings"].lease_seconds
    rested()
    assert ledger.claimed().trial


def test_letters_that_fail_while_the_lane_rests_already_do_not_prolong_its_rest(app: Flask) -> None:
    ledger.notes(6)
    ledger.without_pace()
    claims = [ledger.claimed() for _ in range(5)]
    for claim in claims:
        ledger.record(claim, Unknown("reset"))
    assert 0 < rest() <= 2


def test_a_message_waits_longer_after_each_attempt_and_is_given_up_in_the_end(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    for _attempt in range(retry.MAX_ATTEMPTS - 1):
        ledger.record(ledger.claimed(), Later("greylisted", 1))
        assert ledger.row(id_).state == State.QUEUED
        ledger.later(id_, "due_at", -1)
    ledger.record(ledger.claimed(), Later("greylisted", 1))
    row = ledger.row(id_)
    assert (row.state, row.attempts, row.note) == (State.FAILED, retry.MAX_ATTEMPTS, "greylisted")
    assert [retry.after(n) for n in (1, 2, 3, 20, 5000)] == [60, 120, 240, 14400, 14400]


@pytest.mark.parametrize(("lane", "days"), [(Lane.LETTERS, 5), (Lane.PEOPLE, 1)])
def test_a_message_is_given_up_days_after_its_first_attempt_not_after_it_was_written(
    app: Flask, lane: Lane, days: int
) -> None:
    stream = lane.limit if lane == Lane.PEOPLE else "target:one"
    old, waited = ledger.notes(2, lane=lane, stream=stream)
    ledger.without_pace()
    for id_ in (old, waited):
        ledger.later(id_, "created_at", -30 * 86400)
    ledger.later(old, "tried_at", -days * 86400 - 60)
    for _ in range(2):
        ledger.record(ledger.claimed(lane), Later("greylisted", 1))
    assert (ledger.row(old).state, ledger.row(waited).state) == (State.FAILED, State.QUEUED)


def test_an_uncounted_deferral_never_gives_up(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    ledger.put(id_, attempts=retry.MAX_ATTEMPTS + 5)
    ledger.record(ledger.claimed(), Later("full disk", 1, counted=False))
    assert (ledger.row(id_).state, ledger.row(id_).attempts) == (State.QUEUED, retry.MAX_ATTEMPTS + 5)


def test_a_lane_that_fails_under_many_workers_never_makes_them_wait_crosswise(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recording a failure locks the lane's limit, claiming locks a domain's first: in one transaction they deadlock."""
    ledger.notes(400)
    ledger.without_pace()
    monkeypatch.setattr(pace, "FIRST_REST_SECONDS", 0.01)
    monkeypatch.setattr(draining, "TURN_SECONDS", 1.5)
    monkeypatch.setattr(draining, "GLANCE_SECONDS", 0.02)
    answers: Iterator[Answer] = itertools.cycle([Sent(), Sent(), Later("421", 0.01, lane=True)])

    class Moody:
        def send(self, _envelope: object) -> Answer:
            return next(answers)

        def close(self) -> None:
            pass

    monkeypatch.setattr(outbox, "connect", lambda _settings: Moody())
    before = deadlocks()
    at_once(app, 4, lambda _number: draining.drain("letters"))
    assert deadlocks() == before


def deadlocks() -> int:
    session().rollback()
    session().execute(text("SELECT pg_stat_force_next_flush()"))
    session().rollback()
    query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(session().scalar(query) or 0)
