"""Who watches what: the meeting point of requests, news and reads."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from campaign.live.entry import Entry
from campaign.live.failures import Unavailable, no_campaign
from campaign.live.reader import READ_SECONDS, Read, Reader
from campaign.live.shelf import MISS_SECONDS, Shelf
from campaign.live.snapshot import Snapshot
from campaign.live.viewer import Viewer

# A state serves requests so long. A little more than the time between reads: while requests keep coming, each second's
# read is done by the time it is needed.
KEEP_SECONDS = READ_SECONDS + 0.25
# A request waits so long for a read, then takes the last state.
PATIENCE_SECONDS = 3.0
TICK_SECONDS = 1.0
# Watched campaigns are read again so often without news: a message may get lost, and a new goal moves no tally.
POLL_SECONDS = 10.0
POLL_SECONDS_ALONE = 2.0


class Hub:
    """The states in memory and those who follow them."""

    def __init__(self, read: Read) -> None:
        self._shelf = Shelf()
        self._reader = Reader(self._shelf, read)
        self._polled_at = 0.0
        self.closed = False
        self.hearing = False

    async def run(self) -> None:
        """Read, poll and keep time, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._reader.run())
            tasks.create_task(self._keep_time())

    def fresh(self, slug: str) -> Snapshot | None:
        """The state if it is at most about a second old; never waits."""
        entry = self._shelf.find(slug)
        if entry is None or entry.snapshot is None:
            return None
        now = entry.asked_at = time.monotonic()
        age = entry.age(now)
        if age >= READ_SECONDS:
            self._reader.want((entry,))
        return entry.snapshot if age < KEEP_SECONDS or self._reader.away else None

    async def current(self, slug: str, network: str) -> Snapshot:
        """The state, read first if need be; raises NotFound, or Unavailable where there is none to show."""
        return self.fresh(slug) or _known(await self._ask(slug, network))

    async def last(self, slug: str, network: str) -> Snapshot:
        """The state to begin a stream with: at once where others watch, as news keep it right. Raises as `current`."""
        entry = self._shelf.find(slug)
        if entry is not None and entry.viewers and entry.snapshot is not None:
            return entry.snapshot
        return await self.current(slug, network)

    @contextmanager
    def watching(self, slug: str, viewer: Viewer) -> Iterator[None]:
        """Let a viewer follow a campaign whose state was just given.

        News of what nobody watches are dropped. So the first one's state may lack what moved since it was read, and
        is read once more.
        """
        entry = self._shelf.find(slug)
        if entry is None or entry.snapshot is None:
            raise no_campaign()
        if not entry.viewers:
            self._reader.want((entry,))
        entry.viewers.add(viewer)
        try:
            yield
        finally:
            entry.viewers.discard(viewer)
            entry.asked_at = time.monotonic()

    def heard(self, keys: Sequence[str]) -> None:
        """News: these tallies moved."""
        self._reader.want(self._shelf.watched(keys))

    def listen(self, hearing: bool) -> None:
        """Whether news arrive from now on. What moved in between is unknown, so all is read again."""
        self.hearing = hearing
        self._poll()

    def close(self) -> None:
        """End all streams and take no new ones."""
        self.closed = True
        for entry in self._shelf:
            for viewer in entry.viewers:
                viewer.end()

    async def _ask(self, slug: str, network: str) -> Entry:
        """The entry after the next read."""
        entry = self._shelf.find(slug)
        if entry is not None and entry.snapshot is None and entry.age(time.monotonic()) < MISS_SECONDS:
            return entry
        if entry is None or (entry.snapshot is None and entry.waiting is None):
            entry = self._shelf.admit(slug, network)
        entry.asked_at = time.monotonic()
        self._reader.want((entry,))
        await asyncio.wait({entry.wait()}, timeout=PATIENCE_SECONDS)
        if entry.read_at is None:
            raise Unavailable("The number cannot be read at the moment.", retry_after=5)
        return entry

    def _poll(self) -> None:
        self._polled_at = time.monotonic()
        self._reader.want([entry for entry in self._shelf if entry.viewers])

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = time.monotonic()
            for entry in self._shelf:
                for viewer in entry.viewers:
                    viewer.tick(now)
            if now - self._polled_at >= (POLL_SECONDS if self.hearing else POLL_SECONDS_ALONE):
                self._poll()
            self._shelf.prune(now)


def _known(entry: Entry) -> Snapshot:
    if entry.snapshot is None:
        raise no_campaign()
    return entry.snapshot
