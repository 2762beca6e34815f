"""The delivery plan of a stream, kept by its pace row: the present opening, and how much of the day's number is used.

The row's `opening` is the only stretch of time in which it gives permits, and `cap` how many on that day. When either
is over, the claim that meets it asks for the next: computed here from the plan and the database's clock, written while
the row is locked. So hours, holidays and the number hold over any number of workers, and nobody polls.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from campaign import config
from campaign.core.db import session
from campaign.outbox import pace
from campaign.outbox.delivery_models import DeliveryPlan
from campaign.outbox.hours import Plan, day_start, local_day, turn
from campaign.outbox.lanes import Lane
from campaign.outbox.pace import Over, Permit, Shut

# Digests keep to hours of their own, beside the stream whose letters they carry.
DIGEST = "/digest"
_COLUMNS = [getattr(DeliveryPlan, name) for name in Plan.__dataclass_fields__]


def plan_of(stream: str) -> Plan:
    """The plan of a stream; the default where nobody has set one."""
    return kept([stream]).get(stream, Plan())


def kept(streams: Iterable[str] | None = None) -> dict[str, Plan]:
    """The plans that somebody has set, by stream: all, or those of these streams."""
    query = select(DeliveryPlan.stream, *_COLUMNS).order_by(DeliveryPlan.stream)
    rows = session().execute(query if streams is None else query.where(DeliveryPlan.stream.in_(list(streams))))
    return {row.pop("stream"): read(row) for row in map(dict, rows.mappings())}


def read(values: Mapping[str, Any]) -> Plan:
    """A plan as JSON holds it, such as in the audit log."""
    week = tuple((window[0], window[1]) if window else None for window in values["week"])
    return Plan(**{**values, "week": week})


def stored(plan: Plan) -> dict[str, Any]:
    """A plan as the database holds it."""
    return {**asdict(plan), "week": [list(window) if window else None for window in plan.week]}


def save_plan(stream: str, plan: Plan, lane: Lane = Lane.LETTERS) -> None:
    """Give a stream this plan, at once; what has left today counts. Call it in a transaction.

    The pace of the settings stays the ceiling of `per_hour`.
    """
    values = stored(plan)
    row = insert(DeliveryPlan).values(stream=stream, **values)
    session().execute(row.on_conflict_do_update(index_elements=["stream"], set_=values))
    _apply(stream, plan, lane)


def _apply(stream: str, plan: Plan, lane: Lane) -> None:
    ceiling = config.current().target_pace
    rate = plan.rate if plan.rate and plan.rate.gap > ceiling.gap else ceiling
    pace.set_rate(stream, rate, lane)
    for key, own in ((stream, plan), (stream + DIGEST, plan.of_digest)):
        # Locked before the clock is read and the day's letters are counted: no claim comes between.
        found = session().execute(_LOCK, {"key": key}).one_or_none()
        if found is None:
            continue
        _open(key, own, found.at, local_day(own, found.at), used_today(key, own, found.at))


def take(limits: dict[str, Lane | None]) -> Permit | Shut:
    """Take one permit from every limit, or none and answer the limit that opens last; see `pace.take`."""
    answer = pace.take(limits)
    if isinstance(answer, Over):
        _turn_page(answer.keys, answer.at)
        answer = pace.take(limits)
    return Shut(answer.keys[0], 0.0) if isinstance(answer, Over) else answer


def _turn_page(keys: tuple[str, ...], at: datetime) -> None:
    """Give these limits their next opening, in the claim that found them over and holds their locks."""
    for key in keys:
        stream, digest, _rest = key.partition(DIGEST)
        plan = plan_of(stream)
        found = session().execute(_LOCK, {"key": key}).one()
        if found.day is None and not digest and plan != Plan():  # the row is new, after a restore: so is its rate
            _apply(stream, plan, Lane(found.lane))
        else:
            _open(key, plan.of_digest if digest else plan, at, found.day, found.used)


def used_today(key: str, plan: Plan, at: datetime) -> int:
    """How many letters have left one by one on the office's day of `at`; counted, for once a day."""
    return int(session().scalar(_USED, {"stream": key, "since": day_start(plan, local_day(plan, at))}) or 0)


def _open(key: str, plan: Plan, at: datetime, day: date | None, used: int) -> None:
    if plan.is_open_always:
        session().execute(_OPEN, {"key": key, "start": None, "end": None, "day": None, "used": 0, "cap": None})
        return
    opening, used = turn(plan, at, day, used)
    values = {"start": opening.start, "end": opening.end, "day": opening.day, "used": used}
    session().execute(_OPEN, {"key": key, "cap": plan.cap, **values})


_LOCK = text("SELECT lane, day, used, clock_timestamp() AS at FROM outbox_paces WHERE key = :key FOR UPDATE")
# A claim is a permit: as many as there were moves to sending.
_USED = text(
    """
    SELECT count(*) FROM outbox_moves v JOIN outbox_messages m ON m.id = v.message_id
    WHERE m.stream = :stream AND v.to_state = 'sending' AND v.at >= :since AND m.carrier_id IS NULL
      AND m.changed_at >= :since
    """
)
# The pace itself goes on where it was; a closure outlasts any opening.
_OPEN = text(
    """
    UPDATE outbox_paces SET opening = CASE WHEN cast(:start AS timestamptz) IS NOT NULL THEN
        tstzrange(:start, :end) END, day = :day, used = :used, cap = :cap,
      opens_at = greatest(tat, closed_until, :start)
    WHERE key = :key
    """
)
