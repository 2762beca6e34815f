"""P4: the counter's JSON from `live`, against nginx serving the same bytes from a file."""

import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg

from bench.flood import Flood, Flooded, flood
from bench.house import Place
from bench.plan import Plan
from bench.report import Line, each, median
from bench.serve import nginx_file
from bench.turns import turns
from bench.visitors import COUNTER
from tests.support.installation import free_ports

# The sessions of `live`, and when each last ended a transaction. PostgreSQL's own count of transactions is no measure:
# its maintenance is in it, and sessions report late.
ASKED = """
    SELECT pid, query_start FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
      AND query IN ('COMMIT', 'ROLLBACK')
"""
# Transactions closer together than this count as one.
LOOK = 0.01
# An interval of n seconds holds up to n + 1 reads that are a second apart.
FENCE_POST = 1


def run(plan: Plan) -> list[Line]:
    """One live process and one nginx worker, asked over 32 connections."""
    place = plan.house.place("live")
    installation = place.installation()
    port = free_ports()[0]
    try:
        installation.live()
        with urllib.request.urlopen(installation.env["LIVE_URL"] + COUNTER, timeout=10) as answer:
            body: bytes = answer.read()
        with nginx_file(place.folder, port, COUNTER, body) as there:
            ports = {"ours": installation.live_port} | ({"nginx": port} if there else {})
            found = turns(plan.rounds, {name: _turn(plan, at, body) for name, at in ports.items()})
        reads = _reads(plan, place, installation.live_port, body)
    finally:
        installation.stop()
    return [_line(found, len(body)), _database(*reads)]


def _turn(plan: Plan, port: int, body: bytes) -> Callable[[int], Flooded]:
    order = Flood(port=port, path=COUNTER, body=body.decode(), seconds=plan.seconds / 2, warm=plan.warm)
    return lambda _number: flood(order)


def _reads(plan: Plan, place: Place, port: int, body: bytes) -> tuple[int, float]:
    """Reads of the database while the counter is asked for as fast as it goes, and in how many seconds."""
    order = Flood(port=port, path=COUNTER, body=body.decode(), seconds=2 * plan.seconds, warm=0)
    with psycopg.connect(place.dsn, autocommit=True) as connection, ThreadPoolExecutor(1) as pool:
        known, begun = set(connection.execute(ASKED)), time.monotonic()
        seen, asking = set(known), pool.submit(flood, order)
        while not asking.done():
            seen |= set(connection.execute(ASKED))
            time.sleep(LOOK)  # between two looks at the sessions: nothing tells of them
        asking.result()
        return len(seen - known), time.monotonic() - begun


def _line(found: dict[str, list[Flooded]], size: int) -> Line:
    ours = median([one.per_second for one in found["ours"]])
    theirs = median([one.per_second for one in found["nginx"]]) if "nginx" in found else None
    wrong = [f"{name}: {one.wrong} wrong answers" for name, many in found.items() for one in many if one.wrong]
    return Line(
        row="P4",
        what=f"counter JSON, {size} bytes, 32 connections",
        ours=_said(found["ours"]),
        against="nginx, one worker, a file",
        theirs=_said(found["nginx"]) if theirs else "nginx is not installed",
        figure=f"{ours / theirs:.2f}" if theirs else "-",
        target=">= 0.33",
        met=ours / theirs >= 1 / 3 if theirs else None,
        problems=wrong,
    )


def _said(found: list[Flooded]) -> str:
    rates = [one.per_second for one in found]
    late, load = median([one.p95 for one in found]), median([one.load for one in found])
    return f"{median(rates):,.0f}/s ({each(rates)}), p95 {late:.1f} ms; the load process took {load:.2f} of a core"


def _database(reads: int, seconds: float) -> Line:
    return Line(
        row="P4",
        what="reads of the database meanwhile",
        ours=f"{reads} in {seconds:.1f} s",
        against="none",
        theirs="-",
        figure=f"{reads / seconds:.2f}/s",
        target="at most one a second",
        met=reads <= seconds + FENCE_POST,
    )
