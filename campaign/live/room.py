"""How many streams may be open: in all, and from one network."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from campaign.live.failures import Unavailable

# One network takes at most a fiftieth of all places (200 of 10,000): it takes many to lock the others out. More are
# rarely honest: carriers that share an address give each subscriber some hundred ports, so 30 to 150 people share one.
NETWORK_PARTS = 50
NETWORK_LEAST = 20
# Our own machine: a load test, or a proxy that PROXIES does not count, with everybody behind it.
LOOPBACK = frozenset({"127.0.0.1", "::/64"})
RETRY_SECONDS = 10


class Room:
    """The places for open streams."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._network_places = max(NETWORK_LEAST, places // NETWORK_PARTS)
        self._taken: Counter[str] = Counter()
        self.total = 0

    @contextmanager
    def place(self, network: str) -> Iterator[None]:
        """Hold one place while inside; raises Unavailable when there is none."""
        crowded = self._taken[network] >= self._network_places and network not in LOOPBACK
        if crowded or self.total >= self._places:
            raise Unavailable("All places are taken; the counter can still be read.", retry_after=RETRY_SECONDS)
        self._taken[network] += 1
        self.total += 1
        try:
            yield
        finally:
            self.total -= 1
            self._taken[network] -= 1
            if not self._taken[network]:
                del self._taken[network]
