"""What nobody holds any more is found and goes out again, exactly as before."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from campaign import outbox
from campaign.core.db import session, transaction
from campaign.jobs import schedule
from campaign.outbox import Lane, Sent, State, Unknown, Wait
from campaign.outbox.mime import build
from campaign.outbox.sweep import FOLLOW
from tests.support import outbox as ledger, statements


def sweep() -> tuple[int, int]:
    with transaction():
        expired = outbox.expire_leases()
    with transaction():
        return expired, outbox.release_unsure()


def test_a_lease_that_runs_out_makes_the_message_unsure_and_then_queued_after_its_grace(app: Flask) -> None:
    (id_,) = ledger.notes(tally_key="test/one")
    ledger.without_pace()
    first = ledger.claimed()
    assert sweep() == (0, 0)
    ledger.later(id_, "lease_until", -1)
    assert sweep() == (1, 0)
    assert ledger.row(id_).state == State.UNSURE
    assert sweep() == (0, 0)
    assert isinstance(ledger.claim(), Wait)
    ledger.later(id_, "due_at", -1)
    assert sweep() == (0, 1)
    second = ledger.claimed()
    assert second.envelope == first.envelope
    assert (first.attempts, second.attempts) == (1, 2)
    assert ledger.moves(id_) == [
        (State.QUEUED, State.SENDING),
        (State.SENDING, State.UNSURE),
        (State.UNSURE, State.QUEUED),
        (State.QUEUED, State.SENDING),
    ]


@pytest.mark.parametrize("html", [None, "<p>It must end now.</p>"], ids=["plain", "with html"])
def test_a_message_that_goes_out_again_is_the_same_to_the_last_byte(app: Flask, html: str | None) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    ledger.composing(replace(ledger.NOTE, html=html))
    first = ledger.claimed()
    ledger.composing(replace(ledger.NOTE, subject="Something else", html=html))
    ledger.later(id_, "lease_until", -1)
    sweep()
    ledger.later(id_, "due_at", -1)
    sweep()
    assert build(ledger.claimed().envelope) == build(first.envelope)


def test_a_receipt_that_comes_in_the_grace_ends_the_wait(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.record(ledger.claimed(), Unknown("reset"))
    with transaction():
        outbox.moves.move([id_], State.DELIVERED, cause="receipt", actor="webhook")
    ledger.later(id_, "due_at", -1)
    assert sweep() == (0, 0)
    assert ledger.row(id_).state == State.DELIVERED


def test_the_grace_begins_when_the_answer_was_lost(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.record(ledger.claimed(), Unknown("reset"))
    seconds = session().scalar(
        text("SELECT extract(epoch FROM due_at - clock_timestamp()) FROM outbox_messages WHERE id = :id"), {"id": id_}
    )
    assert float(seconds) == pytest.approx(app.extensions["settings"].grace_seconds, abs=5)


def test_only_lanes_with_something_due_are_rung(app: Flask) -> None:
    def due() -> list[Lane]:
        with transaction():
            return outbox.lanes_due()

    assert due() == []
    (id_,) = ledger.notes()
    assert due() == [Lane.LETTERS]
    ledger.notes(lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit)
    assert set(due()) == set(Lane)
    ledger.later(id_, "due_at", 60)
    assert due() == [Lane.PEOPLE]
    ledger.later(id_, "due_at", -1)
    ledger.put(id_, frozen=True)
    assert due() == [Lane.PEOPLE]
    ledger.record(ledger.claimed(Lane.PEOPLE), Sent())
    assert due() == []


def test_messages_written_before_a_clock_jumped_back_do_not_wait_for_the_clock(app: Flask) -> None:
    """The database's clock went back by an hour: what was written before lies in the future now."""
    (queued,), (leased,), (unsure,) = ledger.notes(), ledger.notes(), ledger.notes()
    ledger.without_pace()
    ledger.put(leased, state=State.SENDING)
    ledger.later(leased, "lease_until", 3660)
    ledger.put(unsure, state=State.UNSURE)
    ledger.later(unsure, "due_at", 3780)
    ledger.later(queued, "due_at", 3600)
    for id_ in (queued, leased, unsure):
        ledger.later(id_, "changed_at", 3600)
    schedule.sweep()
    assert ledger.claimed().id == queued
    waits = session().execute(
        text(
            "SELECT extract(epoch FROM lease_until - clock_timestamp()), extract(epoch FROM due_at - clock_timestamp())"
            " FROM outbox_messages WHERE id = ANY(:ids) ORDER BY id"
        ),
        {"ids": [leased, unsure]},
    )
    (lease, _due), (_lease, grace) = waits.all()
    assert float(lease) == pytest.approx(60, abs=5)
    assert float(grace) == pytest.approx(180, abs=5)


def test_looking_for_a_clock_set_back_reads_no_message_that_is_not_ahead(app: Flask) -> None:
    """Every sweep looks; with a million messages it once read them all."""
    ledger.notes(500)
    session().execute(text("ANALYZE outbox_messages"))
    session().execute(text("SET LOCAL enable_seqscan = off"))
    assert statements.rows_read([(str(FOLLOW), {})]) == 0
    session().rollback()
