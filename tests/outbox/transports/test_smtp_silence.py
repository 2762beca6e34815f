"""A domain that keeps silent holds each worker once, and from then on one of them now and then: others go on."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiosmtpd.smtp import Envelope as Received, Session
from flask import Flask
from sqlalchemy import text

from campaign import config, outbox
from campaign.core.db import db, session, transaction
from campaign.core.ids import new_id
from campaign.core.rates import Rate
from campaign.jobs import drain as draining
from campaign.outbox import Lane, Later, Sent, State
from campaign.outbox.transports.smtp_session import Times
from tests.support import outbox as ledger
from tests.support.smtp import CLOSE, STALL, Server, Sink, listening, transport

SILENT, FINE = "silent.example", "fine.example"
WORKERS, RATE = 3, 20
# So many letters of the others tell that they go on; PATIENCE is for a busy machine, and less than the domain's rest.
ENOUGH, PATIENCE = 40, 50.0
# A silence costs so little here, in place of 30 s.
HASTY = Times(connect=2.0, command=0.4)


class Relay(Sink):
    """Asks the far server before it answers to RCPT; that of one domain says nothing."""

    async def handle_RCPT(  # noqa: N802
        self, server: Server, _session: Session, letter: Received, address: str, _options: list[str]
    ) -> str:
        letter.rcpt_tos.append(address)
        if address.endswith(SILENT):
            await server.misbehave(STALL)
        return "250 2.1.5 Ok"


def closed(key: str) -> float:
    """For how many more seconds a limit rests."""
    session().rollback()
    return outbox.read_limits([key])[key].closed or 0.0


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_silence_before_the_message_makes_the_domain_rest_for_longer_each_time(app: Flask, command: str) -> None:
    ledger.notes(3)
    ledger.without_pace()
    domain = f"domain:{ledger.NOTE.domain}"
    rests = []
    with listening(Sink({command: STALL})) as sink:
        for _ in range(2):
            with transport(config.current(), f"smtp://127.0.0.1:{sink.port}", HASTY) as smtp:
                claim = ledger.claimed()
                answer = smtp.send(claim.envelope)
            assert isinstance(answer, Later)
            assert ledger.record(claim, answer)
            assert ledger.row(claim.id).state == State.QUEUED
            rests.append((closed(domain), failures(domain)))
            with transaction():
                session().execute(text("UPDATE outbox_paces SET closed_until = NULL, opens_at = tat"))
    assert [(round(seconds, -1), times) for seconds, times in rests] == [(60, 1), (60, 2)]
    assert closed(Lane.LETTERS.limit) == 0


def failures(key: str) -> int:
    session().rollback()
    found: int = session().scalar(text("SELECT failures FROM outbox_paces WHERE key = :key"), {"key": key})
    return found


def test_a_connection_that_is_cut_there_costs_no_time_and_lets_the_domain_go_on(app: Flask) -> None:
    ledger.notes(2)
    ledger.without_pace()
    sink = Sink({"DATA": [CLOSE]})
    with listening(sink), transport(config.current(), f"smtp://127.0.0.1:{sink.port}") as smtp:
        claim = ledger.claimed()
        ledger.record(claim, smtp.send(claim.envelope))
        assert isinstance(smtp.send(ledger.claimed().envelope), Sent)


@pytest.fixture
def both(app: Flask) -> Iterator[Relay]:
    """Letters to a domain that keeps silent, and to another at a pace."""
    outbox.compose_with("to-silence", lambda _ref: replace(ledger.NOTE, to=f"office@{SILENT}"))
    outbox.compose_with("to-fine", lambda _ref: replace(ledger.NOTE, to=f"office@{FINE}"))
    drafts = [
        outbox.Draft(kind=kind, ref=new_id(), lane=Lane.LETTERS, stream=f"target:{domain}", domain=domain)
        for kind, domain, n in (("to-silence", SILENT, 60), ("to-fine", FINE, 2 * ENOUGH))
        for _ in range(n)
    ]
    with transaction():
        outbox.write(drafts)
    ledger.without_pace(f"target:{SILENT}")
    with transaction():
        outbox.set_rate(f"target:{FINE}", Rate(RATE, "second"), Lane.LETTERS)
        outbox.set_rate(f"domain:{FINE}", None)
        outbox.set_rate(f"domain:{SILENT}", None)
    relay = Relay()
    with listening(relay):
        yield relay


def test_a_silent_domain_does_not_hold_the_workers_that_others_need(
    app: Flask, both: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, settings, ended = f"smtp://127.0.0.1:{both.port}", config.current(), threading.Event()

    def connect(_settings: object) -> outbox.Transport:
        return outbox.transports.smtp.SmtpTransport(replace(settings, mail_url=url), HASTY)

    monkeypatch.setattr(outbox, "connect", connect)
    monkeypatch.setattr(draining, "stopping", ended.is_set)

    def work() -> None:
        with app.app_context():
            while not ended.is_set():
                draining.drain(Lane.LETTERS.value)
                ended.wait(0.05)
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    begun = time.monotonic()
    while len(both.mails) < ENOUGH and time.monotonic() < begun + PATIENCE:
        time.sleep(0.05)  # the workers are at it
    took = time.monotonic() - begun
    ended.set()
    for worker in workers:
        worker.join(10)
    tried = sum("RCPT" in line and SILENT in line for line in both.lines)
    assert len(both.mails) >= ENOUGH, f"the others went at {len(both.mails) / took:.1f} of {RATE} a second"
    assert 1 <= tried <= WORKERS + 1, "each meets the silence once, at the worst"
