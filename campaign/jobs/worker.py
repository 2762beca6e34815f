"""A worker process for one lane: RQ brings the hints, and without Redis it looks into the ledger by itself."""

from contextlib import suppress
from types import FrameType
from typing import Any

import redis
import structlog
from flask import Flask
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from campaign import config
from campaign.core import beats
from campaign.core.queue import name
from campaign.core.redis import connect_fast
from campaign.jobs.drain import attend
from campaign.jobs.heart import beating
from campaign.jobs.stop import catch_signals, request_stop, stopping, wait
from campaign.outbox import Lane

log = structlog.get_logger()

# Idle this long, the worker looks into the ledger without being told: a lost hint and a dead scheduler cost this much.
IDLE_SECONDS = 5
# A wait for a hint that has no answer this late is a Redis that hangs. RQ would give it 10 s instead of these 3.
HANGS_SECONDS = IDLE_SECONDS + 3
AWAY_SECONDS = 2.0
# Redis refuses, or it hangs. RQ would retry both for ever, and nobody would look into the ledger meanwhile.
AWAY = (redis.ConnectionError, redis.TimeoutError)


class RedisAway(Exception):
    """Redis went away while the worker waited for a hint."""


class _Queue(Queue):
    @classmethod
    def dequeue_any(cls, *args: Any, **kwargs: Any) -> Any:
        """As RQ's, but a Redis that is away ends the wait instead of being retried for ever."""
        try:
            return super().dequeue_any(*args, **kwargs)
        except AWAY as error:
            raise RedisAway from error


class _Worker(SimpleWorker):
    """RQ's in-process worker: no fork per hint, one kept transport connection, one process to kill.

    RQ's own forking worker dies on a SIGTERM to the process group in the middle of a job (measured).
    """

    queue_class = _Queue
    connection_timeout = HANGS_SECONDS

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """As RQ's; see `dequeue_any`."""
        try:
            super().heartbeat(timeout, pipeline)
        except AWAY as error:
            raise RedisAway from error

    def subscribe(self) -> None:
        """Not to RQ's commands: nobody gives any, and their thread and connection outlive each loss of Redis."""

    def register_death(self) -> None:
        """As RQ's where Redis answers; elsewhere what it knows of this worker ends by itself."""
        with suppress(redis.RedisError):
            _probe()
            super().register_death()  # type: ignore[no-untyped-call]  # RQ gives it no types

    def set_shutdown_requested_date(self) -> None:
        """Nowhere: RQ writes it to Redis from the signal's handler, which would raise or hang with a letter in hand."""

    def teardown(self) -> None:
        """As RQ's, under our own handler: RQ's would raise StopRequested into whatever comes next."""
        catch_signals()
        super().teardown()  # type: ignore[no-untyped-call]  # RQ gives it no types

    def handle_warm_shutdown_request(self) -> None:
        """Tell the drain to finish the letter in hand."""
        request_stop()

    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        """A second signal changes nothing: the letter in hand is bounded by the transport's time-outs."""


def run(app: Flask, lane: Lane) -> None:
    """Work for one lane until asked to stop."""
    with app.app_context(), beating(app, beats.worker(lane.value)):
        catch_signals()
        log.info("worker_started", lane=lane.value)
        while not stopping():
            away = not _listen(lane)
            if not stopping():
                attend(lane.value)  # without being told
            if away:
                wait(AWAY_SECONDS)
        log.info("worker_stopped", lane=lane.value)


def _listen(lane: Lane) -> bool:
    """Wait for hints and run them; returns when idle or stopped, and False when Redis is away."""
    connection = redis.Redis.from_url(
        config.current().redis_url,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=2,
        socket_timeout=HANGS_SECONDS,
    )
    try:
        _probe()
        queue = _Queue(name(lane), connection=connection, serializer=JSONSerializer)
        worker = _Worker(
            [queue],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=IDLE_SECONDS + 15,
            log_job_description=False,
        )
        with suppress(StopRequested):  # raised by RQ's handler before the loop that catches it, or after
            worker.work(logging_level="CRITICAL", max_idle_time=IDLE_SECONDS)
    except (redis.RedisError, RedisAway, OSError) as error:
        log.warning("redis_away", lane=lane.value, error=type(error).__name__)
        return False
    finally:
        connection.close()
    return True


def _probe() -> None:
    """Raise what Redis raises when it is away; one that hangs costs half a second, not a whole wait."""
    with connect_fast(config.current().redis_url) as connection:
        connection.ping()
