"""One open stream: always on its way to the last state, never more than one behind."""

import asyncio
import random
import time

from campaign.live.answers import LAST, Send, chunk, start
from campaign.live.snapshot import Snapshot

HEARTBEAT_SECONDS = 15.0
# A stream ends after about an hour and the browser opens another, so that streams spread over processes that were
# added, and a forgotten one does not stay for ever.
AGE_SECONDS = 3600.0
JITTER = 0.2

HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)
BEGIN = start(200, HEADERS)
RETRY = chunk(b"retry: 3000\n\n")
HEARTBEAT = chunk(b":\n\n")


class Viewer:
    """Someone who watches a campaign. A reader that is slow keeps one state waiting here, the last one."""

    __slots__ = ("_ended", "_ends_at", "_latest", "_rest", "_sent_at")

    def __init__(self, snapshot: Snapshot) -> None:
        now = time.monotonic()
        self._latest = snapshot
        self._sent_at = now
        self._ends_at = now + AGE_SECONDS * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - guards nothing
        self._ended = False
        self._rest: asyncio.Future[None] | None = None

    def show(self, snapshot: Snapshot) -> None:
        """There is a newer state."""
        self._latest = snapshot
        self._wake()

    def tick(self, now: float) -> None:
        """Look at the clock: a heartbeat may be due, or the end."""
        if now >= self._ends_at:
            self.end()
        elif now - self._sent_at >= HEARTBEAT_SECONDS:
            self._wake()

    def end(self) -> None:
        """Stop after what is being sent."""
        self._ended = True
        self._wake()

    async def run(self, send: Send) -> None:
        """Send the state at once and every newer one, until the end."""
        await send(BEGIN)
        await send(RETRY)
        shown: Snapshot | None = None
        while not self._ended:
            if shown is not self._latest:
                shown, message = self._latest, self._latest.event
            elif time.monotonic() - self._sent_at >= HEARTBEAT_SECONDS:
                message = HEARTBEAT
            else:
                await self._sleep()
                continue
            self._sent_at = time.monotonic()
            await send(message)
        await send(LAST)

    def _wake(self) -> None:
        if self._rest is not None and not self._rest.done():
            self._rest.set_result(None)

    async def _sleep(self) -> None:
        self._rest = asyncio.get_running_loop().create_future()
        await self._rest
        self._rest = None
