"""F2 and F12: workers are killed, and crowd each other."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from flask import Flask

from campaign.core.db import db, transaction
from campaign.core.rates import Rate
from campaign.jobs.drain import PATIENCE_SECONDS
from campaign.outbox import State
from campaign.outbox.moves import move
from soak.crew import Crew
from soak.ground import Ground, eventually
from soak.office import Hold, Office, Point
from soak.verdict import Verdict, arrivals, judge

BLOCKED = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
"""


def f2(ground: Ground, *, kills: int = 100, letters: int = 1800, rate: int = 20, workers: int = 4) -> Verdict:
    """kill -9 at random moments of workers that hold a lease; seen from the mailbox."""
    verdict = Verdict("F2 workers killed at random")
    ground.fill(letters, Rate(rate, "second"))
    ground.start("scheduler")
    crew = Crew(ground, workers)
    met = crew.lose(kills)
    verdict.need(met == kills, f"only {met} of {kills} kills met a lease; {ground.installation.logs()}")
    verdict.need(crew.ever == workers + kills, f"{crew.ever} workers with ids of their own, not {workers + kills}")
    verdict.need(ground.settled(letters / rate + 90), "letters are left over")
    verdict.figures |= {"kills that met a lease": met, "pace": f"{rate}/s"}
    return judge(verdict, ground, allowed=met, in_flight=workers)


def f2_points(ground: Ground, office: Office, *, kills: int = 4) -> Verdict:
    """kill -9 exactly before a letter is taken, between that and the answer, and between the answer and its record.

    So many times at each point, and again with receipts of the provider, which tell a letter that came from one lost.
    """
    verdict = Verdict("F2 workers killed at each point")
    ground.fill(2 * (6 * kills + 6), Rate(20, "second"))
    ground.start("scheduler")
    crew = Crew(ground, 2)
    struck = {point: [_strike(ground, crew, office, point) for _time in range(kills)] for point in Point}
    with reporting(ground.app, office, {letter for letters in struck.values() for letter in letters}):
        told = {point: [_strike(ground, crew, office, point) for _time in range(kills)] for point in Point}
        verdict.need(ground.settled(), f"letters are left over {ground.installation.logs()}")
    for point in Point:
        without, with_receipts = _copies(office, struck[point]), _copies(office, told[point])
        most = 1 if point == Point.BEFORE else 2
        verdict.need(all(1 <= n <= most for n in without), f"killed {point}: letters came {without} times")
        verdict.need(set(with_receipts) == {1}, f"killed {point}, with receipts: letters came {with_receipts} times")
        verdict.figures[point.value] = f"{kills} kills, {sum(without) - kills} twice"
    verdict.figures["all again with receipts"] = "none twice"
    verdict.need(office.same_again, "a letter came again with another text")
    return judge(verdict, ground, allowed=2 * kills, received=office.arrivals)


def _copies(office: Office, letters: list[str]) -> list[int]:
    return [office.copies(letter) for letter in letters]


def _strike(ground: Ground, crew: Crew, office: Office, point: Point) -> str:
    """Kill whoever brings the next letter at a point of its hand-over; answers the letter."""
    hold = office.hold(point)
    letter = hold.wait()
    name = crew.holder(letter)
    if point == Point.AFTER:
        _kill_recording(ground, crew, name, hold)
    else:
        crew.kill(name)
        hold.release()
    crew.hire()
    return letter


def _kill_recording(ground: Ground, crew: Crew, name: str, hold: Hold) -> None:
    """Let the answer through while the letter's row is locked, so that its record has to wait; kill it there."""
    with psycopg.connect(ground.database_url) as connection:
        connection.execute("SELECT FROM outbox_messages WHERE id = %s FOR UPDATE", [UUID(hold.letter)])
        hold.release()
        if not eventually(lambda: bool(ground.ask(BLOCKED)), 20, every=0.005):
            raise AssertionError("the record never waited")
        crew.kill(name)
        connection.rollback()


@contextmanager
def reporting(app: Flask, office: Office, but: set[str]) -> Iterator[None]:
    """Report every letter taken, some time later, as a provider's receipt would; but not these."""
    ends = threading.Event()

    def report() -> None:
        froms = [State.SENDING, State.UNSURE, State.SENT]
        with app.app_context():
            while not ends.wait(0.3):
                taken = [UUID(letter) for letter in office.letters if letter not in but]
                with transaction():
                    move(taken, State.DELIVERED, cause="receipt", actor="receipts", only_from=froms)
            db.session.remove()

    thread = threading.Thread(target=report)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def f12(ground: Ground, *, letters: int = 1200, rate: int = 40, drains: int = 8, schedulers: int = 2) -> Verdict:
    """Many drains and schedulers at once. Nothing is due before all are there, so that none comes too late."""
    verdict = Verdict("F12 many drains and schedulers at once")
    ground.fill(letters, Rate(rate, "second"))
    ground.do(DUE, seconds=PATIENCE_SECONDS - 1)
    for number in range(schedulers):
        ground.start(f"scheduler-{number}")
    for number in range(drains):
        ground.installation.env["PGAPPNAME"] = f"drain-{number}"
        command = ("worker",) if number % 2 else ("outbox", "drain")
        ground.installation.start(f"drain-{number}", *command, "--lane", "letters")
    eventually(lambda: ground.ask(THERE) == drains, PATIENCE_SECONDS - 2, every=0.05)
    ground.do(DUE, seconds=0)
    begun = time.monotonic()
    verdict.need(ground.settled(letters / rate + 90), "letters are left over")
    senders = ground.ask("SELECT count(DISTINCT actor) FROM outbox_moves WHERE to_state = 'sending'")
    verdict.figures |= {
        "drains": drains, "schedulers": schedulers, "drains that sent": senders, "pace": f"{rate}/s",
        "mean": f"{mean(ground):.1f}/s", "took": f"{time.monotonic() - begun:.0f} s",
    }  # fmt: skip
    return judge(verdict, ground, in_flight=drains)


DUE = "UPDATE outbox_messages SET due_at = clock_timestamp() + make_interval(secs => :seconds) WHERE lane = 'letters'"
THERE = """
    SELECT count(DISTINCT application_name) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'drain-%'
"""


def mean(ground: Ground) -> float:
    """Letters a second, from the first to the last."""
    moments = [arrival.at for arrival in arrivals(ground.inbox)]
    return (len(moments) - 1) / max(0.001, moments[-1] - moments[0]) if moments else 0.0
