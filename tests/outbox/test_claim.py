"""Claims: permits from every limit or from none, one holder, fair streams, and poison that harms nobody else."""

import time
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from campaign import outbox
from campaign.core.db import db, session, transaction
from campaign.core.rates import Rate
from campaign.jobs import drain as draining
from campaign.outbox import Claimed, Draft, Lane, Later, Mail, Sent, State, Unknown, Unsendable, Wait
from campaign.outbox.mail import Envelope
from campaign.outbox.models import Pace
from tests.support import outbox as ledger
from tests.support.threads import at_once


class Box:
    """A transport that keeps what it is given and always answers `sent`."""

    def __init__(self) -> None:
        self.subjects: list[str] = []

    def send(self, envelope: Envelope) -> outbox.Answer:
        self.subjects.append(envelope.mail.subject)
        return Sent()

    def close(self) -> None:
        pass


def tats() -> dict[str, object]:
    session().rollback()
    session().expire_all()
    return {pace.key: (pace.tat, pace.opens_at) for pace in session().scalars(select(Pace))}


def test_a_claim_leases_the_oldest_due_message_and_freezes_its_mail(app: Flask) -> None:
    first, _second = ledger.notes(2)
    claim = ledger.claimed()
    row = ledger.row(first)
    assert (claim.id, claim.attempts, claim.lease_seconds) == (first, 1, 60)
    assert (row.state, row.fence, row.lease_until is not None) == (State.SENDING, claim.fence, True)
    assert Envelope.load(row.mail or "") == claim.envelope
    assert claim.envelope.mail == ledger.NOTE
    assert claim.envelope.sender.startswith("letters+")
    assert claim.envelope.sender.endswith("@mail.postbag.example")


def test_fences_only_ever_grow(app: Flask) -> None:
    ledger.notes(5)
    ledger.without_pace()
    fences = [ledger.claimed().fence for _ in range(5)]
    assert fences == sorted(set(fences))


def test_messages_that_are_frozen_held_or_not_due_are_not_claimed(app: Flask) -> None:
    frozen, held, early, cancelled = ledger.notes(4)
    ledger.put(frozen, frozen=True)
    ledger.put(held, state=State.HELD)
    ledger.later(early, "due_at", 60)
    ledger.put(cancelled, state=State.CANCELLED)
    assert isinstance(ledger.claim(), Wait)
    ledger.put(frozen, frozen=False)
    assert ledger.claimed().id == frozen


@pytest.mark.parametrize("shut", ["lane:letters", "domain:ministry.example", "target:one"])
def test_a_claim_takes_a_permit_from_every_limit_or_from_none(app: Flask, shut: str) -> None:
    ledger.notes(2)
    keys = {"lane:letters", "domain:ministry.example", "target:one"}
    with transaction():
        for key in keys:
            outbox.set_rate(key, Rate(1, "minute"))
        outbox.pace.close(shut, 30, "a test")
    before = tats()
    wait = ledger.claim()
    assert isinstance(wait, Wait)
    assert wait.seconds == pytest.approx(30, abs=5)
    assert tats() == before
    with transaction():
        outbox.pace.reopen(shut)
    assert ledger.claimed()
    after = tats()
    assert {key for key in keys if after[key] != before[key]} == keys


def test_mail_that_people_wait_for_keeps_to_its_lane_only(app: Flask) -> None:
    with transaction():
        outbox.set_rate(f"domain:{ledger.NOTE.domain}", Rate(1, "day"))
    ledger.notes(3, lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit)
    with transaction():
        outbox.set_rate(Lane.PEOPLE.limit, None)
    assert [ledger.claimed(Lane.PEOPLE).lane for _ in range(3)] == [Lane.PEOPLE] * 3


def test_the_two_lanes_do_not_see_each_others_messages(app: Flask) -> None:
    (letter,) = ledger.notes()
    (mail,) = ledger.notes(lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit)
    assert ledger.claimed(Lane.PEOPLE).id == mail
    assert isinstance(ledger.claim(Lane.PEOPLE), Wait)
    assert ledger.claimed(Lane.LETTERS).id == letter


def test_threads_that_claim_at_once_never_take_the_same_message(app: Flask) -> None:
    wanted = set(ledger.notes(60))
    ledger.without_pace()

    def work(number: int) -> list[UUID]:
        mine: list[UUID] = []
        while isinstance(claim := ledger.claim(actor=f"worker:test/{number}"), Claimed):
            mine.append(claim.id)
        return mine

    taken = [id_ for mine in at_once(app, 6, work) for id_ in mine]
    assert sorted(taken) == sorted(wanted)


def test_a_target_that_is_shut_does_not_hold_up_another(app: Flask) -> None:
    ledger.notes(3, stream="target:slow")
    quick = ledger.notes(3, stream="target:quick")
    ledger.without_pace("target:quick")
    ledger.at_rate("target:slow", Rate(1, "hour"))
    taken = [ledger.claimed().id for _ in range(4)]
    assert set(quick) <= set(taken)
    wait = ledger.claim()
    assert isinstance(wait, Wait)
    assert wait.seconds == pytest.approx(3600, rel=0.05)


def test_a_domain_that_is_shut_does_not_hold_up_another(app: Flask) -> None:
    ledger.notes(3, stream="target:shut")
    ledger.without_pace("target:shut")
    with transaction():
        outbox.pace.close(f"domain:{ledger.NOTE.domain}", 60, "a test")
    other = replace(ledger.NOTE, to="office@elsewhere.example")
    outbox.compose_with("test-other", lambda _ref: other)
    draft = Draft(
        kind="test-other", ref=UUID(int=1), lane=Lane.LETTERS, stream="target:open", domain="elsewhere.example"
    )
    with transaction():
        outbox.write([draft])
    assert ledger.claimed().id == draft.id


def test_targets_take_turns(app: Flask) -> None:
    streams = {name: ledger.notes(4, stream=f"target:{name}") for name in ("one", "two", "three")}
    ledger.without_pace()
    for name in streams:
        ledger.at_rate(f"target:{name}", Rate(1000, "second"))
    order = []
    while len(order) < 12:
        if isinstance(claim := ledger.claim(), Claimed):
            order.append(next(name for name, ids in streams.items() if claim.id in ids))
        time.sleep(0.002)
    assert all(set(order[at : at + 3]) == set(streams) for at in range(0, 12, 3)), order


def test_a_claim_locks_the_message_it_takes_and_no_other(app: Flask) -> None:
    """Without statistics the planner once locked one message in every stream, and other workers found nothing."""
    for number in range(30):
        ledger.notes(1, stream=f"target:{number}")
    with transaction():
        assert isinstance(outbox.claim(Lane.LETTERS, "worker:test/1"), Claimed)
        with db.engine.connect() as other:
            free = other.execute(text("SELECT id FROM outbox_messages FOR UPDATE SKIP LOCKED")).all()
        assert len(free) == 29


def test_within_a_target_the_oldest_goes_first(app: Flask) -> None:
    ids = ledger.notes(5)
    ledger.without_pace()
    ledger.later(ids[3], "due_at", -60)
    assert [ledger.claimed().id for _ in range(5)] == [ids[3], ids[0], ids[1], ids[2], ids[4]]


def poison(error: Exception | str) -> UUID:
    """A message, older than the others, whose composer fails like this (a text: a statement the server refuses)."""

    def compose(_ref: UUID) -> Mail:
        if isinstance(error, str):
            session().execute(text(error))
        else:
            raise error
        return ledger.NOTE

    outbox.compose_with("test-poison", compose)
    draft = Draft(
        kind="test-poison", ref=UUID(int=1), lane=Lane.LETTERS, stream="target:one", domain=ledger.NOTE.domain
    )
    with transaction():
        outbox.write([draft])
    ledger.later(draft.id, "due_at", -60)
    return draft.id


@pytest.mark.parametrize(
    "error",
    [Unsendable("the target has no address"), KeyError("marie@example.org"), "SELECT 1 / 0"],
    ids=["unsendable", "a mistake in the code", "a statement that the server refuses"],
)
def test_a_message_that_cannot_be_composed_fails_alone(app: Flask, error: Exception | str) -> None:
    good = ledger.notes(2)
    ledger.without_pace()
    bad = poison(error)
    assert {ledger.claimed().id, ledger.claimed().id} == set(good)
    row = ledger.row(bad)
    assert (row.state, row.mail, row.attempts) == (State.FAILED, None, 0)
    assert "marie@example.org" not in (row.note or "")


def test_a_message_of_a_kind_that_nobody_composes_fails_alone(app: Flask) -> None:
    (bad,), (good,) = ledger.notes(), ledger.notes()
    ledger.put(bad, kind="forgotten")
    assert ledger.claimed().id == good
    assert ledger.row(bad).state == State.FAILED


def test_more_poison_than_one_claim_looks_at_does_not_end_the_drain(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for id_ in ledger.notes(45):
        ledger.put(id_, kind="forgotten")
    ledger.notes(2)
    ledger.without_pace()
    box = Box()
    monkeypatch.setattr(outbox, "connect", lambda _settings: box)
    assert draining.drain("letters") == 2
    assert len(box.subjects) == 2


@pytest.mark.parametrize("fault", ["a lost connection", "a statement that took too long"])
def test_a_database_fault_while_composing_is_not_the_messages_fault_and_loses_no_record(
    app: Flask, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """The step that records letter 1 also composes letter 2. When that breaks, letter 1 must not go out again."""
    first, second = ledger.notes(2)
    ledger.without_pace()
    calls = []

    def compose(_ref: UUID) -> Mail:
        calls.append(1)
        if len(calls) == 2 and fault == "a lost connection":
            pid = session().scalar(text("SELECT pg_backend_pid()"))
            with db.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            session().execute(text("SELECT 1"))
        elif len(calls) == 2:
            session().execute(text("SET LOCAL statement_timeout = 20"))
            session().execute(text("SELECT pg_sleep(1)"))
        return replace(ledger.NOTE, subject=f"Call {len(calls)}")

    outbox.compose_with(ledger.KIND, compose)
    box = Box()
    monkeypatch.setattr(outbox, "connect", lambda _settings: box)
    assert draining.drain("letters") == 2
    assert [ledger.row(id_).state for id_ in (first, second)] == [State.SENT, State.SENT]
    assert box.subjects == ["Call 1", "Call 3"]


def test_what_may_have_been_sent_goes_again_exactly_as_it_was(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    first = ledger.claimed()
    ledger.record(first, Unknown("reset", lane=False))
    ledger.composing(replace(ledger.NOTE, subject="Other words", to="somebody@else.example"))
    for _resend in range(3):
        ledger.put(id_, state=State.QUEUED)
        ledger.later(id_, "due_at", -1)
        ledger.without_rest()
        again = ledger.claimed()
        assert again.envelope == first.envelope
    assert ledger.row(id_).domain == ledger.NOTE.domain


def test_what_surely_was_not_sent_is_written_anew_for_whoever_holds_the_post_now(app: Flask) -> None:
    """A tenure ended, or a contact was corrected, while the letter was put off."""
    (id_,) = ledger.notes()
    ledger.without_pace()
    first = ledger.claimed()
    ledger.record(first, Later("greylisted", 60))
    ledger.composing(replace(ledger.NOTE, to="successor@moved.example", to_name="The successor"))
    ledger.later(id_, "due_at", -1)
    ledger.claim()  # makes the new domain's limit
    again = ledger.claimed()
    assert again.envelope.mail.to == "successor@moved.example"
    assert (again.envelope.message_id, again.envelope.date) == (first.envelope.message_id, first.envelope.date)
    assert ledger.row(id_).domain == "moved.example"


def test_a_queued_message_is_composed_only_when_it_is_claimed(app: Flask) -> None:
    ledger.notes()
    ledger.composing(replace(ledger.NOTE, subject="The newest words"))
    assert ledger.claimed().envelope.mail.subject == "The newest words"


def test_a_message_whose_recipient_moved_to_another_domain_keeps_to_the_new_domains_pace(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.composing(replace(ledger.NOTE, to="office@moved.example"))
    claims = [ledger.claim() for _ in range(2)]
    assert isinstance(claims[-1], Claimed), claims
    assert ledger.row(id_).domain == "moved.example"
    assert "domain:moved.example" in tats()


def test_message_ids_and_senders_differ_from_message_to_message(app: Flask) -> None:
    ledger.notes(10)
    ledger.without_pace()
    envelopes = [ledger.claimed().envelope for _ in range(10)]
    assert len({envelope.message_id for envelope in envelopes}) == 10
    assert len({envelope.sender for envelope in envelopes}) == 10


def test_automatic_mail_comes_from_the_plain_address(app: Flask) -> None:
    ledger.notes()
    ledger.composing(replace(ledger.NOTE, automatic=True))
    assert ledger.claimed().envelope.sender == "letters@mail.postbag.example"


def test_a_claim_that_is_rolled_back_gives_its_permits_and_its_message_back(app: Flask) -> None:
    (id_,) = ledger.notes()
    before = tats()
    with pytest.raises(RuntimeError), transaction():
        assert isinstance(outbox.claim(Lane.LETTERS, "worker:test/1"), Claimed)
        raise RuntimeError
    assert (ledger.row(id_).state, ledger.row(id_).mail) == (State.QUEUED, None)
    assert tats() == before


def test_an_empty_lane_says_that_nothing_waits(app: Flask) -> None:
    assert ledger.claim() == Wait(None)


def test_the_ledger_keeps_the_frozen_mail_sealed(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.claimed()
    stored = session().scalar(text("SELECT mail FROM outbox_messages WHERE id = :id"), {"id": id_})
    assert stored.startswith("0:{")
