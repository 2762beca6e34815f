"""F1: the web process is killed while people sign."""

import os
import random
import signal
import threading
import time
import urllib.request

import psutil
import psycopg
from sqlalchemy import text

from campaign.core import tokens
from campaign.core.addresses import parse
from campaign.core.db import session
from campaign.core.tokens import Purpose
from soak.crew import Crew
from soak.crowd import Crowd, Tale, missing, post
from soak.ground import Ground, eventually, patiently
from soak.verdict import Verdict, arrivals, judge
from tests.support.forms import CAMPAIGN, filled

WAITS = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory')"
LETTERS = "SELECT count(*) FROM letters JOIN signatures s ON s.id = signature_id WHERE s.name = :name"


def f1(ground: Ground, *, kills: int = 60, between: int = 6) -> Verdict:
    """Kills at random moments of a flood of signatures, and some exactly between the commit and the hint."""
    verdict = Verdict("F1 web killed while people sign")
    ground.fill(0, None)
    ground.start("scheduler", "web")
    Crew(ground, 1)
    waits = [_between(ground, f"Unheard {number}", verdict) for number in range(between)]
    tale = _flood(ground, kills)
    verdict.need(ground.settled(), f"letters are left over {ground.installation.logs()}")
    verdict.problems += [f"{name} was told to be in, and is not" for name in missing(tale)] + tale.odd
    verdict.figures |= {
        "kills": kills + between,
        "requests cut": tale.cut,
        "told to be signed": len(tale.signed),
        "told to be confirmed": len(tale.confirmed),
        "killed between commit and hint": between,
        "slowest of these from commit to mailbox": f"{max(waits, default=0):.1f} s",
    }
    return judge(verdict, ground)


def _flood(ground: Ground, kills: int) -> Tale:
    crowd = Crowd(ground)
    crowd.start()
    for number in range(kills):
        _wait(crowd.tale, len(crowd.tale.signed) + random.randint(1, 12))
        time.sleep(random.uniform(0, 0.05))
        kill(ground, whole=number % 2 == 0)
    return crowd.stop()


def _wait(tale: Tale, signed: int) -> None:
    """Let people sign until so many were told that they have; not for long, for the last kill may have hit hard."""
    eventually(lambda: len(tale.signed) >= signed, 10, every=0.01)


def kill(ground: Ground, *, whole: bool) -> None:
    """kill -9 of everything, or only of the process that answers, which its parent then starts again."""
    if whole:
        ground.installation.kill("web")
        ground.start("web")
        return
    parent = psutil.Process(ground.installation.processes["web"].pid)
    for child in parent.children():
        if "spawn_main" in " ".join(child.cmdline()):
            child.kill()
    ground.installation.wait_up(f"{ground.installation.url}/healthz")


def _between(ground: Ground, name: str, verdict: Verdict) -> float:
    """Confirm and die between commit and hint; answers the seconds until the letters are there all the same."""
    page = urllib.request.urlopen(ground.installation.url + CAMPAIGN, timeout=20).read().decode()
    email = f"{name.replace(' ', '').lower()}@example.org"
    form = filled(page, name=name, email=email)
    port = ground.installation.port
    verdict.need(post(port, f"{CAMPAIGN}/sign", form, 1)[0] == 303, f"{name} could not sign")
    id_ = patiently(lambda: session().scalar(text("SELECT id FROM signatures WHERE name = :name"), {"name": name}))
    answers: list[int] = []
    asking = threading.Thread(target=_confirm, args=(port, tokens.sign(Purpose.CONFIRM, id_.hex), answers))
    before = len(arrivals(ground.inbox))
    with _held(ground, email):
        asking.start()
        eventually(lambda: bool(ground.ask(WAITS)), every=0.01)
        # From here on Redis does not answer: the request commits, and waits to give its hint.
        os.kill(ground.servers.valkey.pid, signal.SIGSTOP)
    try:
        eventually(lambda: ground.ask(LETTERS, name=name) == 2, every=0.005)
        committed = time.monotonic()
        ground.installation.kill("web")
    finally:
        os.kill(ground.servers.valkey.pid, signal.SIGCONT)
    asking.join()
    verdict.need(answers == [], f"{name} was answered {answers}, so the kill came too late")
    came = eventually(lambda: len(arrivals(ground.inbox)) >= before + 2, every=0.02)
    verdict.need(came, f"the letters of {name} never came")
    waited = time.monotonic() - committed
    ground.start("web")
    return waited


def _confirm(port: int, token: str, answers: list[int]) -> None:
    try:
        answers.append(post(port, f"/confirm/{token}", {}, 1)[0])
    except OSError:
        return


def _held(ground: Ground, email: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Hold the lock that a request takes for an address before it writes anything."""
    key = int.from_bytes(parse(email).hash[:8], "big", signed=True)
    connection = psycopg.connect(ground.database_url)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [key])
    return connection
