"""P7: letters from the ledger to a fast sink, every state durable; beside django-post-office and a bare loop."""

import sys
import time
from collections.abc import Callable

from bench import post_office
from bench.house import Place
from bench.ledger import Ledger
from bench.plan import Plan
from bench.post_office import DEFAULT, TUNED
from bench.report import Line, each, median
from bench.sink import Sink, fast_sink
from bench.turns import turns
from tests.support.installation import Installation

PATIENCE = 90.0
LOOP = "a bare loop: stdlib email, smtplib, no ledger"
Found = dict[str, list[float]]


class Crew:
    """Our side: so many workers that wait, on a ledger of their own."""

    def __init__(self, place: Place, workers: int) -> None:
        self.workers, self.sent = workers, 0
        self.ledger = Ledger(place)
        self.ledger.pace(None)
        self.mail = self.ledger.mail()
        self.installation: Installation = place.installation()

    def start(self) -> None:
        """Start them; each has begun when it has found nothing to do."""
        for number in range(self.workers):
            self.installation.worker("letters", number)
        time.sleep(4)  # a worker that has found nothing leaves no sign of it

    def turn(self, letters: int) -> float:
        """Letters a second, by the database's clock: from the first claim to the last that is recorded as sent."""
        since = self.ledger.moves
        filled = self.ledger.fill(letters)
        self.sent += filled
        self.ledger.ring()
        ends = time.monotonic() + PATIENCE
        while self.ledger.waiting:
            if time.monotonic() > ends:
                raise RuntimeError(f"letters are left; {self.installation.logs()}")
            time.sleep(0.1)  # between two looks at the ledger, so that looking costs little
        return filled / self.ledger.seconds(since)


def run(plan: Plan) -> list[Line]:
    """One and two workers, the other two forms, and the loop, in turn."""
    with fast_sink() as sink:
        url = f"smtp://127.0.0.1:{sink.port}?tls=none"
        crews = {
            name: Crew(plan.house.place(name, MAIL_URL=url), workers) for name, workers in (("one", 1), ("two", 2))
        }
        try:
            for crew in crews.values():
                crew.start()
            sides = {name: lambda _number, crew=crew: crew.turn(plan.letters) for name, crew in crews.items()}
            found = turns(plan.rounds, sides | _others(plan, crews["one"], sink))
        finally:
            for crew in crews.values():
                crew.installation.stop()
        problems = [said for crew in crews.values() for said in _problems(crew)]
        return _lines(found, sink, problems)


def _others(plan: Plan, crew: Crew, sink: Sink) -> dict[str, Callable[[int], float]]:
    mail, letters = crew.mail, plan.letters
    order = {
        "port": sink.port, "letter": post_office.letter(mail), "sender": post_office.SENDER, "letters": letters
    }  # fmt: skip
    sides: dict[str, Callable[[int], float]] = {
        "loop": lambda _number: post_office.rate([sys.executable, "-m", "bench.peers.bare_mail"], order, letters)
    }
    if post_office.installed():
        place = plan.house.place("post-office")
        sides["default"] = lambda _number: post_office.deliver(place, DEFAULT, mail, letters, sink)
        sides["tuned"] = lambda _number: post_office.deliver(place, TUNED, mail, letters, sink)
    return sides


def _problems(crew: Crew) -> list[str]:
    """Every letter was sent, at the first attempt, and its moves are all there."""
    place, sent = crew.ledger.place, crew.sent
    counted = {
        "sent": place.number("SELECT count(*) FROM outbox_messages WHERE state = 'sent' AND attempts = 1"),
        "moves": place.number("SELECT count(*) FROM outbox_moves") // 2,
        "tallied": place.number("SELECT coalesce(sum(n), 0) FROM tallies WHERE name = 'sent'"),
    }
    return [f"{crew.workers} workers: {count} {name} of {sent}" for name, count in counted.items() if count != sent]


def _lines(found: Found, sink: Sink, problems: list[str]) -> list[Line]:
    wanted = [
        ("one worker", "one", "default", DEFAULT.name, 1.0),
        ("one worker", "one", "loop", LOOP, 0.8),
        ("two workers", "two", "tuned", TUNED.name, 1.0),
    ]
    lines: list[Line] = []
    for what, ours, peer, name, least in wanted:
        there = peer in found
        ratio = median(found[ours]) / median(found[peer]) if there else None
        lines.append(Line(
            row="P7", what=f"{what}, to {sink.name}", ours=_said(found[ours]), against=name,
            theirs=_said(found[peer]) if there else "django-post-office is not installed",
            figure=f"{ratio:.2f}" if ratio else "-", target=f">= {least}", met=ratio >= least if ratio else None,
            problems=problems if not lines else [],
        ))  # fmt: skip
    return lines


def _said(rates: list[float]) -> str:
    return f"{median(rates):,.0f}/s ({each(rates)})"
