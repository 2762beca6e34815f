"""When the letters that wait will have left, at the present pace.

Only a campaign's own letters are looked at: another campaign's to the same office stand in the same queue and make
this one later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from campaign import counters, outbox, targets
from campaign.campaigns import StaffCampaign
from campaign.core import clock, i18n
from campaign.outbox import Lane, LimitView
from campaign.signatures import campaign_key


@dataclass(frozen=True)
class Queue:
    """Letters of a campaign that wait for one post, and the keys of the limits that they keep to."""

    post_id: UUID
    queued: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Lasting:
    """What becomes of one queue. `seconds` until it is empty: None while only staff can open it, or without end."""

    post_id: UUID
    queued: int
    per_minute: float | None  # its own pace; None: no limit
    seconds: float | None
    reason: str | None  # why it is closed now


@dataclass(frozen=True)
class Forecast:
    """All queues of a campaign. `seconds` until the last is empty: None where one is stopped."""

    queued: int
    seconds: float | None
    lane: LimitView
    targets: tuple[Lasting, ...]

    @property
    def per_minute(self) -> float | None:
        """The pace to each office, where it is the same for all of them."""
        paces = {each.per_minute for each in self.targets}
        return paces.pop() if len(paces) == 1 else None


def forecast(campaign: StaffCampaign) -> Forecast:
    """The forecast of a campaign: a sum of tallies and a few limits, no counting of rows."""
    figures = counters.figures(campaign_key(campaign.id))
    posts = targets.resolve(campaign.post_ids, clock.today(), i18n.language())
    queues = []
    for post in posts:
        domain = (post.email or "").rpartition("@")[2].lower()
        keys = outbox.limits_of(Lane.LETTERS, f"target:{post.post_id}", domain)
        queues.append(Queue(post.post_id, figures.get(f"target:{post.post_id}", {}).get("queued", 0), tuple(keys)))
    every = {Lane.LETTERS.limit}.union(*(queue.keys for queue in queues))
    return work_out(queues, outbox.read_limits(every))


def work_out(queues: Sequence[Queue], limits: Mapping[str, LimitView]) -> Forecast:
    """The forecast of these queues: each is empty when the slowest of its limits has let all through that share it."""
    loads: dict[str, int] = {}
    for queue in queues:
        for key in queue.keys:
            loads[key] = loads.get(key, 0) + queue.queued
    found = tuple(_lasting(queue, [limits[key] for key in queue.keys], loads) for queue in queues)
    waiting = [each.seconds for each in found if each.queued]
    return Forecast(
        queued=sum(queue.queued for queue in queues),
        seconds=_latest(waiting),
        lane=limits[Lane.LETTERS.limit],
        targets=found,
    )


def _lasting(queue: Queue, limits: Sequence[LimitView], loads: Mapping[str, int]) -> Lasting:
    paces = [limit.per_minute for limit in limits if limit.per_minute is not None]
    shut = max((limit for limit in limits if limit.closed is not None), key=lambda each: each.closed or 0, default=None)
    return Lasting(
        post_id=queue.post_id,
        queued=queue.queued,
        per_minute=min(paces, default=None),
        seconds=_latest(_seconds(limit, loads[limit.key]) for limit in limits) if queue.queued else 0.0,
        reason=(shut.reason or "") if shut else None,
    )


def _seconds(limit: LimitView, load: int) -> float | None:
    """Until a limit has let so many through: None where only staff open it."""
    if limit.for_good:
        return None
    return (limit.closed or 0.0) + (60 * load / limit.per_minute if limit.per_minute else 0.0)


def _latest(seconds: Iterable[float | None]) -> float | None:
    known = list(seconds)
    return None if None in known else max((each for each in known if each is not None), default=0.0)
