"""F3 and F4: Redis is away while people sign, and while letters leave."""

import os
import signal
import statistics
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from campaign.core.rates import Rate
from soak.crew import Crew
from soak.crowd import Crowd, missing, post
from soak.ground import Ground
from soak.verdict import Verdict, arrivals, judge
from tests.support.forms import CAMPAIGN, filled

Way = Callable[[Ground], AbstractContextManager[None]]


def f3(ground: Ground, *, rounds: int = 4, signers: int = 50) -> Verdict:
    """Sign with Redis there, gone and hanging, in turns, so that a busy machine slows all three alike."""
    verdict = Verdict("F3 Redis away while people sign")
    ground.start("web")
    page = urllib.request.urlopen(ground.installation.url + CAMPAIGN, timeout=20).read().decode()
    ways: dict[str, Callable[[Ground], AbstractContextManager[None]]] = {
        "there": _there,
        "gone": _gone,
        "hanging": hanging,
    }
    took: dict[str, list[float]] = {way: [] for way in ways}
    _sign(ground, page, "warm", 10, [], verdict)
    for number in range(rounds):
        for way, state in ways.items():
            with state(ground):
                _sign(ground, page, f"{way}-{number}", signers, took[way], verdict)
    signed = ground.ask("SELECT count(*) FROM signatures")
    expected = 10 + len(ways) * rounds * signers
    verdict.need(signed == expected, f"{signed} of {expected} signatures are there")
    queued = ground.ask("SELECT count(*) FROM outbox_messages WHERE lane = 'people' AND state = 'queued'")
    verdict.need(queued == expected, f"{queued} of {expected} confirmations are queued")
    ground.start("people", "scheduler")
    sent = "SELECT count(*) = 0 FROM outbox_messages WHERE lane = 'people' AND state <> 'delivered'"
    verdict.need(_until(ground, sent, 120), "confirmations are left over")
    verdict.figures |= {f"sign, Redis {way}: median / p95": _times(values) for way, values in took.items()}
    difference = 1000 * (_p95(took["gone"]) - _p95(took["there"]))
    verdict.figures["p95 with Redis gone, against there"] = f"{difference:+.0f} ms"
    return judge(verdict, ground)


def _until(ground: Ground, statement: str, seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while not ground.ask(statement):
        if time.monotonic() > ends:
            return False
        time.sleep(0.2)
    return True


def _sign(ground: Ground, page: str, who: str, n: int, took: list[float], verdict: Verdict) -> None:
    for number in range(n):
        form = filled(page, name=f"{who} {number}", email=f"{who}-{number}@example.org")
        begun = time.perf_counter()
        status, _place, _page = post(ground.installation.port, f"{CAMPAIGN}/sign", form, number)
        took.append(time.perf_counter() - begun)
        verdict.need(status == 303, f"{who} was answered {status}")


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


def _times(values: list[float]) -> str:
    return f"{1000 * statistics.median(values):.0f} / {1000 * _p95(values):.0f} ms"


@contextmanager
def _there(_ground: Ground) -> Iterator[None]:
    time.sleep(1.5)  # longer than the web leaves Redis alone after a failure
    yield


@contextmanager
def _gone(ground: Ground) -> Iterator[None]:
    ground.servers.valkey.kill()
    try:
        yield
    finally:
        ground.servers.valkey.start()


@contextmanager
def hanging(ground: Ground) -> Iterator[None]:
    """Redis keeps its connections and answers nothing, for as long as the block lasts."""
    pid = ground.servers.valkey.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def f4(ground: Ground, *, away: int = 40, kills: int = 5, deaths: int = 0, rate: int = 20, workers: int = 3) -> Verdict:
    """Redis killed for a while, then emptied and killed again and again, while people sign and letters leave.

    deaths: so many workers that hold a lease are killed meanwhile.
    """
    verdict = Verdict("F4 Redis away, emptied, killed while letters leave")
    letters = ground.fill(rate * (away + 2 * kills + deaths // 2), Rate(rate, "second"))
    ground.start("scheduler", "web")
    crew = Crew(ground, workers).ready()
    crowd = Crowd(ground, 1, pause=0.4)
    crowd.start()
    left: list[int] = []
    trouble = threading.Thread(target=lambda: left.append(_trouble(ground, away, kills)))
    trouble.start()
    met = crew.lose(deaths)
    trouble.join()
    tale = crowd.stop()
    verdict.need(met == deaths, f"only {met} of {deaths} kills met a lease")
    verdict.need(crew.ever == workers + deaths, f"{crew.ever} workers with ids of their own, not {workers + deaths}")
    verdict.need(ground.settled(letters / rate + 90), f"letters are left over {ground.installation.logs()}")
    verdict.need(left > [0] or deaths > 0, "nothing left while Redis was away")
    verdict.problems += [f"{name} was told to be in, and is not" for name in missing(tale)] + tale.odd
    verdict.need(tale.cut == tale.away == 0, f"{tale.cut + tale.away} requests failed")
    verdict.figures |= {
        "Redis away": f"{away} s", "then emptied and killed": f"{kills} times", "signed meanwhile": len(tale.confirmed),
        "left while away": f"{sum(left) / (away - 1):.1f}/s of {rate}/s", "workers killed with a lease": met,
    }  # fmt: skip
    return judge(verdict, ground, allowed=met, in_flight=workers)


def _trouble(ground: Ground, away: int, kills: int) -> int:
    """Redis goes, comes back, is emptied and killed; answers how many letters left while it was away."""
    time.sleep(1)
    begun = time.time()
    ground.servers.valkey.kill()
    time.sleep(away)
    left = sum(begun + 1 < arrival.at < begun + away for arrival in arrivals(ground.inbox))
    ground.servers.valkey.start()
    for _kill in range(kills):
        time.sleep(1)
        ground.servers.valkey.flush()
        time.sleep(0.5)
        ground.servers.valkey.kill()
        time.sleep(0.5)
        ground.servers.valkey.start()
    return left


def f4_hangs(ground: Ground, *, rounds: int = 2, seconds: int = 5) -> Verdict:
    """Redis keeps its connections and answers nothing, while people sign and workers wait for hints."""
    verdict = Verdict("F4 Redis hangs while people sign")
    ground.fill(0, None)
    ground.start("scheduler", "web")
    Crew(ground, 1)
    took = []
    for _round in range(rounds):
        _some(ground, 1, verdict)
        verdict.need(ground.settled(), f"letters are left over {ground.installation.logs()}")
        time.sleep(1)
        with hanging(ground):
            begun = time.monotonic()
            _some(ground, seconds, verdict)
            verdict.need(ground.settled(), "no letter leaves while Redis hangs")
            took.append(time.monotonic() - begun)
    verdict.figures |= {"times": rounds, "signing for": f"{seconds} s", "all letters left after": f"{max(took):.0f} s"}
    return judge(verdict, ground)


def _some(ground: Ground, seconds: float, verdict: Verdict) -> None:
    """Let people sign and confirm for so long."""
    crowd = Crowd(ground, 2, pause=0.3)
    crowd.start()
    time.sleep(seconds)
    tale = crowd.stop()
    verdict.problems += [f"{name} was told to be in, and is not" for name in missing(tale)] + tale.odd
