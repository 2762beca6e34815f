"""A worker while Redis is away or hangs: it leaves nothing behind, and ends well when it is asked to."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis
from flask import Flask

from campaign import embedded
from campaign.jobs import stop, worker as working
from campaign.outbox import Lane
from soak.ground import Ground, eventually, prepared
from soak.office import Office, Point

pytestmark = pytest.mark.processes


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    yield office
    office.close()


@pytest.fixture
def ground(breakable: embedded.Servers, office: Office, tmp_path: Path) -> Iterator[Ground]:
    with prepared(breakable, tmp_path, **office.settings) as ground:
        yield ground


def listening(ground: Ground) -> bool:
    """Whether one worker waits for a hint."""
    with redis.Redis.from_url(ground.servers.redis_url) as client:
        return [one["cmd"] for one in client.client_list()].count("blmove") == 1


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A flag that nobody has set; afterwards the handlers as they were."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    monkeypatch.setattr(stop, "_stop", stop._Flag())
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_a_signal_between_two_waits_for_hints_stops_the_worker_and_raises_nothing(
    app: Flask, signals: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "IDLE_SECONDS", 1)
    monkeypatch.setattr(working._Worker, "register_death", lambda _self: os.kill(os.getpid(), signal.SIGTERM))
    working._listen(Lane.LETTERS)
    assert stop.stopping()
    assert signal.getsignal(signal.SIGTERM) is stop.request_stop


def worker(ground: Ground) -> subprocess.Popen[bytes]:
    process = ground.installation.start("letters-0", "worker", "--lane", "letters")
    assert eventually(lambda: listening(ground)), ground.installation.logs()
    return process


def test_each_loss_of_redis_leaves_no_thread_behind_and_one_that_hangs_does_not_hold_up_the_end(ground: Ground) -> None:
    process = worker(ground)
    threads = psutil.Process(process.pid).num_threads()
    for times in (1, 2):
        ground.servers.valkey.kill()
        assert eventually(lambda times=times: ground.installation.logs().count("redis_away") >= times)
        ground.servers.valkey.start()
        assert eventually(lambda: listening(ground)), ground.installation.logs()
    assert psutil.Process(process.pid).num_threads() == threads
    os.kill(ground.servers.valkey.pid, signal.SIGSTOP)
    try:
        process.terminate()
        assert process.wait(5) == 0, "RQ says farewell to Redis, and would wait for its answer"
    finally:
        os.kill(ground.servers.valkey.pid, signal.SIGCONT)
    assert "Traceback" not in ground.installation.logs()


def test_asked_to_end_while_redis_is_away_it_finishes_the_letter_in_hand(ground: Ground, office: Office) -> None:
    process = worker(ground)
    hold = office.hold(Point.BETWEEN)
    ground.fill(2, None)
    letter = hold.wait()
    ground.servers.valkey.kill()
    process.terminate()
    assert not eventually(lambda: process.poll() is not None, 0.5), "it ended with a letter in hand"
    hold.release()
    assert process.wait(20) == 0, ground.installation.logs()
    assert office.copies(letter) == 1
    assert tuple(ground.row("SELECT state, attempts FROM outbox_messages WHERE id = :id", id=letter)) == ("sent", 1)
