"""F10: the disk of the database is full."""

import time
from contextlib import suppress

import psycopg

from campaign.core.rates import Rate
from soak.crew import Crew
from soak.crowd import Crowd, missing
from soak.ground import Ground, eventually
from soak.private import fill_disk
from soak.verdict import Verdict, judge

# Nothing but log: when there is no room for its next segment, PostgreSQL cannot go on at all.
WRITE = "SELECT count(pg_logical_emit_message(false, 'soak', repeat('x', 1000000))) FROM generate_series(1, 40)"


def f10(ground: Ground, *, times: int = 4, seconds: int = 8, panics: int = 2, rate: int = 20) -> Verdict:
    """Fill the disk so many times for so long while people sign and letters leave, then make room.

    panics: in how many of these the database's log has no room either, which stops PostgreSQL; it is started again
    when there is room, as systemd would.
    """
    verdict = Verdict("F10 the database's disk is full")
    ground.fill(rate * times * (seconds + 4), Rate(rate, "second"))
    ground.start("scheduler", "web")
    crew = Crew(ground, 2).ready()
    running = ground.installation.pids()
    crowd = Crowd(ground, 2, pause=0.2)
    crowd.start()
    stopped, refused = 0, 0
    for number in range(times):
        time.sleep(2)
        away = crowd.tale.away
        ballast = fill_disk(ground.folder)
        if number >= times - panics:
            _write_log(ground)
        time.sleep(seconds)
        stopped += not ground.servers.postgres.running
        refused += crowd.tale.away > away
        ballast.unlink()
        ground.servers.postgres.start()
    verdict.need(refused == times, f"the full disk was met in {refused} of {times} times")
    verdict.need(stopped >= panics, f"PostgreSQL stopped {stopped} times, not {panics}")
    signed = len(crowd.tale.signed)
    verdict.need(eventually(lambda: len(crowd.tale.signed) > signed, 60), "nobody could sign when there was room again")
    tale = crowd.stop()
    verdict.need(ground.settled(), f"letters are left over {ground.installation.logs()}")
    verdict.problems += [f"{name} was told to be in, and is not" for name in missing(tale)] + tale.odd
    verdict.need(tale.kept == tale.away, f"{tale.away - tale.kept} pages of a 503 did not give the form back")
    verdict.need(ground.installation.pids() == running, f"a process ended {ground.installation.logs()}")
    verdict.figures |= {
        "times full": times, "for": f"{seconds} s", "PostgreSQL stopped": stopped,
        "told to be signed": len(tale.signed), "told to be confirmed": len(tale.confirmed),
        "503 that gave the form back": tale.kept, "requests cut": tale.cut,
    }  # fmt: skip
    return judge(verdict, ground, in_flight=len(crew.names))


def _write_log(ground: Ground) -> None:
    """Write until there is no room for the log."""
    with suppress(psycopg.Error), psycopg.connect(ground.database_url, autocommit=True) as connection:
        for _time in range(20):
            connection.execute(WRITE)
