"""The one statement that moves messages between states, logs the move and moves the tallies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from campaign import counters
from campaign.core.columns import Sealed
from campaign.core.db import session
from campaign.core.errors import Conflict
from campaign.outbox.states import MOVES, State, change, sources
from campaign.outbox.turns import CHARGE, Pair

# Extra assignments by name. Fixed text: values travel as parameters.
SETTERS = {
    "due_in": "due_at = clock_timestamp() + make_interval(secs => :due_in)",
    "again": "due_at = m.created_at + make_interval(secs => :again)",
    "due_at": "due_at = greatest(:due_at, clock_timestamp())",
    "lease": "fence = nextval('outbox_fence'), lease_until = clock_timestamp() + make_interval(secs => :lease), "
    "tried_at = coalesce(m.tried_at, clock_timestamp())",
    "tried": "attempts = m.attempts + :tried",
    "mail": "mail = :mail",
    "domain": "domain = :domain",
    "provider_id": "provider_id = coalesce(:provider_id, m.provider_id)",
    "note": "note = :note",
    "lot": "lot = NULL",  # it has had its turn, and goes by its time from now on
    "anew": "attempts = 0, tried_at = NULL, due_at = clock_timestamp(), provider_id = NULL, "
    "edition = m.edition + :anew, mail = CASE WHEN :anew = 1 THEN NULL ELSE m.mail END",
}
# A letter in a digest that is on its way moves with it, and not by itself; one that waits still leaves it so.
ALONE = "NOT (carrier_id IS NOT NULL AND state IN ('sending', 'unsure'))"


@dataclass(frozen=True)
class Moved:
    """A message that moved, with what the next step needs of it; `age` in seconds since its first attempt."""

    id: UUID
    before: State
    fence: int | None
    attempts: int
    age: float
    carries: bool = False


def move(
    ids: Sequence[UUID],
    to: State,
    *,
    cause: str,
    actor: str,
    fence: int | None = None,
    only_from: Sequence[State] | None = None,
    turn: Pair | None = None,
    **values: Any,
) -> list[Moved]:
    """Move those of the messages that may go there; answers the ones that moved. The letters of a digest follow it.

    `fence` restricts it to the holder of that claim, `only_from` to some of the allowed states; `turn` is the stream
    and the owner that it is charged to.
    """
    froms = [state for state in sources(to) if only_from is None or state in only_from]
    if turn is not None:
        values |= {"stream": turn[0], "owner": turn[1]}
    rows = session().execute(
        _statement(frozenset(values), fence is not None),
        {
            "ids": list(ids),
            "to": to.value,
            "froms": [state.value for state in froms],
            "cause": cause,
            "actor": actor,
            **({"fence": fence} if fence is not None else {}),
            **values,
        },
    )
    moved = []
    for id_, word, number, attempts, age, tally_key, carries in rows:
        before = State(word)
        if tally_key:
            counters.bump(tally_key, **change(before, to))
        moved.append(Moved(id_, before, number, attempts, float(age or 0), carries))
    for one in moved:
        if one.carries:
            _follow(one, to, cause, actor)
    return moved


def _follow(carrier: Moved, to: State, cause: str, actor: str) -> None:
    """Move the letters of a digest that stood where it stood: each keeps its own state, history and figures."""
    values = {"carrier": carrier.id, "before": carrier.before.value, "to": to.value, "cause": cause, "actor": actor}
    for tally_key, n in session().execute(FOLLOW, values):
        if tally_key:
            counters.bump(tally_key, **{name: delta * n for name, delta in change(carrier.before, to).items()})


def mark(ids: Sequence[UUID], *, cause: str, actor: str) -> None:
    """Note in the history of messages what was done to them without a change of state."""
    session().execute(MARK, {"ids": list(ids), "cause": cause, "actor": actor})


def move_one(id_: UUID, to: State, *, cause: str, actor: str, **values: Any) -> Moved:
    """Move one message; raises Conflict when it is not in a state that allows it."""
    moved = move([id_], to, cause=cause, actor=actor, **values)
    if not moved:
        raise Conflict(f"This message cannot become {to.value} now.")
    return moved[0]


def may(before: State, after: State) -> bool:
    """Whether the table allows this move."""
    return after in MOVES[before]


_statements: dict[tuple[frozenset[str], bool], TextClause] = {}


def _statement(names: frozenset[str], fenced: bool) -> TextClause:
    """The statement for one set of extra values; built once each."""
    if (names, fenced) not in _statements:
        extra = "".join(f", {SETTERS[name]}" for name in sorted(names) if name in SETTERS)
        extra += "" if "lease" in names else ", lease_until = NULL"  # nobody holds it, or has set it aside
        charged = f", charged AS ({CHARGE})" if "owner" in names else ""
        _statements[names, fenced] = text(
            f"""
            WITH old AS (
                SELECT id, state FROM outbox_messages
                WHERE id = ANY(:ids) AND state = ANY(:froms) AND {ALONE} {"AND fence = :fence" if fenced else ""}
                ORDER BY id FOR UPDATE
            ), moved AS (
                UPDATE outbox_messages m SET state = :to, changed_at = clock_timestamp(), carrier_id = NULL {extra}
                FROM old WHERE m.id = old.id
                RETURNING m.id, old.state AS before, m.fence, m.attempts, m.tally_key, m.carries,
                  extract(epoch FROM clock_timestamp() - m.tried_at) AS age
            ), logged AS (
                INSERT INTO outbox_moves (message_id, from_state, to_state, cause, actor)
                SELECT id, before, :to, :cause, :actor FROM moved
            ) {charged}
            SELECT id, before, fence, attempts, age, tally_key, carries FROM moved
            """  # noqa: S608 - only fixed words of SETTERS are put in
        ).bindparams(bindparam("ids", type_=ARRAY(Uuid())), bindparam("froms", type_=ARRAY(Text())))
        if "mail" in names:
            _statements[names, fenced] = _statements[names, fenced].bindparams(bindparam("mail", type_=Sealed()))
    return _statements[names, fenced]


def written(tally_key: str | None, state: State) -> None:
    """Move the figures for a message that was just written in `state`."""
    if tally_key:
        counters.bump(tally_key, **change(None, state))


FOLLOW = text(
    """
    WITH old AS (
        SELECT id FROM outbox_messages WHERE carrier_id = :carrier AND state = :before ORDER BY id FOR UPDATE
    ), moved AS (
        UPDATE outbox_messages m SET state = :to, changed_at = clock_timestamp() FROM old WHERE m.id = old.id
        RETURNING m.id, m.tally_key
    ), logged AS (
        INSERT INTO outbox_moves (message_id, from_state, to_state, cause, actor)
        SELECT id, :before, :to, :cause, :actor FROM moved
    )
    SELECT tally_key, count(*) AS n FROM moved GROUP BY tally_key
    """
)
MARK = text(
    """
    INSERT INTO outbox_moves (message_id, from_state, to_state, cause, actor)
    SELECT id, state, state, :cause, :actor FROM outbox_messages WHERE id = ANY(:ids)
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid())))
