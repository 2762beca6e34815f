"""Limits on requests, counted in Redis and, while it is away, in this process. Caps on mail are in the database."""

import time
from functools import cache

import structlog
from flask import Flask, current_app
from flask_babel import gettext as _
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis import Redis

from campaign.config import Settings
from campaign.core import metrics
from campaign.core.errors import TooMany
from campaign.core.rates import Rate
from campaign.core.redis import attempt
from campaign.core.tokens import keyed_hash

log = structlog.get_logger()


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app what counts: through its own Redis client, and in this process for when Redis is away."""
    client: Redis = app.extensions["redis"]
    shared = FixedWindowRateLimiter(RedisStorage(settings.redis_url, connection_pool=client.connection_pool))
    app.extensions["limiters"] = (shared, FixedWindowRateLimiter(MemoryStorage()))


def check(name: str, rate: Rate, who: str) -> None:
    """Count one request of `who` (a network or an account) under the limit `name`; raises TooMany over it."""
    item = _item(rate)
    key = keyed_hash(f"limit {name}", who).hex()[:32]
    shared, own = _limiters()
    allowed = attempt(lambda _client: shared.hit(item, name, key))
    limiter = shared
    if allowed is None:
        limiter, allowed = own, own.hit(item, name, key)
    if not allowed:
        metrics.THROTTLED.labels(name).inc()
        log.info("throttled", name=name)
        reset = limiter.get_window_stats(item, name, key).reset_time
        wait = max(1, int(reset - time.time()))
        raise TooMany(_("That was a little too often. Please try again in a minute."), retry_after=wait)


@cache
def _item(rate: Rate) -> RateLimitItem:
    return parse(str(rate))


def _limiters() -> tuple[FixedWindowRateLimiter, FixedWindowRateLimiter]:
    pair: tuple[FixedWindowRateLimiter, FixedWindowRateLimiter] = current_app.extensions["limiters"]
    return pair
