"""Whatever order receipts come in, however often, and whenever we ourselves get round to recording: one state."""

import json
import random
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from campaign import counters, outbox
from campaign.core.db import session, transaction
from campaign.outbox import Lane, Sent, State, Unknown, Wait, moves, read_limits, receipts
from campaign.outbox.receipts import Receipt, consequences
from tests.support import outbox as ledger
from tests.support.sendgrid_events import Event, event
from tests.support.threads import at_once

FIVE = {
    "everything": (["processed", "deferred", "delivered", "bounce", "spamreport"], State.COMPLAINED),
    "bounced after all": (["processed", "deferred", "delivered", "bounce", "open"], State.BOUNCED),
    "never tried": (["processed", "deferred", "dropped", "dropped", "open"], State.BOUNCED),
}


def take(events: list[Event]) -> int:
    """What the webhook does with verified events, within the open transaction."""
    reports = receipts.sendgrid.read(json.dumps(events).encode())
    stored = receipts.store(reports)
    receipts.apply(receipts.messages_of(reports))
    return stored


def arrive(*events: Event) -> int:
    with transaction():
        return take(list(events))


def resume() -> None:
    """Staff have looked: the target's letters go on."""
    with transaction():
        session().execute(text("DELETE FROM outbox_pauses"))


def sent(**values: object) -> UUID:
    """A note that the provider has taken."""
    resume()
    ledger.without_pace()
    (id_,) = ledger.notes(**values)  # type: ignore[arg-type]
    ledger.record(ledger.claimed(), Sent("handover-1"))
    return id_


def standing(id_: UUID) -> tuple[str, str | None]:
    """State and note, read past the session."""
    row = session().execute(text("SELECT state, note FROM outbox_messages WHERE id = :id"), {"id": id_}).one()
    return row[0], row[1]


@pytest.mark.parametrize("name", FIVE)
def test_all_orders_of_five_events_with_up_to_five_copies_end_in_one_state(app: Flask, name: str) -> None:
    kinds, expected = FIVE[name]
    id_ = sent(tally_key="test/one")
    events = [event(kind, id_, at) for at, kind in enumerate(kinds)]
    dice, ends = random.Random(name), set()
    with transaction() as current:
        for order in permutations(events):
            arrivals = [one for one in order for _copy in range(dice.randint(1, 5))]
            if dice.random() < 0.5:  # copies come together, or long after
                late = dice.sample(events, 3)
                arrivals += late
            point = current.begin_nested()
            stored = 0
            while arrivals:  # in requests of one to four events
                size = dice.randint(1, 4)
                stored += take(arrivals[:size])
                arrivals = arrivals[size:]
            ends.add((*standing(id_), stored, session().scalar(select(func.count()).select_from(Receipt))))
            point.rollback()
    assert len(ends) == 1, ends
    state, _note, stored, rows = ends.pop()
    assert (state, stored, rows) == (expected, 5, 5)


def test_figures_follow_the_state_and_copies_do_not_count(app: Flask) -> None:
    id_ = sent(tally_key="test/one")
    bounce, delivered = event("bounce", id_, 2), event("delivered", id_, 1)
    for _copy in range(5):
        arrive(bounce, delivered)
        arrive(delivered)
    shown = {name: n for name, n in counters.figures("test")["one"].items() if n}
    assert shown == {"sent": 1, "bounced": 1}
    assert ledger.row(id_).note == "there is no such mailbox (5.1.1)"


def test_copies_that_come_at_once_are_one(app: Flask) -> None:
    id_ = sent(tally_key="test/one")
    events = [event("processed", id_, 0), event("delivered", id_, 1), event("bounce", id_, 2)]

    at_once(app, 8, lambda _number: arrive(*random.sample(events, 3)))
    session().rollback()
    assert session().scalar(select(func.count()).select_from(Receipt)) == 3
    assert ledger.row(id_).state == State.BOUNCED
    assert {name: n for name, n in counters.figures("test")["one"].items() if n} == {"sent": 1, "bounced": 1}


def test_two_events_at_once_end_as_one_after_the_other(app: Flask) -> None:
    for _round in range(10):
        id_ = sent()
        events = [event("delivered", id_, 1), event("bounce", id_, 2)]
        at_once(app, 2, lambda number, events=events: arrive(events[number]))  # type: ignore[misc]
        assert ledger.row(id_).state == State.BOUNCED


def test_an_event_that_comes_before_our_own_commit_finds_its_letter(app: Flask) -> None:
    ledger.without_pace()
    (id_,) = ledger.notes()
    claim = ledger.claimed()
    arrive(event("processed", id_), event("delivered", id_, 1))
    assert ledger.row(id_).state == State.DELIVERED
    ledger.record(claim, Sent("handover-1"))
    assert ledger.row(id_).state == State.DELIVERED, "our own record, late, takes nothing back"
    assert session().scalar(select(func.count()).select_from(Receipt).where(Receipt.applied_at.is_(None))) == 0


@pytest.mark.parametrize(("kind", "expected"), [("processed", State.SENT), ("delivered", State.DELIVERED)])
def test_unsure_is_resolved_by_an_event(app: Flask, kind: str, expected: State) -> None:
    ledger.without_pace()
    (id_,) = ledger.notes()
    ledger.record(ledger.claimed(), Unknown("no answer"))
    assert ledger.row(id_).state == State.UNSURE
    arrive(event(kind, id_))
    ledger.later(id_, "due_at", -1)
    with transaction():
        assert outbox.release_unsure() == 0
    assert ledger.row(id_).state == expected


def test_without_an_event_it_goes_again_under_the_same_id_and_a_late_event_still_stops_it(app: Flask) -> None:
    ledger.without_pace()
    (id_,) = ledger.notes()
    first = ledger.claimed()
    ledger.record(first, Unknown("no answer"))
    ledger.later(id_, "due_at", -1)
    with transaction():
        assert outbox.release_unsure() == 1
    assert ledger.row(id_).state == State.QUEUED
    arrive(event("delivered", id_))
    assert ledger.row(id_).state == State.DELIVERED
    assert not isinstance(ledger.claim(), outbox.Claimed)


def test_of_two_handovers_one_that_arrived_has_arrived(app: Flask) -> None:
    id_ = sent()
    arrive(event("bounce", id_, 5, handover="handover-2"))
    assert ledger.row(id_).state == State.BOUNCED
    arrive(event("delivered", id_, 1, handover="handover-1"))
    assert ledger.row(id_).state == State.DELIVERED


def test_what_was_sent_again_is_not_bounced_by_its_old_handover(app: Flask) -> None:
    id_ = sent()
    arrive(event("deferred", id_, 1), event("bounce", id_, 2))
    with transaction():
        moves.move([id_], State.QUEUED, cause="send again", actor="staff:test", due_in=0.0)
    arrive(event("bounce", id_, 2), event("processed", id_, 0))
    assert ledger.row(id_).state == State.QUEUED, "late news of a handover that is over"
    resume()
    ledger.record(ledger.claimed(), Sent("handover-2"))
    arrive(event("delivered", id_, 9, handover="handover-2"))
    assert ledger.row(id_).state == State.DELIVERED


def test_an_orphan_is_kept_and_linked_once_its_message_is_known(app: Flask) -> None:
    stranger = uuid4()
    assert arrive(event("delivered", stranger), event("bounce", None, handover="handover-9")) == 2
    with transaction():
        assert receipts.catch_up() == 0
    ledger.without_pace()
    (id_,) = ledger.notes()
    ledger.record(ledger.claimed(), Sent("handover-9"))
    with transaction():
        assert receipts.catch_up() == 1
    assert ledger.row(id_).state == State.BOUNCED
    resume()
    (other,) = ledger.notes(id=stranger)
    ledger.record(ledger.claimed(), Sent("handover-8"))
    with transaction():
        assert receipts.catch_up() == 1
    assert ledger.row(other).state == State.DELIVERED


def test_what_was_stored_and_not_applied_is_caught_up_with(app: Flask) -> None:
    id_ = sent()
    with transaction():
        receipts.store(receipts.sendgrid.read(json.dumps([event("delivered", id_)]).encode()))
    assert ledger.row(id_).state == State.SENT
    with transaction():
        assert (receipts.catch_up(), receipts.catch_up()) == (1, 0)
    assert ledger.row(id_).state == State.DELIVERED


FULL = {"status": "5.2.2", "reason": "552 5.2.2 mailbox full", "type": "bounce", "bounce_classification": ""}


def rest(id_: UUID) -> None:
    with transaction():
        session().execute(
            text("UPDATE outbox_messages SET changed_at = changed_at - interval '13 hours' WHERE id = :id"), {"id": id_}
        )


def test_a_full_mailbox_is_tried_again_after_a_while_and_three_times_at_most(app: Flask) -> None:
    id_ = sent()
    for number in range(1, 5):
        arrive(event("bounce", id_, handover=f"handover-{number}", **FULL))
        assert (ledger.row(id_).state, ledger.row(id_).note) == (State.BOUNCED, "the mailbox is full (5.2.2)")
        with transaction():
            assert receipts.retry_bounced() == 0
        rest(id_)
        with transaction():
            assert receipts.retry_bounced() == (1 if number < 4 else 0)
        if number < 4:
            assert isinstance(ledger.claim(), Wait), "the mailbox rests, as when its server says at once"
            ledger.without_rest()
            ledger.record(ledger.claimed(), Sent(f"handover-{number + 1}"))
    assert ledger.row(id_).state == State.BOUNCED


def test_a_full_mailbox_rests_and_says_why(app: Flask) -> None:
    id_ = sent()
    arrive(event("bounce", id_, **FULL))
    (limit,) = read_limits([ledger.row(id_).stream]).values()
    assert limit.closed == pytest.approx(3600, abs=5)
    assert limit.reason == "the mailbox is full (5.2.2)"


def test_an_address_that_is_not_there_is_not_tried_again(app: Flask) -> None:
    id_ = sent()
    arrive(event("bounce", id_))
    rest(id_)
    with transaction():
        assert receipts.retry_bounced() == 0


def test_a_dead_address_pauses_the_target_and_alarms_whatever_came_first(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms: list[str] = []
    monkeypatch.setattr(consequences.log, "error", lambda event, **_values: alarms.append(event))
    for order in permutations([("dropped", 1), ("delivered", 2), ("spamreport", 3)]):
        id_ = sent()
        alarms.clear()
        for kind, at in order:
            arrive(event(kind, id_, at))
        assert set(alarms) == {"target_refused"}
        assert session().scalar(text("SELECT actor FROM outbox_pauses WHERE key = 'target:one'")) == "receipts"


def test_a_full_mailbox_and_a_block_pause_nothing(app: Flask) -> None:
    id_ = sent()
    arrive(event("bounce", id_, **FULL), event("bounce", id_, type="blocked", reason="554 5.7.1 poor reputation"))
    assert session().scalar(text("SELECT count(*) FROM outbox_pauses")) == 0


def test_nothing_of_the_recipient_is_stored(app: Flask) -> None:
    id_ = sent()
    arrive(*(event(kind, id_) for kind in ("delivered", "bounce", "deferred", "open", "spamreport")))
    everything = str(session().scalar(text("SELECT string_agg(cast(r AS text), ' ') FROM receipts r")))
    for private in ("office", "ministry", "192.0.2", "Mozilla", "@"):
        assert private not in everything


def test_a_supporter_who_complains_is_not_written_to_again(app: Flask) -> None:
    (id_,) = ledger.notes(lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit, recipient_hash=b"hash")
    ledger.without_pace()
    ledger.record(ledger.claimed(Lane.PEOPLE), Sent("handover-1"))
    arrive(event("spamreport", id_))
    assert ledger.row(id_).state == State.COMPLAINED
    assert session().scalar(text("SELECT count(*) FROM outbox_suppressions WHERE address_hash = 'hash'")) == 1
