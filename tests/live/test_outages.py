"""Redis or the database goes away and comes back: viewers keep what they have, and it moves on by itself."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import psutil
import pytest
from flask import Flask

from campaign import embedded
from campaign.app import create_app
from campaign.config import load
from campaign.core.db import db, transaction
from campaign.seed import seed
from tests.live.conftest import COUNTER, STREAM, Sign
from tests.live.process import LiveProcess, eventually
from tests.live.viewers import Viewers

pytestmark = [pytest.mark.processes, pytest.mark.timeout(180)]


@pytest.fixture
def servers(env: dict[str, str], tmp_path: Path) -> Iterator[embedded.Servers]:
    """Servers that this test may stop."""
    with embedded.start(tmp_path / "servers", durable=False) as servers:
        env |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        yield servers


@pytest.fixture
def seeded(servers: embedded.Servers, env: dict[str, str]) -> Iterator[Flask]:
    """The app on those servers, in place of the usual one."""
    app = create_app(load(env))
    with app.app_context():
        flask_migrate.upgrade()
        with transaction():
            seed()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_without_redis_it_polls(live: LiveProcess, sign: Sign, servers: embedded.Servers) -> None:
    with Viewers(live, STREAM, 5) as crowd:
        crowd.wait_until_all_show(0)
        os.kill(servers.valkey.pid, signal.SIGKILL)
        eventually(lambda: "redis_away" in live.log(), "it notices")
        for _ in range(3):
            crowd.wait_until_all_show(sign())
        servers.valkey.stop()
        servers.valkey.start()
        eventually(lambda: "redis_back" in live.log(), "it listens again")
        crowd.wait_until_all_show(sign())


def test_it_starts_without_redis(servers: embedded.Servers, start_live, sign: Sign) -> None:
    servers.valkey.stop()
    live = start_live()
    with Viewers(live, STREAM, 2) as crowd:
        crowd.wait_until_all_show(0)
        crowd.wait_until_all_show(sign())


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_database_restarts(live: LiveProcess, sign: Sign, servers: embedded.Servers, mode: str) -> None:
    with Viewers(live, STREAM, 5) as crowd:
        crowd.wait_until_all_show(sign())
        db.engine.dispose()
        servers.postgres.restart(mode)
        crowd.wait_until_all_show(sign(), 30)
        assert not any(viewer.ended for viewer in crowd.all)


def test_without_the_database_the_last_state_is_served(
    live: LiveProcess, sign: Sign, servers: embedded.Servers
) -> None:
    signatures = sign()
    assert live.get(COUNTER).json["signatures"] == signatures
    db.engine.dispose()
    servers.postgres.stop()
    eventually(lambda: live.get(COUNTER).status == 200 and "database_away" in live.log(), "it notices")
    reply = live.get(COUNTER)
    assert (reply.status, reply.json["signatures"]) == (200, signatures)
    unknown = live.get("/api/v1/campaigns/never-heard-of/counter")
    assert (unknown.status, unknown.json["error"]["code"]) == (503, "unavailable")
    assert "retry-after" in unknown.headers
    with Viewers(live, STREAM, 2) as crowd:
        crowd.wait_until_all_show(signatures)
        servers.postgres.start()
        crowd.wait_until_all_show(sign(), 30)
    assert live.get("/api/v1/campaigns/never-heard-of/counter").status == 404


def test_a_database_that_hangs_holds_up_neither_answers_nor_the_end(
    live: LiveProcess, servers: embedded.Servers
) -> None:
    live.get(COUNTER)
    time.sleep(2)
    family = psutil.Process(servers.postgres.pid).children(recursive=True)
    for process in family:
        process.suspend()
    try:
        begun = time.monotonic()
        assert [live.get(COUNTER).status for _ in range(3)] == [200] * 3
        assert time.monotonic() - begun < 8
        assert live.stop() < 10
    finally:
        for process in family:
            process.resume()
