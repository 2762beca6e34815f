"""Which tallies moved, heard over Redis. Hints only: the database is read again anyway."""

import asyncio
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import redis.asyncio as redis
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from campaign.counters import CHANNEL

log = structlog.get_logger()

CONNECT_SECONDS = 1.0
# After such a silence Redis is asked whether it is there; after another one it is not.
SILENCE_SECONDS = 5.0
PAUSE_SECONDS = 1.0


class News:
    """A subscription that comes back by itself."""

    def __init__(self, url: str, heard: Callable[[Sequence[str]], None], listening: Callable[[bool], None]) -> None:
        self._url = url
        self._heard = heard
        self._listening = listening
        self._away = False

    async def run(self) -> None:
        """Listen, for ever."""
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - whatever is wrong with Redis, polling goes on
                self._lost(error)
            # Not all processes at the same moment.
            await asyncio.sleep(PAUSE_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - guards nothing

    async def _listen(self) -> None:
        client = redis.Redis.from_url(
            self._url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS,
            retry=Retry(NoBackoff(), 0), retry_on_error=[],
        )  # fmt: skip
        async with client, client.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            asked = False
            while True:
                message = await subscription.get_message(timeout=SILENCE_SECONDS)
                if message is not None:
                    self._take(message)
                elif asked:
                    raise TimeoutError
                else:
                    await subscription.ping()
                asked = message is None

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self._there()
        elif message["type"] == "message":
            self._heard(_keys(message["data"]))

    def _there(self) -> None:
        if self._away:
            log.info("redis_back")
        self._away = False
        self._listening(True)

    def _lost(self, error: Exception) -> None:
        if not self._away:
            log.warning("redis_away", error=type(error).__name__)
            self._listening(False)
        self._away = True


def _keys(data: bytes) -> list[str]:
    """The tally keys of a message; none where it is not one of ours."""
    try:
        value = json.loads(data)
    except ValueError:
        return []
    return [key for key in value if isinstance(key, str)] if isinstance(value, list) else []
