"""When to read: one statement for all that is wanted, at most once a second."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

import structlog

from campaign.live.entry import Entry
from campaign.live.shelf import Shelf
from campaign.live.snapshot import Snapshot

log = structlog.get_logger()
Read = Callable[[Sequence[str]], Awaitable[Mapping[str, Snapshot]]]

# The least time from one read to the next. It is also what keeps a stream to at most two events in any second: one
# on connecting, one per read.
READ_SECONDS = 1.0
# What was asked for so lately will be asked for again: it is read along, and then nobody has to wait for it.
LATELY_SECONDS = 2.0
# A read that takes longer counts as a database that is away.
SLOW_SECONDS = 2.0
# Viewers are woken in such lots, so that ten thousand of them do not hold up a request that comes meanwhile.
LOT = 500


class Reader:
    """Collects wishes and fulfils them together."""

    def __init__(self, shelf: Shelf, read: Read) -> None:
        self._shelf = shelf
        self._read = read
        self._wanted: set[Entry] = set()
        self._bell = asyncio.Event()
        self._begun = -READ_SECONDS
        self._reading = False
        self._failing = False

    @property
    def away(self) -> bool:
        """Whether the database has failed to answer: the last state known is then the best there is."""
        return self._failing or (self._reading and time.monotonic() - self._begun > SLOW_SECONDS)

    def want(self, entries: Iterable[Entry]) -> None:
        """Read these next."""
        self._wanted.update(entries)
        if self._wanted:
            self._bell.set()

    async def run(self) -> None:
        """Read whenever something is wanted, for ever."""
        while True:
            await self._bell.wait()
            await asyncio.sleep(max(0.0, self._begun + READ_SECONDS - time.monotonic()))
            await self._turn()

    async def _turn(self) -> None:
        batch = self._take()
        self._begun = time.monotonic()
        self._reading = True
        try:
            found = await self._read([entry.slug for entry in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, viewers keep their state
            self._fail(batch, error)
        else:
            await self._deliver(batch, found)
        finally:
            self._reading = False

    def _take(self) -> list[Entry]:
        """All that is wanted now. A wish that comes from here on may be for a change after our look."""
        self._bell.clear()
        self._shelf.begin()
        now = time.monotonic()
        lately = (entry for entry in self._shelf if entry.snapshot and now - entry.asked_at < LATELY_SECONDS)
        batch = list(self._wanted.union(lately))
        self._wanted.clear()
        return batch

    async def _deliver(self, batch: Sequence[Entry], found: Mapping[str, Snapshot]) -> None:
        if self._failing:
            self._failing = False
            log.info("database_back")
        moved = []
        for entry in batch:
            if self._shelf.put(entry, found.get(entry.slug), self._begun):
                moved.append(entry)
            entry.release()
        for entry in moved:
            await _tell(entry)

    def _fail(self, batch: Sequence[Entry], error: Exception) -> None:
        if not self._failing:
            log.error("database_away", error=type(error).__name__)
        self._failing = True
        for entry in batch:
            entry.release()
        self.want(entry for entry in batch if entry.viewers)


async def _tell(entry: Entry) -> None:
    """Show the new state to all who watch; end their streams where the campaign is gone."""
    viewers = tuple(entry.viewers)
    for first in range(0, len(viewers), LOT):
        for viewer in viewers[first : first + LOT]:
            if entry.snapshot is None:
                viewer.end()
            else:
                viewer.show(entry.snapshot)
        await asyncio.sleep(0)
