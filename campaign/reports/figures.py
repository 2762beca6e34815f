"""What staff see of a campaign: its signatures by day, hour, language, source and area, and its letters.

All of it is sums of tallies; no row is counted for a page. Days are those of the campaign's country, hours are shown by
its clocks too, though they are kept in UTC.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from campaign import counters
from campaign.core import clock, zones
from campaign.reports.counter import NAMES, personal
from campaign.signatures import campaign_key, figures_key, hour_part, zone

HOURS = 48
Parts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Day:
    """One day by the clocks of the campaign's country."""

    day: date
    signatures: int
    personal: int


@dataclass(frozen=True)
class Hour:
    """One hour; `at` is its beginning, in the campaign's time zone."""

    at: datetime
    signatures: int


@dataclass(frozen=True)
class Share:
    """Signatures with one language, source or area; `key` is empty for those without a source."""

    key: str
    signatures: int


@dataclass(frozen=True)
class Figures:
    """A campaign's figures at one moment. `signatures` has those on paper in it; the parts are of the others."""

    campaign_id: UUID
    zone: str
    signatures: int
    paper: int
    personal: int
    own: int | None  # per cent of all words, as the campaign page shows it
    own_mail: int
    today: int
    letters: dict[str, int]
    targets: dict[UUID, dict[str, int]]
    by_day: tuple[Day, ...]
    by_hour: tuple[Hour, ...]
    by_language: tuple[Share, ...]
    by_source: tuple[Share, ...]
    by_area: tuple[Share, ...]

    @property
    def personal_share(self) -> float:
        """How many of the signatures given here came with a text of their own (0 to 1)."""
        given = self.signatures - self.paper
        return self.personal / given if given > 0 else 0.0

    @property
    def delivered_share(self) -> float:
        """How many of the letters that were sent are known to have arrived (0 to 1)."""
        return self.letters["delivered"] / self.letters["sent"] if self.letters["sent"] else 0.0


def figures(campaign_id: UUID) -> Figures:
    """The figures of a campaign."""
    public, parts = counters.figures(campaign_key(campaign_id)), counters.figures(figures_key(campaign_id))
    place = zone(campaign_id)
    today = zones.local(clock.now(), place).date()
    own = public.get("", {})
    posts = {UUID(part[7:]): names for part, names in public.items() if part.startswith("target:")}
    return Figures(
        campaign_id=campaign_id,
        zone=place,
        signatures=own.get("signatures", 0) + own.get("paper", 0),
        paper=own.get("paper", 0),
        personal=parts.get("", {}).get("personal", 0),
        own=personal(own),
        own_mail=own.get("own_mail", 0),
        today=parts.get(f"day:{today}", {}).get("signatures", 0),
        letters=_letters(posts.values()),
        targets={id_: _letters([names]) for id_, names in posts.items()},
        by_day=_days(parts, today),
        by_hour=_hours(parts, place),
        by_language=_shares(parts, "lang:"),
        by_source=_shares(parts, "source:"),
        by_area=_shares(parts, "area:"),
    )


def _letters(posts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    many = list(posts)
    return {name: sum(names.get(name, 0) for names in many) for name in NAMES}


def _days(parts: Parts, today: date) -> tuple[Day, ...]:
    """From the first day with a signature until today, those without one too."""
    known = {date.fromisoformat(part[4:]): names for part, names in parts.items() if part.startswith("day:")}
    first = min((day for day, names in known.items() if names.get("signatures")), default=None)
    if first is None:
        return ()
    days = (first + timedelta(days=n) for n in range((max(today, *known) - first).days + 1))
    none: Mapping[str, int] = {}
    return tuple(
        Day(day, known.get(day, none).get("signatures", 0), known.get(day, none).get("personal", 0)) for day in days
    )


def _hours(parts: Parts, place: str) -> tuple[Hour, ...]:
    """The last two days, hour by hour, until now."""
    this = clock.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [this - timedelta(hours=n) for n in reversed(range(HOURS))]
    return tuple(Hour(zones.local(at, place), parts.get(hour_part(at), {}).get("signatures", 0)) for at in hours)


def _shares(parts: Parts, kind: str) -> tuple[Share, ...]:
    """The largest first."""
    found = [
        Share(part[len(kind) :], names["signatures"])
        for part, names in parts.items()
        if part.startswith(kind) and names.get("signatures")
    ]
    return tuple(sorted(found, key=lambda share: (-share.signatures, share.key)))
