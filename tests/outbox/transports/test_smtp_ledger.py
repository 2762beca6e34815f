"""What becomes of a letter and of its lane when a mail server misbehaves: claim, send and record on the real ledger."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask

from campaign import config, outbox
from campaign.app import create_app
from campaign.config import load
from campaign.core.db import db, transaction
from campaign.jobs.drain import drain
from campaign.outbox import Answer, Lane, Sent, State, Unknown, Wait
from campaign.outbox.transports.smtp import SmtpTransport
from tests.support import outbox as ledger
from tests.support.smtp import CLOSE, Sink, listening, transport


@dataclass(frozen=True)
class Outcome:
    """Where a letter stands, and for how long its lane rests: 0 while it works, None until staff open it."""

    state: State
    attempts: int
    rests: float | None


def try_one(smtp: SmtpTransport) -> Answer:
    """Claim, send, record, as a worker does."""
    claim = ledger.claimed()
    answer = smtp.send(claim.envelope)
    assert ledger.record(claim, answer)
    return answer


def outcome(id_: UUID) -> Outcome:
    row = ledger.row(id_)
    lane = next(lane for lane in outbox.health() if lane.lane == Lane.LETTERS)
    return Outcome(row.state, row.attempts, None if lane.stopped else lane.closed or 0.0)


@pytest.mark.parametrize(
    ("command", "reply", "state", "attempts", "works"),
    [
        (".", "250 2.0.0 Ok: queued as 4bXyzQ1234", State.SENT, 1, True),
        ("RCPT", "550 5.1.1 nobody", State.FAILED, 1, True),
        ("RCPT", "552 5.2.2 full", State.QUEUED, 0, True),
        ("RCPT", "451 4.3.0 wait", State.QUEUED, 1, True),
        ("RCPT", CLOSE, State.QUEUED, 1, True),
        (".", "452 4.3.1 no room", State.QUEUED, 1, True),
        ("DATA", "421 4.3.2 closing", State.QUEUED, 1, False),
        ("MAIL", "421 4.3.2 closing", State.QUEUED, 0, False),
        ("CONNECT", "421 4.3.2 too busy", State.QUEUED, 0, False),
        ("CONNECT", CLOSE, State.QUEUED, 0, False),
        (".", CLOSE, State.UNSURE, 1, True),  # only the domain rests: see below
    ],
)
def test_what_becomes_of_a_letter_and_its_lane(
    app: Flask, command: str, reply: str, state: State, attempts: int, works: bool
) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    sink = Sink({command: reply})
    with listening(sink), transport(config.current(), f"smtp://127.0.0.1:{sink.port}") as smtp:
        try_one(smtp)
    found = outcome(id_)
    assert (found.state, found.attempts) == (state, attempts)
    assert found.rests is not None
    assert (found.rests == 0) is works
    row = ledger.row(id_)
    assert row.provider_id == ("4bXyzQ1234" if state == State.SENT else None)
    assert (row.note is None) is (state == State.SENT)
    if state == State.QUEUED:
        wait = ledger.claim()
        assert isinstance(wait, Wait)
        assert wait.seconds is not None
        assert 1 < wait.seconds <= (3600 if "full" in reply else 61)


@pytest.mark.parametrize(
    "script",
    [{"MAIL": "530 5.7.0 log in"}, {"RCPT": "554 5.7.1 Relay access denied"}, {"CONNECT": "554 5.7.1 blocked"}],
)
def test_a_server_that_does_not_let_us_in_stops_the_lane_and_fails_none(app: Flask, script: dict[str, str]) -> None:
    ids = ledger.notes(3)
    ledger.without_pace()
    with listening(Sink(dict(script))) as sink, transport(config.current(), f"smtp://127.0.0.1:{sink.port}") as smtp:
        try_one(smtp)
        assert isinstance(ledger.claim(), Wait)
    assert {(outcome(id_).state, outcome(id_).attempts, outcome(id_).rests) for id_ in ids} == {(State.QUEUED, 0, None)}


def test_a_server_that_is_not_there_costs_no_letter_an_attempt(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    with listening(Sink()) as sink:
        port = sink.port
    with transport(config.current(), f"smtp://127.0.0.1:{port}") as smtp:
        try_one(smtp)
    found = outcome(id_)
    assert (found.state, found.attempts) == (State.QUEUED, 0)
    assert found.rests


def test_one_bad_letter_does_not_hold_up_the_others(app: Flask) -> None:
    ids = ledger.notes(5)
    ledger.without_pace()
    sink = Sink({".": ["", "554 5.6.0 not this one", "451 4.3.0 wait"]})
    with listening(sink), transport(config.current(), f"smtp://127.0.0.1:{sink.port}") as smtp:
        for _ in ids:
            try_one(smtp)
    assert [outcome(id_).state for id_ in ids] == [State.SENT, State.FAILED, State.QUEUED, State.SENT, State.SENT]
    assert sink.connections == 1


def test_a_letter_that_may_have_been_taken_goes_again_under_its_own_message_id(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    sink = Sink({".": [CLOSE]})
    with listening(sink), transport(config.current(), f"smtp://127.0.0.1:{sink.port}") as smtp:
        assert isinstance(try_one(smtp), Unknown)
        assert ledger.row(id_).state == State.UNSURE
        ledger.later(id_, "due_at", -1)
        with transaction():
            outbox.release_unsure()
        rests = ledger.claim()
        assert isinstance(rests, Wait)
        with transaction():
            outbox.reopen(f"domain:{ledger.NOTE.domain}")
        assert isinstance(try_one(smtp), Sent)
    assert ledger.row(id_).state == State.SENT
    one, two = sink.contents
    assert one == two


def test_a_worker_drains_its_lane_over_one_connection(clean: None, env: dict[str, str]) -> None:
    with listening(Sink()) as sink:
        app = create_app(load({**env, "MAIL_URL": f"smtp://127.0.0.1:{sink.port}", "DEMO": "0"}))
        with app.app_context():
            ids = ledger.notes(30)
            ledger.without_pace()
            assert drain(Lane.LETTERS.value) == 30
            assert {ledger.row(id_).state for id_ in ids} == {State.SENT}
            db.session.remove()
            db.engine.dispose()
    assert (sink.connections, len(sink.mails)) == (1, 30)
    assert sink.heard[-1] == "QUIT"
