"""Counters and snapshots for tests without a database."""

from datetime import UTC, datetime
from uuid import UUID

from campaign.live.snapshot import Snapshot
from campaign.reports import Counter


def counter(signatures: int, slug: str = "one") -> Counter:
    """A counter of a campaign whose id follows from its slug."""
    return Counter(
        campaign_id=identity(slug),
        slug=slug,
        signatures=signatures,
        paper=0,
        personal=None,
        goal=100,
        letters={"queued": 0, "sent": 0, "delivered": 0, "bounced": 0},
        targets=(),
        recent=(),
        as_of=datetime(2026, 11, 22, tzinfo=UTC),
    )


def identity(slug: str) -> UUID:
    """The id of that campaign."""
    return UUID(bytes=slug.encode().ljust(16, b"-")[:16])


def snapshot(signatures: int, slug: str = "one") -> Snapshot:
    """Its state."""
    return Snapshot.of(counter(signatures, slug))
