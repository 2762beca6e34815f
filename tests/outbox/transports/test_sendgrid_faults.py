"""What each fault of SendGrid does to the message and to its lane, on the real ledger."""

from collections.abc import Iterator

import pytest
from flask import Flask

from campaign import outbox
from campaign.config import Settings
from campaign.core.db import session, transaction
from campaign.jobs.drain import drain
from campaign.outbox import Lane, State, Wait
from campaign.outbox.models import Pace
from campaign.outbox.transports.sendgrid import SendGridTransport
from campaign.outbox.transports.sendgrid_line import Patience
from tests.support import outbox as ledger
from tests.support.sendgrid import StandIn, Step, complaint

YEAR = 365 * 86400.0
REFUSED = complaint("personalizations.0.to.0.email")
# Step; then the message's state and its counted attempts; then how the lane is.
FAULTS = {
    "202": (Step(headers={"X-Message-Id": "accepted-1"}), State.SENT, 1, "works"),
    "200": (Step(200), State.UNSURE, 1, "rests"),
    "302": (Step(302, headers={"Location": "http://127.0.0.1:9/"}), State.QUEUED, 0, "closed"),
    "400": (Step(400, body=REFUSED), State.FAILED, 1, "works"),
    "400 of the set-up": (Step(400, body=complaint("from.email")), State.QUEUED, 0, "closed"),
    "401": (Step(401), State.QUEUED, 0, "closed"),
    "403": (Step(403), State.QUEUED, 0, "closed"),
    "404": (Step(404), State.QUEUED, 0, "closed"),
    "413": (Step(413), State.FAILED, 1, "works"),
    "429": (Step(429, reset_in=90), State.QUEUED, 0, "rests for 90 s"),
    "500": (Step(500), State.UNSURE, 1, "rests"),
    "502": (Step(502), State.UNSURE, 1, "rests"),
    "503": (Step(503), State.UNSURE, 1, "rests"),
    "504": (Step(504), State.UNSURE, 1, "rests"),
    "hang": (Step(then="hang"), State.UNSURE, 1, "rests"),
    "reset": (Step(then="reset"), State.UNSURE, 1, "rests"),
    "close": (Step(then="close"), State.UNSURE, 1, "rests"),
}


@pytest.fixture
def app(sendgrid_env: dict[str, str], app: Flask) -> Flask:
    return app


@pytest.fixture
def transport(sendgrid_env: dict[str, str], settings: Settings) -> Iterator[SendGridTransport]:
    transport = SendGridTransport(settings, patience=Patience(connect=1.0, answer=0.6))
    yield transport
    transport.close()


def lane() -> str:
    """How the lane is now, by what a claim would meet."""
    session().rollback()
    pace = session().get_one(Pace, Lane.LETTERS.limit)
    wait = ledger.claim()
    if not isinstance(wait, Wait):
        return "works"
    seconds = wait.seconds or 0.0
    assert pace.closed_reason
    if seconds > YEAR:
        return "closed"
    return "rests for 90 s" if 60 < seconds < 92 else "rests" if 0 < seconds < 10 else f"waits for {seconds}"


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault(app: Flask, there: StandIn, transport: SendGridTransport, name: str) -> None:
    step, state, attempts, expected = FAULTS[name]
    id_, _next = ledger.notes(2)
    ledger.without_pace()
    there.script(step)
    claim = ledger.claimed()
    assert ledger.record(claim, transport.send(claim.envelope))
    row = ledger.row(id_)
    assert (row.state, row.attempts) == (state, attempts)
    assert row.provider_id == ("accepted-1" if state == State.SENT else None)
    assert there.calls[0].body["personalizations"][0]["custom_args"] == {"message_id": str(id_)}
    assert lane() == expected
    assert there.count == 1


def test_nobody_listening_rests_the_lane_and_costs_no_attempt(
    app: Flask, there: StandIn, transport: SendGridTransport
) -> None:
    id_, _next = ledger.notes(2)
    ledger.without_pace()
    there.close()
    claim = ledger.claimed()
    ledger.record(claim, transport.send(claim.envelope))
    row = ledger.row(id_)
    assert (row.state, row.attempts) == (State.QUEUED, 0)
    assert lane() == "rests"


def test_no_call_comes_before_the_reset_by_sendgrids_own_clock(app: Flask, there: StandIn) -> None:
    ids = ledger.notes(4)
    ledger.without_pace()
    there.script(Step(), Step(429, reset_in=3.0))
    drain(Lane.LETTERS.value)
    (reset,) = there.resets
    assert [call.at >= reset for call in there.calls] == [False, False, True, True, True]
    assert there.copies == {str(id_): 1 for id_ in ids}
    assert [(ledger.row(id_).state, ledger.row(id_).attempts) for id_ in ids] == [(State.SENT, 1)] * 4


def test_a_lane_stopped_by_a_wrong_key_goes_on_when_staff_open_it(app: Flask, there: StandIn) -> None:
    ids = ledger.notes(3)
    ledger.without_pace()
    there.script(Step(401))
    drain(Lane.LETTERS.value)
    assert there.count == 1, "nothing else was tried"
    with transaction():
        outbox.pace.reopen(Lane.LETTERS.limit)
    drain(Lane.LETTERS.value)
    assert [(ledger.row(id_).state, ledger.row(id_).attempts) for id_ in ids] == [(State.SENT, 1)] * 3


@pytest.mark.parametrize("taken", [True, False])
def test_what_may_have_been_sent_goes_out_again_as_the_same_message(
    app: Flask, there: StandIn, transport: SendGridTransport, taken: bool
) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    there.script(Step(503, keep=taken))
    claim = ledger.claimed()
    ledger.record(claim, transport.send(claim.envelope))
    ledger.later(id_, "due_at", -1)
    with transaction():
        outbox.release_unsure()
        outbox.pace.reopen(Lane.LETTERS.limit)
    again = ledger.claimed()
    ledger.record(again, transport.send(again.envelope))
    first, second = (call.body for call in there.calls)
    assert first == second
    assert first["headers"]["Message-ID"] == claim.envelope.message_id
    assert there.copies == {str(id_): 2 if taken else 1}
    assert (ledger.row(id_).state, ledger.row(id_).attempts) == (State.SENT, 2)


def test_a_poison_letter_fails_alone(app: Flask, there: StandIn) -> None:
    first, second, third = ledger.notes(3)
    ledger.without_pace()
    there.script(Step(), Step(400, body=REFUSED))
    drain(Lane.LETTERS.value)
    assert [ledger.row(id_).state for id_ in (first, second, third)] == [State.SENT, State.FAILED, State.SENT]
    assert ledger.row(second).note == "SendGrid refused it (400): personalizations.0.to.0.email"
    assert there.count == 3


def test_a_mail_frozen_before_it_kept_its_id_still_loads_and_leaves(
    app: Flask, there: StandIn, transport: SendGridTransport
) -> None:
    frozen = ledger.an_envelope().dump().replace(', "id": ""', "")
    assert '"id"' not in frozen
    envelope = outbox.Envelope.load(frozen)
    assert isinstance(transport.send(envelope), outbox.Sent)
    assert there.mailbox[0]["personalizations"] == [
        {"to": [{"email": "office@ministry.example", "name": "The office"}]}
    ]
