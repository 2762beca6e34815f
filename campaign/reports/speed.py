"""How fast people sign, and when the next goal is reached if they go on like that."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from campaign import counters
from campaign.core import clock, zones
from campaign.core.cache import remembered
from campaign.reports.counter import Counter
from campaign.signatures import figures_key, hour_part, zone

WINDOW_HOURS = 24
# Fewer in that time say nothing about the next day.
FEWEST = 10
# Nobody knows how people sign in a month.
FURTHEST = timedelta(days=30)
SECONDS = 30.0


@dataclass(frozen=True)
class Arrival:
    """When the next goal is reached at the pace of the last day, and now, both in the campaign's time zone."""

    at: datetime
    now: datetime


def arrival(counter: Counter) -> Arrival | None:
    """When a campaign reaches the goal that its counter shows; None where too little is known to say so."""
    pace = remembered(("pace", counter.campaign_id), lambda: per_hour(counter.campaign_id), SECONDS)
    if not pace or not counter.to_go:
        return None
    ahead = timedelta(hours=counter.to_go / pace)
    if ahead > FURTHEST:
        return None
    at = clock.now()
    place = zone(counter.campaign_id)
    return Arrival(zones.local(at + ahead, place), zones.local(at, place))


def per_hour(campaign_id: UUID) -> float | None:
    """Signatures an hour over the last day, or since the first of them; None where there are hardly any."""
    at = clock.now().astimezone(UTC)
    this = at.replace(minute=0, second=0, microsecond=0)
    parts = counters.figures(figures_key(campaign_id))
    hours = [this - timedelta(hours=n) for n in reversed(range(WINDOW_HOURS + 1))]
    counts = [parts.get(hour_part(hour), {}).get("signatures", 0) for hour in hours]
    if sum(counts) < FEWEST:
        return None
    older = any(names.get("signatures") for part, names in parts.items() if _before(part, hours[0]))
    begun = hours[0] if older else next(hour for hour, n in zip(hours, counts, strict=True) if n)
    return sum(counts) / max(1.0, (at - begun) / timedelta(hours=1))


def _before(part: str, hour: datetime) -> bool:
    return part.startswith("hour:") and part < hour_part(hour)
