"""Batches: set aside in order, begun one by one, and free again with nothing lost when they do not leave."""

from collections import Counter
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from campaign import counters, outbox
from campaign.core.db import session, transaction
from campaign.core.rates import Rate
from campaign.jobs import drain as draining
from campaign.outbox import Answer, Lane, Later, Mail, Sent, State, Unsendable, Wait, batches
from campaign.outbox.batches import Aside, Ready
from campaign.outbox.mail import Envelope
from tests.support import outbox as ledger

ACTOR = "worker:test/1"
OWNERS = (UUID(int=1), UUID(int=2))


class Box:
    """A transport that notes what it got and answers as it is told, by the number of the call."""

    def __init__(self, answers: dict[int, Answer] | None = None) -> None:
        self.got: list[str] = []
        self.answers = answers or {}

    def send(self, envelope: Envelope) -> Answer:
        self.got.append(envelope.id)
        return self.answers.get(len(self.got), Sent())

    def close(self) -> None:
        pass


def without_limits() -> None:
    """As a claim leaves them where there is no pace and no plan."""
    ledger.without_pace()
    with transaction():
        session().execute(text("UPDATE outbox_paces SET opening = NULL"))


def set_aside(most: int = 4) -> list[Aside]:
    with transaction():
        return batches.set_aside(Lane.LETTERS, most)


def compose(asides: list[Aside]) -> list[Ready]:
    with transaction():
        return batches.compose(Lane.LETTERS, asides)


def advance(done: Ready | None, ready: Ready | None) -> bool:
    with transaction():
        return batches.advance((done, Sent("id")) if done else None, ready, ACTOR)


def test_a_batch_takes_what_claims_would_take_in_their_order(app: Flask) -> None:
    ids = ledger.notes(5)
    without_limits()
    ledger.later(ids[3], "due_at", -60)
    assert [one.id for one in set_aside(3)] == [ids[3], ids[0], ids[1]]
    assert [one.id for one in set_aside(9)] == [ids[2], ids[4]]
    assert ledger.claim() == Wait(None)


def test_owners_take_turns_within_a_batch(app: Flask) -> None:
    for owner in OWNERS:
        ledger.notes(8, owner=owner)
    without_limits()
    owners = [one.owner for one in set_aside(8)]
    assert Counter(owners) == {OWNERS[0]: 4, OWNERS[1]: 4}
    assert all(set(owners[at : at + 2]) == set(OWNERS) for at in range(0, 8, 2))


@pytest.mark.parametrize("key", ["lane:letters", f"domain:{ledger.NOTE.domain}", "target:one"])
def test_where_a_limit_holds_nothing_is_set_aside(app: Flask, key: str) -> None:
    ledger.notes(3)
    without_limits()
    ledger.at_rate(key, Rate(1000, "second"))
    assert set_aside() == []
    assert ledger.claimed()


def test_what_is_set_aside_is_still_queued_with_no_attempt_counted(app: Flask) -> None:
    (id_,) = ledger.notes()
    without_limits()
    set_aside()
    row = ledger.row(id_)
    assert (row.state, row.attempts, row.mail, ledger.moves(id_)) == (State.QUEUED, 0, None, [])


def test_a_batch_whose_worker_died_is_free_again_at_its_old_place(app: Flask) -> None:
    ids = ledger.notes(3, owner=OWNERS[0])
    without_limits()
    taken = {one.id for one in set_aside(2)}
    for id_ in taken:
        ledger.later(id_, "lease_until", -0.01)
    assert {ledger.claimed().id, ledger.claimed().id} == taken
    assert ledger.claimed().id in set(ids) - taken


def test_what_is_given_back_can_be_claimed_at_once(app: Flask) -> None:
    first, second = ledger.notes(2)
    without_limits()
    asides = set_aside()
    with transaction():
        batches.give_back(asides)
    assert [ledger.claimed().id, ledger.claimed().id] == [first, second]


def test_one_is_recorded_in_the_commit_that_begins_the_next(app: Flask) -> None:
    first, second = ledger.notes(2, tally_key="campaign:1/target:2")
    without_limits()
    one, two = compose(set_aside())
    assert advance(None, one)
    assert (ledger.row(first).state, ledger.row(second).state) == (State.SENDING, State.QUEUED)
    assert advance(one, two)
    assert (ledger.row(first).state, ledger.row(second).state) == (State.SENT, State.SENDING)
    assert not advance(two, None)
    assert ledger.row(second).provider_id == "id"
    assert ledger.moves(second) == [(State.QUEUED, State.SENDING), (State.SENDING, State.SENT)]
    session().rollback()
    assert counters.figures("campaign:1") == {"target:2": {"queued": 0, "sent": 2}}


def test_the_mail_is_frozen_before_it_is_sent(app: Flask) -> None:
    (id_,) = ledger.notes()
    without_limits()
    (ready,) = compose(set_aside())
    advance(None, ready)
    row = ledger.row(id_)
    assert Envelope.load(row.mail or "") == ready.claimed.envelope
    assert (row.attempts, row.fence, row.tried_at is not None) == (1, ready.claimed.fence, True)


def paused(_id: UUID) -> None:
    outbox.pauses.pause("target:one", reason="a test", actor="staff:1")


def cancelled(id_: UUID) -> None:
    outbox.withhold([id_], State.CANCELLED, cause="a test", actor="staff:1")


def closed(_id: UUID) -> None:
    outbox.pace.close(Lane.LETTERS.limit, 60, "a test")


def slowed(_id: UUID) -> None:
    outbox.set_rate("target:one", Rate(1, "hour"), Lane.LETTERS)


@pytest.mark.parametrize("act", [paused, cancelled, closed, slowed])
def test_what_happens_after_a_letter_was_set_aside_still_holds_it_up(app: Flask, act: object) -> None:
    (id_,) = ledger.notes()
    without_limits()
    (ready,) = compose(set_aside())
    assert callable(act)
    with transaction():
        act(id_)
    assert not advance(None, ready)
    assert ledger.row(id_).state in (State.QUEUED, State.CANCELLED)


def test_a_letter_that_another_worker_took_meanwhile_does_not_begin(app: Flask) -> None:
    (id_,) = ledger.notes()
    without_limits()
    (ready,) = compose(set_aside())
    ledger.later(id_, "lease_until", -1)
    other = ledger.claimed()
    assert not advance(None, ready)
    assert ledger.record(other, Sent())


def test_a_record_under_a_lost_fence_changes_nothing(app: Flask) -> None:
    (id_,) = ledger.notes(tally_key="campaign:1")
    without_limits()
    (ready,) = compose(set_aside())
    advance(None, ready)
    ledger.put(id_, fence=0)
    advance(ready, None)
    assert ledger.row(id_).state == State.SENDING
    session().rollback()
    assert counters.figures("campaign:1") == {"": {"queued": 1}}


def test_what_was_tried_before_is_left_to_claims(app: Flask) -> None:
    (_id,) = ledger.notes()
    without_limits()
    ledger.record(ledger.claimed(), Later("greylisted", 0.0, counted=False))
    assert set_aside() == []
    assert ledger.claimed()


def test_a_letter_that_cannot_be_composed_fails_alone_and_the_others_leave(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = ledger.notes(12)
    without_limits()
    bad = ledger.row(ids[5]).ref

    def one(ref: UUID) -> Mail:
        if ref == bad:
            raise Unsendable("no address")
        return ledger.NOTE

    outbox.compose_with(ledger.KIND, one)
    box = Box()
    monkeypatch.setattr(outbox, "connect", lambda _settings: box)
    assert draining.drain("letters") == 11
    assert ledger.row(ids[5]).state == State.FAILED
    assert set(box.got) == {str(id_) for id_ in ids} - {str(ids[5])}


def test_another_answer_in_the_middle_of_a_batch_is_recorded_as_ever(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = ledger.notes(12)
    without_limits()
    box = Box({5: Later("greylisted", 300.0)})
    monkeypatch.setattr(outbox, "connect", lambda _settings: box)
    assert draining.drain("letters") == 12
    states = Counter(ledger.row(id_).state for id_ in ids)
    assert states == {State.SENT: 11, State.QUEUED: 1}


def test_a_batch_that_takes_long_gives_the_rest_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.notes(3)
    without_limits()
    monkeypatch.setattr(draining, "PERMIT_SECONDS", -1.0)
    batch = compose(asides := set_aside(3))
    assert draining._send_batch(Lane.LETTERS, Box(), batch, 0.0) == 0
    with transaction():
        batches.give_back(asides)
    assert len(set_aside(3)) == 3


def test_a_failure_between_two_letters_loses_no_record(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ledger.notes(6)
    without_limits()
    box, real, calls = Box(), batches.advance, []

    def failing(*args: object) -> bool:
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError("a mistake of ours")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "connect", lambda _settings: box)
    monkeypatch.setattr(batches, "advance", failing)
    assert draining.drain("letters") == 6
    assert Counter(box.got) == {str(id_): 1 for id_ in ids}
    assert {ledger.row(id_).state for id_ in ids} == {State.SENT}
