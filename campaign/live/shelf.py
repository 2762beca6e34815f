"""The slugs that are kept in memory, bounded whatever is asked for."""

from collections import Counter
from collections.abc import Iterable, Iterator

from campaign.live.entry import Entry
from campaign.live.failures import Unavailable
from campaign.live.snapshot import Snapshot

# A slug that names no campaign is remembered so long.
MISS_SECONDS = 5.0
# A state that nobody asks for is kept so long, for when the database is away.
FORGET_SECONDS = 600.0
# Slugs never heard of that may wait for the next read: in all, and from one network. With one read a second this
# bounds what misses take up, too: ROOM x MISS_SECONDS entries of some hundred bytes.
ROOM = 500
SHARE = 50


class Shelf:
    """Entries by slug and by tally key."""

    def __init__(self) -> None:
        self._by_slug: dict[str, Entry] = {}
        self._by_key: dict[str, Entry] = {}
        self._newcomers: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._by_slug.values())

    def __len__(self) -> int:
        return len(self._by_slug)

    def find(self, slug: str) -> Entry | None:
        """What is known of a slug."""
        return self._by_slug.get(slug)

    def watched(self, keys: Iterable[str]) -> list[Entry]:
        """Those of these tally keys that somebody watches."""
        found = (self._by_key.get(key) for key in keys)
        return [entry for entry in found if entry is not None and entry.viewers]

    def admit(self, slug: str, network: str) -> Entry:
        """An entry for a slug never heard of; raises Unavailable when too many wait already."""
        if self._newcomers.total() >= ROOM or self._newcomers[network] >= SHARE:
            raise Unavailable("Too many questions at once. Please ask again in a moment.", retry_after=1)
        self._newcomers[network] += 1
        return self._by_slug.setdefault(slug, Entry(slug))

    def begin(self) -> None:
        """A read has begun: others may ask for the next one."""
        self._newcomers.clear()

    def put(self, entry: Entry, snapshot: Snapshot | None, moment: float) -> bool:
        """Keep what was read; True when that is another state than before."""
        entry.read_at = moment
        before = entry.snapshot
        if before is not None and snapshot is not None and before.tag == snapshot.tag:
            return False
        entry.snapshot = snapshot
        if before is not None:
            self._by_key.pop(before.key, None)
        if snapshot is not None:
            self._by_key[snapshot.key] = entry
        return before is not snapshot

    def prune(self, now: float) -> None:
        """Forget what nobody needs any more."""
        for entry in [entry for entry in self if _stale(entry, now)]:
            del self._by_slug[entry.slug]
            if entry.snapshot is not None:
                self._by_key.pop(entry.snapshot.key, None)


def _stale(entry: Entry, now: float) -> bool:
    if entry.viewers or entry.waiting is not None:
        return False
    if entry.snapshot is None:
        return entry.age(now) > MISS_SECONDS
    return now - entry.asked_at > FORGET_SECONDS
