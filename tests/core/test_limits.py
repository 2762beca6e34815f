"""Limits hold with Redis, without it, and over the moment between."""

import time

import pytest
from flask import Flask
from redis import Redis

from campaign.app import create_app
from campaign.config import Settings
from campaign.core import limits, metrics, redis
from campaign.core.errors import TooMany
from campaign.core.rates import Rate
from tests.support.threads import at_once

RATE = Rate(5, "minute")


@pytest.fixture
def away(env: dict[str, str], tmp_path: object) -> None:
    """Redis is not there."""
    env["REDIS_URL"] = f"unix://{tmp_path}/nobody"


def passed(who: str = "192.0.2.1", name: str = "sign", times: int = 8) -> int:
    done = 0
    for _ in range(times):
        try:
            limits.check(name, RATE, who)
        except TooMany:
            continue
        done += 1
    return done


def test_so_many_pass_and_no_more_and_the_answer_says_when_to_come_again(app: Flask) -> None:
    assert passed() == 5
    with pytest.raises(TooMany) as caught:
        limits.check("sign", RATE, "192.0.2.1")
    assert 1 <= caught.value.retry_after <= 60


def test_each_network_and_each_limit_counts_by_itself(app: Flask) -> None:
    assert (passed("192.0.2.1"), passed("192.0.2.2"), passed("192.0.2.1", "confirm")) == (5, 5, 5)


@pytest.mark.usefixtures("away")
def test_without_redis_the_limit_is_counted_in_the_process(app: Flask) -> None:
    assert (passed(), passed("192.0.2.2")) == (5, 5)


@pytest.mark.usefixtures("away")
def test_without_redis_nobody_waits(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked once, and then left alone for a while."""
    monkeypatch.setattr(redis, "PAUSE_SECONDS", 600.0)
    before = metrics.REDIS_AWAY._value.get()
    passed(times=50)
    assert metrics.REDIS_AWAY._value.get() == before + 1


def test_when_redis_goes_in_the_middle_the_next_request_is_answered_all_the_same(app: Flask, tmp_path: object) -> None:
    assert passed(times=5) == 5
    pool = app.extensions["redis"].connection_pool
    pool.connection_kwargs["path"] = f"{tmp_path}/nobody"
    pool.reset()
    assert passed(times=8) == 5
    with pytest.raises(TooMany):
        limits.check("sign", RATE, "192.0.2.1")


def test_when_redis_comes_back_it_counts_again(app: Flask) -> None:
    app.extensions["redis_away_until"] = time.monotonic() + 600
    assert passed("192.0.2.3") == 5
    app.extensions["redis_away_until"] = time.monotonic()
    assert passed("192.0.2.3") == 5
    assert passed("192.0.2.3") == 0


def test_a_crowd_at_once_gets_no_more_than_the_limit(app: Flask) -> None:
    assert sum(at_once(app, 8, lambda _number: passed(times=4))) == 5


@pytest.mark.usefixtures("clean")
def test_the_first_crowd_of_a_fresh_process_shares_one_client(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each thread made its own once, and the one that was dropped closed its sockets under those who read from them."""
    made, connect = [], redis.connect_fast

    def slow(url: str) -> Redis:
        made.append(url)
        time.sleep(0.02)
        return connect(url)

    monkeypatch.setattr(redis, "connect_fast", slow)
    app = create_app(settings)
    assert sum(at_once(app, 16, lambda _number: passed(times=4))) == 5
    assert len(made) == 1


def test_redis_holds_no_address(app: Flask) -> None:
    passed("192.0.2.77")
    keys = app.extensions["redis"].keys("*")
    assert keys
    assert not any(b"192.0.2.77" in key for key in keys)
