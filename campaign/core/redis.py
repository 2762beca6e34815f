"""Redis carries hints only. The web must never wait for it, workers may."""

import time
from collections.abc import Callable
from typing import TypeVar

import redis
import structlog
from flask import Flask, current_app
from redis.backoff import NoBackoff
from redis.retry import Retry

from campaign.config import Settings
from campaign.core import metrics

log = structlog.get_logger()
Result = TypeVar("Result")

# redis-py 8.1 retries by itself: an enqueue with Redis down was measured to block 3.2 to 5.0 s, and 1 ms like this.
FAST = {"socket_connect_timeout": 0.2, "socket_timeout": 0.5}
# After a failure the web leaves Redis alone for a while instead of paying the time-out in every request.
PAUSE_SECONDS = 1.0


def connect_fast(url: str) -> "redis.Redis":
    """A client that fails at once instead of retrying."""
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), retry_on_error=[], **FAST)


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app its one client; it connects when first used.

    It is made here and not by whoever comes first: of two threads that come at once each made one, and a client that
    is dropped closes its sockets, also under those who still read from them.
    """
    app.extensions["redis"] = connect_fast(settings.redis_url)


def fast() -> "redis.Redis":
    """The app's own fast client."""
    client: redis.Redis = current_app.extensions["redis"]
    return client


def attempt(action: Callable[["redis.Redis"], Result]) -> Result | None:
    """Do something with Redis if it is there; None when it is away. Counted, never raised."""
    extensions = current_app.extensions
    if time.monotonic() < extensions.get("redis_away_until", 0.0):
        return None
    try:
        return action(fast())
    except redis.RedisError as error:
        extensions["redis_away_until"] = time.monotonic() + PAUSE_SECONDS
        metrics.REDIS_AWAY.inc()
        log.warning("redis_away", error=type(error).__name__)
        return None
