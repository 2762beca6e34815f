"""Workers killed -9 in the middle of letters: none is lost, and the pace holds at the receiving side."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask

from campaign import embedded
from campaign.app import create_app
from campaign.config import load
from campaign.core.db import db, transaction
from campaign.core.rates import Rate
from campaign.seed import seed
from tests.support import kills, ledger
from tests.support.installation import Installation
from tests.support.mail import arrivals, maildir

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]

LETTERS, KILLS, RATE, WORKERS = 200, 10, 20, 3
# What 5 seconds may hold: the rate, and a burst of 5 that late wake-ups may catch up with.
BOUND = RATE * 5 + 5


@pytest.fixture
def fast(env: dict[str, str]) -> dict[str, str]:
    """Short leases, so that a killed worker's letter is looked after within seconds."""
    return env | {"LEASE_SECONDS": "2", "GRACE_SECONDS": "1", "SWEEP_SECONDS": "1"}


@pytest.fixture
def own_servers(fast: dict[str, str], tmp_path: Path) -> Iterator[tuple[embedded.Servers, Flask]]:
    """Servers that this test may kill and empty, with the demonstration campaign."""
    with embedded.start(tmp_path / "servers", durable=False) as servers:
        fast |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        app = create_app(load(fast))
        with app.app_context():
            flask_migrate.upgrade()
            with transaction():
                seed()
            yield servers, app
            db.session.remove()
            db.engine.dispose()


def run_with_kills(installation: Installation, meanwhile: Callable[[], None] = lambda: None) -> int:
    """Send the letters while workers are killed; answers how many kills met a lease."""
    ledger.pace(Rate(RATE, "second"))
    names = [f"letters-{number}" for number in range(WORKERS)]
    for number in range(WORKERS):
        installation.worker("letters", number)
    installation.start("scheduler", "scheduler")
    assert len(installation.pids()) == WORKERS + 1
    disturber = threading.Thread(target=meanwhile)
    disturber.start()
    met, spare = 0, WORKERS
    while met < KILLS:
        killed = kills.kill_with_lease(installation, names)
        assert killed, f"no worker held a lease in time; {ledger.state_counts()} {installation.logs()}"
        met += 1
        names.remove(killed)
        installation.worker("letters", spare)
        names.append(f"letters-{spare}")
        spare += 1
    disturber.join()
    assert len({process.pid for process in installation.processes.values()}) == WORKERS + 1 + KILLS
    ends = time.monotonic() + 90
    while set(ledger.state_counts()) != {"delivered"}:
        assert time.monotonic() < ends, f"{ledger.state_counts()} {installation.logs()}"
        time.sleep(0.3)
    return met


def check(folder: Path, met: int) -> None:
    assert ledger.duplicates(folder, LETTERS) <= met
    assert ledger.densest(arrivals(folder), 5) <= BOUND
    ledger.check()


def test_workers_killed_in_the_middle_of_letters_lose_none_and_keep_the_pace(
    fast: dict[str, str], seeded: Flask, tmp_path: Path
) -> None:
    installation = Installation(fast, tmp_path)
    maildir(tmp_path)
    try:
        assert ledger.fill(LETTERS // 2) == LETTERS
        check(tmp_path / "mail", run_with_kills(installation))
    finally:
        installation.stop()


def test_the_same_with_redis_away_at_signing_then_emptied_and_restarted(
    own_servers: tuple[embedded.Servers, Flask], fast: dict[str, str], tmp_path: Path
) -> None:
    servers, _app = own_servers
    installation = Installation(fast, tmp_path)
    maildir(tmp_path)
    servers.valkey.kill()
    assert ledger.fill(LETTERS // 2) == LETTERS, "signing needs no Redis"
    servers.valkey.start()

    def trouble() -> None:
        time.sleep(2)
        servers.valkey.flush()
        time.sleep(2)
        servers.valkey.kill()
        time.sleep(3)
        servers.valkey.start()

    try:
        check(tmp_path / "mail", run_with_kills(installation, trouble))
    finally:
        installation.stop()
