"""Read the ledger: lanes and streams at a glance, one message's history, caps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.outbox.lanes import Lane
from campaign.outbox.models import Message, Move, Pace
from campaign.outbox.pace import MARGIN
from campaign.outbox.states import FIGURES, State

# How many messages were written to an address lately, by the database's clock, over all campaigns: for statements that
# ask for more.
MAILS_SQL = """
    (SELECT count(*) FROM outbox_messages
     WHERE recipient_hash = {hash} AND created_at > clock_timestamp() - interval '{seconds} seconds')
"""


@dataclass(frozen=True)
class LaneView:
    """One lane: how many messages stand in each state, its pace, and why it is closed if it is."""

    lane: Lane
    states: dict[State, int]
    per_minute: float | None
    closed_until: datetime | None
    closed_reason: str | None


@dataclass(frozen=True)
class MessageView:
    """One message without its text or its reader."""

    id: UUID
    kind: str
    owner: UUID | None
    lane: Lane
    stream: str
    state: State
    frozen: bool
    due_at: datetime
    changed_at: datetime
    created_at: datetime
    attempts: int
    note: str | None
    domain: str


@dataclass(frozen=True)
class MoveView:
    """One step in a message's history."""

    at: datetime
    from_state: State
    to_state: State
    cause: str
    actor: str


VIEW = tuple(getattr(Message, name) for name in MessageView.__dataclass_fields__)


# By owner, lane and stream: how many messages stand in each state.
Standing = Mapping[tuple[UUID, Lane, str], Mapping[State, int]]


def standing(owners: Sequence[UUID]) -> Standing:
    """How many messages of these owners stand in each state, by owner, lane and stream. Counted in an index alone."""
    found: dict[tuple[UUID, Lane, str], dict[State, int]] = {}
    for owner, lane, stream, state, n in session().execute(_STANDING, {"owners": list(owners)}):
        found.setdefault((owner, Lane(lane), stream), {})[State(state)] = n
    return found


def lanes(counted: Standing | None = None) -> list[LaneView]:
    """Every lane; with the messages that were counted, else with all there are."""
    states: dict[Lane, dict[State, int]] = {lane: {} for lane in Lane}
    for lane, state, n in _by_lane(counted):
        states[lane][state] = states[lane].get(state, 0) + n
    paces = {row.key: row for row in session().scalars(select(Pace).where(Pace.key.in_([lane.limit for lane in Lane])))}
    return [_lane_view(lane, states[lane], paces.get(lane.limit)) for lane in Lane]


def _by_lane(counted: Standing | None) -> Iterator[tuple[Lane, State, int]]:
    if counted is None:
        query = select(Message.lane, Message.state, func.count()).group_by(Message.lane, Message.state)
        for lane, state, n in session().execute(query):
            yield lane, state, n
        return
    for (_owner, lane, _stream), states in counted.items():
        yield from ((lane, state, n) for state, n in states.items())


def _lane_view(lane: Lane, states: dict[State, int], pace: Pace | None) -> LaneView:
    closed = pace.closed_until if pace and pace.closed_until and pace.closed_until > now() else None
    per_minute = 60 * MARGIN / pace.gap if pace and pace.gap else None
    return LaneView(lane, states, per_minute, closed, pace.closed_reason if pace and closed else None)


def streams(counted: Standing) -> dict[tuple[UUID, str], dict[State, int]]:
    """The same by owner and stream; digests count with the stream."""
    found: dict[tuple[UUID, str], dict[State, int]] = {}
    for (owner, _lane, stream), states in counted.items():
        here = found.setdefault((owner, stream.partition("/")[0]), {})
        for state, n in states.items():
            here[state] = here.get(state, 0) + n
    return found


def message(id_: UUID, owners: Sequence[UUID] | None = None) -> tuple[MessageView, list[MoveView]]:
    """One message and its whole history; raises NotFound, also for a message of others than these owners."""
    query = select(*VIEW).where(Message.id == id_)
    row = session().execute(query if owners is None else query.where(Message.owner.in_(owners))).one_or_none()
    if row is None:
        raise NotFound("There is no such message.")
    columns = (Move.at, Move.from_state, Move.to_state, Move.cause, Move.actor)
    moves = session().execute(select(*columns).where(Move.message_id == id_).order_by(Move.id))
    return MessageView(*row), [MoveView(*move) for move in moves]


def sent_by_day(owner: UUID, zone: str, days: int) -> dict[date, int]:
    """How many letters left on each of the last days in that time zone, by their first attempt or their hand-over."""
    rows = session().execute(_BY_DAY, {"owner": owner, "zone": zone, "days": days})
    return {row.day: row.n for row in rows}


def states_of(ids: list[UUID]) -> dict[UUID, tuple[State, datetime]]:
    """Where each of these messages stands, and since when."""
    rows = session().execute(select(Message.id, Message.state, Message.changed_at).where(Message.id.in_(ids)))
    return {id_: (state, at) for id_, state, at in rows}


def figures(prefix: str) -> dict[str, dict[str, int]]:
    """The public figures by the rest of each tally key after `prefix`. Counts rows: nightly only."""
    rows = session().execute(
        select(Message.tally_key, Message.state, func.count())
        .where(func.starts_with(Message.tally_key, prefix))
        .group_by(Message.tally_key, Message.state)
    )
    found: dict[str, dict[str, int]] = {}
    for key, state, n in rows:
        names = found.setdefault(str(key).removeprefix(prefix), {})
        for name in FIGURES[state]:
            names[name] = names.get(name, 0) + n
    return found


# From one to the next of the few combinations that there are, then each is counted: no row is read, none is sorted.
_STANDING = text(
    """
    WITH RECURSIVE walk AS (
        SELECT f.* FROM unnest(:owners) AS o(id) CROSS JOIN LATERAL (
            SELECT owner, lane, stream, state FROM outbox_messages WHERE owner = o.id
            ORDER BY owner, lane, stream, state LIMIT 1
        ) f
        UNION ALL
        SELECT n.* FROM walk w CROSS JOIN LATERAL (
            SELECT owner, lane, stream, state FROM outbox_messages m
            WHERE m.owner = w.owner AND (m.lane, m.stream, m.state) > (w.lane, w.stream, w.state)
            ORDER BY owner, lane, stream, state LIMIT 1
        ) n
    )
    SELECT owner, lane, stream, state, (
        SELECT count(*) FROM outbox_messages m
        WHERE m.owner = w.owner AND m.lane = w.lane AND m.stream = w.stream AND m.state = w.state) AS n
    FROM walk w
    """
).bindparams(bindparam("owners", type_=ARRAY(Uuid())))
_BY_DAY = text(
    """
    SELECT (coalesce(tried_at, changed_at) AT TIME ZONE :zone)::date AS day, count(*) AS n FROM outbox_messages
    WHERE owner = :owner AND lane = 'letters' AND NOT starts_with(stream, 'rehearsal:')
      AND state IN ('sent', 'delivered', 'bounced', 'complained', 'handed_over')
      AND changed_at > clock_timestamp() - make_interval(days => :days)
      AND coalesce(tried_at, changed_at) > clock_timestamp() - make_interval(days => :days)
    GROUP BY day
    """
)
