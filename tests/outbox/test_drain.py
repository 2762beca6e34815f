"""A worker's turn: claim, send, record, one after the other, and nothing lost at its ends."""

import threading
import time
from collections import Counter
from types import SimpleNamespace

import pytest
from flask import Flask

from campaign import outbox
from campaign.core.db import session
from campaign.jobs import drain as draining, stop
from campaign.outbox import Answer, Lane, Sent, State
from campaign.outbox.mail import Envelope
from tests.support import outbox as ledger
from tests.support.threads import at_once


class Box:
    """A transport that notes what it got; `before` runs in front of each."""

    def __init__(self, before: object = None) -> None:
        self.got: list[str] = []
        self.open_transactions: list[bool] = []
        self.before = before

    def send(self, envelope: Envelope) -> Answer:
        if callable(self.before):
            self.before()
        self.open_transactions.append(session().in_transaction())
        self.got.append(envelope.message_id)
        return Sent()

    def close(self) -> None:
        pass


def with_box(monkeypatch: pytest.MonkeyPatch, box: Box) -> Box:
    monkeypatch.setattr(outbox, "connect", lambda _settings: box)
    return box


def states() -> Counter[State]:
    session().rollback()
    return Counter({state: n for view in outbox.lanes() for state, n in view.states.items()})


def test_no_transaction_is_open_while_a_letter_is_handed_over(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.notes(5)
    ledger.without_pace()
    box = with_box(monkeypatch, Box())
    assert draining.drain("letters") == 5
    assert box.open_transactions == [False] * 5
    assert states() == {State.SENT: 5}


def test_drains_at_once_send_each_letter_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.notes(120)
    ledger.without_pace()
    box = with_box(monkeypatch, Box())
    tried = at_once(app, 4, lambda _number: draining.drain("letters"))
    assert sum(tried) == len(box.got) == len(set(box.got)) == 120
    assert states() == {State.SENT: 120}


def test_a_worker_that_was_held_up_after_its_permit_does_not_send_on_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    box = with_box(monkeypatch, Box())
    real, slow = outbox.claim, [True]

    def claim(lane: Lane, actor: str) -> object:
        found = real(lane, actor)
        if slow.pop() if slow else False:
            time.sleep(draining.PERMIT_SECONDS + 0.1)
        return found

    monkeypatch.setattr(outbox, "claim", claim)
    assert draining.drain("letters") == len(box.got) == 1
    assert ledger.row(id_).attempts == 1
    assert ledger.moves(id_)[:3] == [
        (State.QUEUED, State.SENDING),
        (State.SENDING, State.QUEUED),
        (State.QUEUED, State.SENDING),
    ]


def test_a_turn_that_ends_gives_back_what_it_holds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.notes(50)
    ledger.without_pace()
    passed = [0.0]  # no time passes but while a letter is handed over
    monkeypatch.setattr(draining, "time", SimpleNamespace(monotonic=lambda: sum(passed), sleep=time.sleep))
    box = with_box(monkeypatch, Box(lambda: passed.append(draining.TURN_SECONDS / 10)))
    tried = draining.drain("letters")
    assert 0 < tried < 50
    assert states() == {State.SENT: tried, State.QUEUED: 50 - tried}
    assert len(box.got) == tried


def test_a_request_to_stop_finishes_the_letter_in_hand_and_takes_no_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.notes(10)
    ledger.without_pace()
    monkeypatch.setattr(stop, "_stop", threading.Event())
    box = with_box(monkeypatch, Box(stop.request_stop))
    assert draining.drain("letters") == 1
    assert len(box.got) == 1
    assert states() == {State.SENT: 1, State.QUEUED: 9}


def test_a_letter_that_becomes_due_while_the_worker_waits_is_not_kept_waiting(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ledger.notes(2)
    ledger.without_pace()
    ledger.later(second, "due_at", 0.8)
    box = with_box(monkeypatch, Box())
    assert draining.drain("letters") == 2
    assert len(box.got) == 2
    assert first != second


def test_what_is_due_much_later_does_not_keep_a_worker(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    (id_,) = ledger.notes()
    ledger.later(id_, "due_at", 300)
    with_box(monkeypatch, Box())
    waits: list[float] = []
    monkeypatch.setattr(draining, "wait", waits.append)
    assert draining.drain("letters") == 0
    assert waits == []


def test_a_transport_that_breaks_its_word_costs_one_letter_its_turn_and_not_the_others(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a transport raises, the letter may have left: it becomes unsure, and the next goes out."""
    bad, good = ledger.notes(2)
    ledger.without_pace()
    box = with_box(monkeypatch, Box())

    def fail_once() -> None:
        box.before = None
        raise ValueError("a bug in a transport")

    box.before = fail_once
    for _turn in range(2):
        try:
            draining.drain("letters")
        except ValueError:
            continue
    assert ledger.row(good).state == State.SENT
    assert ledger.row(bad).state in (State.UNSURE, State.SENDING)


def test_without_redis_a_drain_works_from_the_ledger_alone(
    env: dict[str, str], tmp_path: object, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    env["REDIS_URL"] = f"unix://{tmp_path}/nobody"
    request.getfixturevalue("app")
    ledger.notes(3)
    ledger.without_pace()
    with_box(monkeypatch, Box())
    assert draining.drain("letters") == 3
