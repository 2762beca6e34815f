"""P8: the pace of the letters' lane over one, four and eight workers, read where the letters arrive."""

import random
import time
from collections.abc import Iterator

from bench.house import Place
from bench.ledger import Ledger
from bench.plan import Plan
from bench.report import Line
from bench.sink import Sink, noting_sink
from campaign.core.rates import Rate
from tests.support.installation import Installation
from tests.support.ledger import densest

# So many that a short run has many of them, so few that two cores do it with ease.
RATE = Rate(3000, "minute")
# No window of so many seconds may hold more than its share of a minute's letters.
WINDOW = 15.0
BEGINS = 2.0
# Seconds' worth of letters until every worker has sent its first, and some to be left in the end.
SPARE = 4.0
BETWEEN_KILLS = 5.0
SETTINGS = {"LEASE_SECONDS": "5", "GRACE_SECONDS": "1", "SWEEP_SECONDS": "1"}
PATIENCE = 60.0


def run(plan: Plan) -> Iterator[Line]:
    """Without kills, then with one every five seconds where others are left to keep the pace; line by line."""
    for workers, kills in ((1, False), (4, False), (8, False), (4, True)):
        yield _measure(plan, workers, kills)


def _measure(plan: Plan, workers: int, kills: bool) -> Line:
    place = plan.house.place(f"pace{workers}{'k' if kills else ''}", **SETTINGS)
    with noting_sink(place.folder) as sink:
        place.env["MAIL_URL"] = f"smtp://127.0.0.1:{sink.port}?tls=none"
        ledger = Ledger(place)
        ledger.pace(RATE)
        installation = place.installation()
        try:
            _start(installation, workers, place)
            # Only now: workers that start in turn would have sent half of them before the last is there.
            letters = ledger.fill(int((plan.pace_seconds + BEGINS + SPARE) / RATE.gap))
            ledger.ring()
            begun = _begun(workers, place)
            killed = _wait(installation, workers, begun + BEGINS + plan.pace_seconds, kills)
            _settle(ledger)
        finally:
            installation.stop()
        return _line(sink, (workers, killed if kills else None), begun + BEGINS, plan.pace_seconds, letters)


def _start(installation: Installation, workers: int, place: Place) -> None:
    installation.start("scheduler", "scheduler")
    for number in range(workers):
        installation.worker("letters", number)
    ends = time.monotonic() + PATIENCE
    while place.number("SELECT count(*) FROM beats WHERE name = 'worker:letters'") < workers:
        if time.monotonic() > ends:
            raise RuntimeError("a worker never came up")
        time.sleep(0.1)  # between two looks


def _begun(workers: int, place: Place) -> float:
    """When every worker has sent something."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if place.number("SELECT count(DISTINCT actor) FROM outbox_moves WHERE to_state = 'sent'") >= workers:
            return time.time()
        time.sleep(0.1)
    raise RuntimeError("a worker never began")


def _wait(installation: Installation, workers: int, until: float, kills: bool) -> int:
    """Until the time is over, killing one now and then and starting another; answers how many were killed."""
    killed = 0
    while (left := until - time.time()) > 0:
        time.sleep(min(left, BETWEEN_KILLS))
        if kills and time.time() < until - 1:
            installation.kill(random.choice(_running(installation)))
            installation.worker("letters", workers + killed)
            killed += 1
    return killed


def _running(installation: Installation) -> list[str]:
    processes = installation.processes.items()
    return [name for name, process in processes if name.startswith("letters") and process.poll() is None]


def _settle(ledger: Ledger) -> None:
    ends = time.monotonic() + PATIENCE
    while ledger.waiting and time.monotonic() < ends:
        time.sleep(0.2)


def _line(sink: Sink, form: tuple[int, int | None], begins: float, seconds: float, letters: int) -> Line:
    workers, killed = form
    arrivals = sink.arrivals()
    ids = {id_ for _at, id_ in arrivals}
    within = [at for at, _id in arrivals if begins <= at < begins + seconds]
    share = len(within) * RATE.gap / seconds
    most, allowed = densest([at for at, _id in arrivals], WINDOW), int(WINDOW / RATE.gap)
    twice = len(arrivals) - len(ids)
    problems = [] if len(ids) == letters else [f"{workers} workers: {len(ids)} of {letters} letters arrived"]
    problems += [f"{workers} workers: {twice} came twice"] if twice > (killed or 0) else []
    return Line(
        row="P8",
        what=f"{workers} workers" + ("" if killed is None else f", {killed} killed"),
        ours=f"{100 * share:.1f} % of it in {seconds:.0f} s; at most {most} in any {WINDOW:.0f} s; {twice} came twice",
        against="the pace",
        theirs=f"{RATE}: {allowed} in {WINDOW:.0f} s",
        figure=f"{share:.3f}",
        target=">= 0.98, never above it",
        met=share >= 0.98 and most <= allowed,
        problems=problems,
    )
