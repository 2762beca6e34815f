"""Redis as it is, away, locked, forgetful, and with strange jobs in it."""

import pytest
from flask import Flask
from redis import Redis
from rq import Queue

from campaign.core import queue
from campaign.doctor import redis
from campaign.doctor.finding import Finding, Status
from tests.doctor.conftest import Having
from tests.support.installation import free_ports

OK, SKIPPED, WARNING, PROBLEM = Status


def found() -> dict[str, Finding]:
    """What is said, by line."""
    return {finding.check: finding for finding in redis.check()}


def test_one_that_is_well(app: Flask) -> None:
    queue.ring("letters")
    lines = found()
    assert [line.status for line in lines.values()] == [OK] * 4
    assert lines["redis"].text.startswith("Valkey ")


def test_one_that_is_away_is_a_warning_since_mail_is_only_late(having: Having) -> None:
    having(REDIS_URL=f"redis://:canary-password@127.0.0.1:{free_ports()[0]}/0")
    (line,) = found().values()
    assert line.status is WARNING
    assert "nothing listens there" in line.text
    assert "late, not lost" in line.advice


def test_one_that_refuses_the_password(having: Having, redis_url: str) -> None:
    having(REDIS_URL=redis_url.replace("unix://", "unix://who:canary-password@", 1))
    (line,) = found().values()
    assert line.status is WARNING
    assert "refuses the user or the password" in line.text
    assert "canary" not in str(line)


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl", "unknown"])
def test_one_that_forgets_when_it_is_full(policy: str) -> None:
    assert redis._policy(policy).status is WARNING
    assert redis._policy("noeviction").status is OK


def test_one_that_forgets_at_a_restart() -> None:
    assert redis._persistence({"aof_enabled": 0}).status is WARNING
    assert redis._persistence({"aof_enabled": 1}).status is OK


def test_a_pickled_job_is_a_problem(app: Flask, redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        Queue(queue.name("letters"), connection=client).enqueue(queue.DRAIN, "letters")
    line = found()["redis queue"]
    assert line.status is PROBLEM
    assert "did not write" in line.text
