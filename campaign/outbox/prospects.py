"""When a queue will be empty, and when one letter's turn comes: from counts and the plan, never from the rows.

Fair turns make it simple. By the time an owner with `n` letters and share `w` has none left, each other owner has sent
what its own share allows. So an owner's end, or one letter's turn, is a number of letters; and the plan says when so
many have left.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.outbox import pauses, plans
from campaign.outbox.hours import Plan, following, openings
from campaign.outbox.lanes import Lane
from campaign.outbox.models import WAITING
from campaign.outbox.turns import PAIRS

SECONDS = 10.0
# Further ahead there is a limit that only staff open, or a plan without an open day.
FURTHEST = timedelta(days=365)


@dataclass(frozen=True)
class Waiting:
    """How many letters of an owner wait in a stream, and its share."""

    n: int
    weight: float = 1.0


@dataclass(frozen=True)
class Pacing:
    """How a stream stands: seconds between letters, when it gives the next permit, what has left on `day`."""

    gap: float
    opens_at: datetime
    day: date | None = None
    used: int = 0


def letters_until(owners: Mapping[UUID, Waiting], owner: UUID, ahead: int | None = None) -> int:
    """How many letters of all owners leave until this owner's one with `ahead` before it has; by default its last."""
    mine = owners[owner]
    own = mine.n if ahead is None else min(ahead + 1, mine.n)
    rounds = own / mine.weight
    return own + sum(min(other.n, math.ceil(other.weight * rounds)) for key, other in owners.items() if key != owner)


def moment_of(number: int, plan: Plan, pacing: Pacing, at: datetime) -> datetime:
    """When that many letters have left one by one, or the digest that takes it along leaves, whichever is first."""
    left, turn = number, max(at, pacing.opens_at)
    for opening in openings(plan, at):
        start = max(turn, opening.start)
        room = _room(plan, opening.day, pacing)
        seconds = max(0.0, (opening.end - start).total_seconds())
        fits = math.ceil(seconds / pacing.gap) if pacing.gap else left * (seconds > 0)
        here = min(room, fits)
        if left <= here:
            return start + timedelta(seconds=pacing.gap * (left - 1))
        left -= int(here)
        if here:
            turn = start + timedelta(seconds=pacing.gap * here)
        if plan.digest_above is not None and here >= room:
            digest = following(plan.of_digest, max(at, opening.start))
            if digest.day == opening.day:
                return max(digest.start, at)
    return following(plan, at).start + timedelta(days=365)


def _room(plan: Plan, day: date, pacing: Pacing) -> float:
    if plan.cap is None:
        return math.inf
    return max(0, plan.cap - (pacing.used if day == pacing.day else 0))


def queues() -> dict[str, dict[UUID, Waiting]]:
    """What waits in each stream, by owner. Counted through an index, and kept for ten seconds."""
    return remembered(("outbox queues",), _queues, SECONDS)


def _queues() -> dict[str, dict[UUID, Waiting]]:
    found: dict[str, dict[UUID, Waiting]] = {}
    for row in session().execute(_QUEUES):
        found.setdefault(row.stream, {})[row.owner] = Waiting(row.n, row.weight)
    return found


def pacings(streams: list[str]) -> dict[str, Pacing]:
    """How these streams stand. The slowest of the limits that every letter meets counts."""
    rows = session().execute(_PACINGS, {"streams": streams})
    return {row.key: Pacing(float(row.gap), row.opens_at, row.day, row.used) for row in rows}


def forecast(owner: UUID) -> dict[str, datetime]:
    """For each stream with letters of this owner: when the last that waits now will have left. On paper: none."""
    mine = {stream: owners for stream, owners in queues().items() if owner in owners}
    if not mine or pauses.standing([pauses.of_paper(owner)]):
        return {}
    standing, kept = pacings(list(mine)), plans.kept(mine)
    at = _now()
    return {
        stream: moment_of(letters_until(owners, owner), kept.get(stream, Plan()), standing[stream], at)
        for stream, owners in mine.items()
        if stream in standing
    }


@dataclass(frozen=True)
class Place:
    """A letter's place in line: about how many of its target leave before it, and when; None while it is stopped."""

    ahead: int
    at: datetime | None


def place(message_id: UUID) -> Place | None:
    """The place of one letter that waits; None for one that does not, or goes by its own time or on paper."""
    row = session().execute(_PLACE, {"id": message_id}).one_or_none()
    if row is None:
        return None
    owners = queues().get(row.stream, {})
    if row.owner not in owners:
        return None
    plan = plans.plan_of(row.stream)
    stopped = pauses.standing(pauses.holding(row.owner, Lane(row.lane), row.stream))
    if pauses.of_paper(row.owner) in stopped:
        return None
    if stopped:
        return Place(int(owners[row.owner].n * ((row.lot - row.spot) % 1.0)), None)
    if row.carried or row.digest:
        return Place(0, max(row.at, following(plan.of_digest, row.at).start))
    standing = pacings([row.stream]).get(row.stream)
    if standing is None:
        return None
    before = int(owners[row.owner].n * ((row.lot - row.spot) % 1.0))
    number = letters_until(owners, row.owner, before)
    at = moment_of(number, plan, standing, row.at)
    return Place(number - 1, at if at < row.at + FURTHEST else None)


def _now() -> datetime:
    at: datetime = session().execute(text("SELECT clock_timestamp()")).scalar_one()
    return at


_QUEUES = text(
    f"""
    {PAIRS}
    SELECT w.stream, w.owner, coalesce(t.weight, 1) AS weight, (
        SELECT count(*) FROM outbox_messages m
        WHERE m.stream = w.stream AND m.owner = w.owner AND {WAITING} AND lot IS NOT NULL) AS n
    FROM walk w LEFT JOIN outbox_turns t USING (stream, owner)
    """  # noqa: S608 - only our own words are put together
)
_PACINGS = text(
    """
    SELECT p.key, greatest(p.gap, lane.gap, (
        SELECT max(d.gap) FROM outbox_paces d WHERE d.key = 'domain:' || (
            SELECT domain FROM outbox_messages m WHERE m.stream = p.key AND state = 'queued' AND NOT frozen
              AND carrier_id IS NULL AND lot IS NOT NULL LIMIT 1)
    )) AS gap, greatest(p.opens_at, lane.opens_at) AS opens_at, p.day, p.used
    FROM outbox_paces p LEFT JOIN outbox_paces lane ON lane.key = 'lane:' || p.lane
    WHERE p.key = ANY(:streams)
    """
)
_PLACE = text(
    """
    SELECT m.lane, m.stream, m.owner, m.lot, coalesce(t.spot, 0) AS spot, m.carrier_id IS NOT NULL AS carried,
      coalesce(t.digest, false) AS digest,
      clock_timestamp() AS at
    FROM outbox_messages m LEFT JOIN outbox_turns t ON t.stream = m.stream AND t.owner = m.owner
    WHERE m.id = :id AND m.state = 'queued' AND m.lot IS NOT NULL
    """
)
