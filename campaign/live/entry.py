"""What is known of one slug, who watches it and who waits for it."""

import asyncio

from campaign.live.snapshot import Snapshot
from campaign.live.viewer import Viewer


class Entry:
    """One slug. After a read `snapshot` is its state, or None where there is no such campaign."""

    __slots__ = ("asked_at", "read_at", "slug", "snapshot", "viewers", "waiting")

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.snapshot: Snapshot | None = None
        self.read_at: float | None = None
        self.asked_at = 0.0
        self.viewers: set[Viewer] = set()
        self.waiting: asyncio.Future[None] | None = None

    def age(self, now: float) -> float:
        """Seconds since the state was read; endless before the first read."""
        return float("inf") if self.read_at is None else now - self.read_at

    def wait(self) -> "asyncio.Future[None]":
        """Done after the next read of this slug, whether it works or not."""
        if self.waiting is None:
            self.waiting = asyncio.get_running_loop().create_future()
        return self.waiting

    def release(self) -> None:
        """Let those go on who wait for a read."""
        waiting, self.waiting = self.waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
