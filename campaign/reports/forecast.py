"""When the letters that wait will have left, and what holds them up: for each office of a campaign."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from campaign import counters, outbox, targets
from campaign.campaigns import StaffCampaign
from campaign.core import clock, i18n
from campaign.outbox import Lane, LimitView, Plan, pauses
from campaign.signatures import campaign_key
from campaign.targets import Target


class Cause(StrEnum):
    """What holds letters up, or makes them slower than the pace of the installation."""

    PAPER = "paper"  # they wait for a hand-over, see `outbox.paper`
    PAUSED = "paused"  # by staff
    STOPPED = "stopped"  # mail came back for good: staff must look
    SHUT = "shut"  # a rest after a failure, or closed until somebody opens it
    HOURS = "hours"  # the office's hours begin later
    DAY = "day"  # as many as the plan allows have left today
    PLAN = "plan"  # the plan's own pace


@dataclass(frozen=True)
class Halt:
    """A pause that stands, in the words of who made it."""

    cause: Cause
    reason: str


@dataclass(frozen=True)
class Queue:
    """Letters of a campaign that wait for one post, and what they keep to.

    `keys` are those of their limits, the stream's first; `ends` in how many seconds the plan lets the last of them
    leave, None where nothing waits for its turn.
    """

    post_id: UUID
    queued: int
    keys: tuple[str, ...]
    ends: float | None = None
    halt: Halt | None = None
    plan: Plan = field(default_factory=Plan)


@dataclass(frozen=True)
class Lasting:
    """What becomes of one queue. `seconds` until it is empty: None while only staff can open it, or without end."""

    post_id: UUID
    queued: int
    per_minute: float | None  # its own pace; None: no limit
    seconds: float | None
    reason: str | None  # why it is closed now
    cause: Cause | None = None
    until: float | None = None  # seconds until it goes on by itself


@dataclass(frozen=True)
class Forecast:
    """All queues of a campaign. `seconds` until the last is empty: None where one is stopped."""

    queued: int
    seconds: float | None
    lane: LimitView
    targets: tuple[Lasting, ...]

    @property
    def on_paper(self) -> bool:
        """Whether they leave by a hand-over and not by mail."""
        return any(each.cause is Cause.PAPER for each in self.targets)

    @property
    def per_minute(self) -> float | None:
        """The pace to each office, where it is the same for all of them."""
        paces = {each.per_minute for each in self.targets}
        return paces.pop() if len(paces) == 1 else None


def forecast(campaign: StaffCampaign) -> Forecast:
    """The forecast of a campaign: sums of tallies, the plans and a few limits; no row is counted for it alone."""
    figures = counters.figures(campaign_key(campaign.id))
    posts = targets.resolve(campaign.post_ids, clock.today(), i18n.language())
    ends, now = outbox.forecast(campaign.id), clock.now()
    standing, plans = pauses.standing(), outbox.plans.kept([_stream(post) for post in posts])
    queues = []
    for post in posts:
        stream, domain = _stream(post), (post.email or "").rpartition("@")[2].lower()
        queues.append(
            Queue(
                post_id=post.post_id,
                queued=figures.get(stream, {}).get("queued", 0),
                keys=(stream, *(key for key in outbox.limits_of(Lane.LETTERS, stream, domain) if key != stream)),
                ends=max(0.0, (ends[stream] - now).total_seconds()) if stream in ends else None,
                halt=_halt(campaign.id, stream, standing),
                plan=plans.get(stream, Plan()),
            )
        )
    every = {Lane.LETTERS.limit}.union(*(queue.keys for queue in queues))
    return work_out(queues, outbox.read_limits(every))


def _stream(post: Target) -> str:
    return f"target:{post.post_id}"


def _halt(owner: UUID, stream: str, standing: Mapping[str, pauses.PauseView]) -> Halt | None:
    """Why an owner's letters in a stream do not leave by mail now: they go on paper, or the widest pause."""
    if pauses.of_paper(owner) in standing:
        return Halt(Cause.PAPER, "")
    for key in pauses.holding(owner, Lane.LETTERS, stream):
        if key in standing:
            trouble = key == stream and not standing[key].actor.startswith("staff:")
            return Halt(Cause.STOPPED if trouble else Cause.PAUSED, standing[key].reason)
    return None


def work_out(queues: Sequence[Queue], limits: Mapping[str, LimitView]) -> Forecast:
    """The forecast of these queues: each is empty when its plan and the slowest of its limits have let it through."""
    loads: dict[str, int] = {}
    for queue in queues:
        for key in queue.keys:
            loads[key] = loads.get(key, 0) + queue.queued
    found = tuple(_lasting(queue, [limits[key] for key in queue.keys], loads) for queue in queues)
    return Forecast(
        queued=sum(queue.queued for queue in queues),
        seconds=_latest([each.seconds for each in found if each.queued]),
        lane=limits[Lane.LETTERS.limit],
        targets=found,
    )


def _lasting(queue: Queue, limits: Sequence[LimitView], loads: Mapping[str, int]) -> Lasting:
    paces = [limit.per_minute for limit in limits if limit.per_minute is not None]
    cause, reason, until = _slowed(queue, limits)
    return Lasting(
        post_id=queue.post_id,
        queued=queue.queued,
        per_minute=min(paces, default=None),
        seconds=_seconds(queue, limits, loads) if queue.queued else 0.0,
        reason=reason,
        cause=cause,
        until=until,
    )


def _slowed(queue: Queue, limits: Sequence[LimitView]) -> tuple[Cause | None, str | None, float | None]:
    """Why it is held up, in whose words, and for how long where a clock ends it."""
    if queue.halt:
        return queue.halt.cause, queue.halt.reason, None
    shut = max((limit for limit in limits if limit.closed is not None), key=lambda each: each.closed or 0, default=None)
    if shut:
        return Cause.SHUT, shut.reason or "", None if shut.for_good else shut.closed
    later = next((limit.later for limit in limits if limit.later is not None), None)
    if later is not None:
        now = clock.now()
        in_hours = outbox.following(queue.plan, now).start <= now
        return Cause.DAY if in_hours else Cause.HOURS, None, later
    return (Cause.PLAN if queue.plan.per_hour else None), None, None


def _seconds(queue: Queue, limits: Sequence[LimitView], loads: Mapping[str, int]) -> float | None:
    """Until all have left. What does not wait for its turn (on its way, due later) is reckoned by the limits alone."""
    if queue.halt or any(limit.for_good for limit in limits):
        return None
    if queue.ends is not None:
        return max([queue.ends, *(limit.closed or 0.0 for limit in limits)])
    return max((_let_through(limit, loads[limit.key]) for limit in limits), default=0.0)


def _let_through(limit: LimitView, load: int) -> float:
    return (limit.closed or 0.0) + (60 * load / limit.per_minute if limit.per_minute else 0.0)


def _latest(seconds: Iterable[float | None]) -> float | None:
    known = list(seconds)
    return None if None in known else max((each for each in known if each is not None), default=0.0)
