"""What one message does to its worker's turn when code of ours fails on it: nothing to the others."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from campaign import outbox
from campaign.core.db import session, transaction
from campaign.jobs import drain as draining
from campaign.outbox import Answer, Claimed, Later, Sent, State, Stopped
from campaign.outbox.mail import Envelope
from campaign.outbox.retry import MAX_ATTEMPTS
from tests.support import outbox as ledger


class Box:
    """A transport that does as it is told with each mail, by the number of the call."""

    def __init__(self, act: Callable[[int], Answer]) -> None:
        self._act = act
        self.sent: list[str] = []

    def send(self, envelope: Envelope) -> Answer:
        self.sent.append(envelope.message_id)
        return self._act(len(self.sent))

    def close(self) -> None:
        pass


def raising(number: int) -> Answer:
    if number == 1:
        raise UnicodeEncodeError("ascii", "é", 0, 1, "a mistake of ours")
    return Sent()


def test_a_transport_that_raises_leaves_its_message_unsure_and_the_turn_goes_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ledger.notes(2)
    ledger.without_pace()
    box = Box(raising)
    monkeypatch.setattr(outbox, "connect", lambda _settings: box)
    monkeypatch.setattr(outbox.pace, "FIRST_REST_SECONDS", 0.0)
    assert draining.drain("letters") == 2
    assert [ledger.row(id_).state for id_ in (first, second)] == [State.UNSURE, State.SENT]


def test_a_claim_that_fails_does_not_take_the_record_before_it_along(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both share a commit. Were the record lost, its letter would go out twice."""
    (first,) = ledger.notes(1)
    ledger.without_pace()
    box = Box(lambda _number: Sent())
    monkeypatch.setattr(outbox, "connect", lambda _settings: box)
    claim, calls = outbox.claim, []

    def failing(*args: object) -> Claimed | outbox.Wait:
        calls.append(args)
        if len(calls) > 1:
            raise KeyError("a mistake of ours")
        return claim(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "claim", failing)
    with pytest.raises(KeyError):
        draining.drain("letters")
    assert (ledger.row(first).state, len(box.sent)) == (State.SENT, 1)


@pytest.fixture
def env(env: dict[str, str]) -> dict[str, str]:
    return env | {"LEASE_SECONDS": "1"}


def test_an_answer_outlasts_a_database_that_is_away_for_longer_than_the_lease(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = ledger.notes(1)
    ledger.without_pace()
    box = Box(lambda _number: Sent())
    monkeypatch.setattr(outbox, "connect", lambda _settings: box)
    monkeypatch.setattr(draining, "RETRY_SECONDS", 0.05)
    record, ends, tries = outbox.record, [], []

    def away(claimed: Claimed, answer: Answer, actor: str) -> bool:
        ends.append(time.monotonic() + 1.5 * claimed.lease_seconds)
        tries.append(1)
        if time.monotonic() < ends[0]:
            raise OperationalError("", None, Exception("the database is away"))
        return record(claimed, answer, actor)

    monkeypatch.setattr(outbox, "record", away)
    assert draining.drain("letters") == 1
    assert (ledger.row(first).state, len(box.sent)) == (State.SENT, 1)
    assert len(tries) > 2


def test_a_letter_whose_worker_died_does_not_go_behind_those_that_wait(app: Flask) -> None:
    first, *_others = ledger.notes(3)
    ledger.without_pace()
    assert ledger.claimed().id == first
    ledger.later(first, "lease_until", -1)
    with transaction():
        assert outbox.expire_leases() == 1
    ledger.later(first, "due_at", -0.001)
    with transaction():
        assert outbox.release_unsure() == 1
    assert ledger.claimed().id == first


@pytest.mark.parametrize("answer", [Later("the worker's turn is over", 0.0, counted=False), Stopped("locked out")])
def test_a_letter_that_was_not_tried_keeps_its_place(app: Flask, answer: Answer) -> None:
    first, *_others = ledger.notes(3)
    ledger.without_pace()
    ledger.record(ledger.claimed(), answer)
    with transaction():
        outbox.reopen("lane:letters")
    assert ledger.claimed().id == first


@pytest.mark.parametrize("frozen", ["0:{", "9:sealed by a newer version", '0:{"shape": "of a newer version"}'])
def test_a_frozen_mail_that_cannot_be_read_is_put_off_alone(app: Flask, frozen: str) -> None:
    bad, good = ledger.notes(2)
    ledger.without_pace()
    store(bad, frozen)
    assert ledger.claimed().id == good
    row = state(bad)
    assert (row.state, row.attempts) == ("queued", 1)
    assert 50 < row.due_in < 70
    assert [(move.from_state, move.to_state) for move in outbox.message(bad)[1]] == [
        (State.QUEUED, State.SENDING),
        (State.SENDING, State.QUEUED),
    ]


def test_a_frozen_mail_that_can_never_be_read_is_given_up_in_the_end(app: Flask) -> None:
    (bad,) = ledger.notes(1)
    ledger.without_pace()
    store(bad, "0:{")
    ledger.put(bad, attempts=MAX_ATTEMPTS - 1)
    assert ledger.claim() == outbox.Wait(None)
    assert state(bad).state == "failed"


def store(id_: UUID, mail: str) -> None:
    """Put this in place of the frozen mail, as it is stored."""
    with transaction():
        session().execute(text("UPDATE outbox_messages SET mail = :mail WHERE id = :id"), {"mail": mail, "id": id_})


def state(id_: UUID) -> Any:
    """Where a message stands whose mail nobody can read."""
    with transaction():
        return session().execute(text(STATE), {"id": id_}).one()


STATE = """
    SELECT state, attempts, extract(epoch FROM due_at - clock_timestamp()) AS due_in FROM outbox_messages WHERE id = :id
"""
