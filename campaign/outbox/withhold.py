"""Take back what has not left, because of what it is about, and give exactly that free again."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from campaign.core.db import after_commit, session
from campaign.core.queue import ring
from campaign.outbox import moves
from campaign.outbox.lanes import Lane
from campaign.outbox.states import State

# Where a message goes instead, and why; None: it may leave.
Verdict = tuple[State, str] | None
Check = Callable[[UUID], Verdict]
_checks: dict[str, Check] = {}

# The messages that stand where one of these causes put them, and what those were held for that it took up held.
_LAST = text(
    """
    SELECT v.message_id, CASE WHEN v.from_state = 'held' THEN (
        SELECT cause FROM outbox_moves WHERE message_id = wanted.id AND to_state = 'held' ORDER BY id DESC LIMIT 1
    ) END AS held_for FROM unnest(:ids) AS wanted(id) CROSS JOIN LATERAL (
        SELECT message_id, from_state, cause FROM outbox_moves WHERE message_id = wanted.id ORDER BY id DESC LIMIT 1
    ) v WHERE v.cause = ANY(:causes) ORDER BY v.message_id
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid())), bindparam("causes", type_=ARRAY(Text())))


def withhold(ids: Sequence[UUID], to: State, *, cause: str, actor: str) -> int:
    """Hold or cancel those of the messages that wait; answers how many.

    One that a worker holds now is left alone: it may have left. If it comes back, `check_with` has the last word.
    """
    return len(moves.move(ids, to, cause=cause, actor=actor, only_from=[State.QUEUED, State.HELD])) if ids else 0


def give_back(ids: Sequence[UUID], causes: Sequence[str], *, cause: str, actor: str) -> int:
    """Put messages back to where they stood before they were withheld for one of these causes; answers how many.

    What was moved since, for whatever reason, stays where it is.
    """
    if not ids:
        return 0
    rows = session().execute(_LAST, {"ids": list(ids), "causes": list(causes)}).all()
    back = moves.move([row.message_id for row in rows], State.QUEUED, cause=cause, actor=actor, only_from=WITHHELD)
    for held_for in sorted({row.held_for for row in rows if row.held_for}):  # for what it waited, it waits again
        again = [row.message_id for row in rows if row.held_for == held_for]
        moves.move(again, State.HELD, cause=held_for, actor=actor)
    after_commit(lambda: ring(Lane.LETTERS))
    return len(back)


def check_with(kind: str, check: Check) -> None:
    """Register who says whether a message of this kind that comes back, or a digest, may leave; app.py does so once."""
    _checks[kind] = check


def taken_back(id_: UUID, kind: str, ref: UUID, actor: str) -> bool:
    """Whether a message must not be tried, or not again; it is then moved. Called inside a claim."""
    verdict = _checks[kind](ref) if kind in _checks else None
    if verdict is None:
        return False
    to, cause = verdict
    moves.move([id_], to, cause=cause, actor=actor)
    return True


WITHHELD = (State.HELD, State.CANCELLED)
