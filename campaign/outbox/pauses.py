"""What stands still until somebody lets it go on: everything, a lane, a stream, an owner's letters, one message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.core.db import after_commit, session
from campaign.core.queue import ring
from campaign.outbox import moves
from campaign.outbox.delivery_models import Pause
from campaign.outbox.lanes import Lane
from campaign.outbox.models import Message
from campaign.outbox.states import State

ALL = "all"
# The streams of letters to offices; rehearsed ones have others.
OFFICES = "target:"


@dataclass(frozen=True)
class PauseView:
    """One pause: of what, why, by whom and since when."""

    key: str
    reason: str
    actor: str
    at: datetime


_VIEW = tuple(getattr(Pause, name) for name in PauseView.__dataclass_fields__)


def of_owner(owner: UUID, stream: str = "") -> str:
    """The key that pauses every letter of an owner, or those in one stream: nobody else's wait for it."""
    return f"owner:{owner}/{stream}" if stream else f"owner:{owner}"


def of_paper(owner: UUID) -> str:
    """The key under which an owner's letters to offices go on paper, see `paper`: no worker takes them."""
    return f"paper:{owner}"


def holding(owner: UUID, lane: Lane, stream: str) -> tuple[str, ...]:
    """Every key whose pause holds up an owner's message in a stream, the widest first."""
    whole = stream.partition("/")[0]
    if stream == Lane.PEOPLE.limit:
        return ALL, lane.limit  # what people wait for is no letter
    paper = (of_paper(owner),) if stream.startswith(OFFICES) else ()
    return ALL, lane.limit, whole, of_owner(owner), of_owner(owner, whole), *paper


def pause(key: str, *, reason: str, actor: str) -> bool:
    """Let nothing more of it be claimed: `all`, a lane's key, a stream or `of_owner`; False where it stands already.

    What a worker holds at this moment still leaves.
    """
    row = insert(Pause).values(key=key, reason=reason, actor=actor).on_conflict_do_nothing()
    return session().scalar(row.returning(Pause.key)) is not None


def resume(key: str) -> bool:
    """Let it go on, at its pace; False where it was not paused."""
    ended = session().scalar(delete(Pause).where(Pause.key == key).returning(Pause.key)) is not None
    _ring()
    return ended


def standing(keys: Sequence[str] | None = None) -> dict[str, PauseView]:
    """What is paused now, by key: all of it, or of these keys."""
    query = select(*_VIEW).order_by(Pause.at)
    rows = session().execute(query if keys is None else query.where(Pause.key.in_(keys)))
    return {row.key: PauseView(*row) for row in rows}


def untold() -> list[PauseView]:
    """Pauses that staff did not ask for and have not been told of; from now on they count as told."""
    query = select(*_VIEW).where(Pause.told_at.is_(None), Pause.actor.not_like("staff:%")).order_by(Pause.at)
    rows = session().execute(query.with_for_update(skip_locked=True)).all()
    told = update(Pause).where(Pause.key.in_([row.key for row in rows])).values(told_at=func.clock_timestamp())
    session().execute(told)
    return [PauseView(*row) for row in rows]


def freeze(ids: Sequence[UUID], frozen: bool, *, actor: str) -> list[UUID]:
    """Pause single messages that wait, or let them go on; answers those that were changed. Their history shows it.

    One that was to leave with a digest leaves by itself later.
    """
    waiting = (Message.id.in_(ids), Message.frozen.is_not(frozen), Message.state.in_([State.HELD, State.QUEUED]))
    flag = update(Message).where(*waiting).values(frozen=frozen, carrier_id=None)
    changed = list(session().scalars(flag.returning(Message.id)))
    moves.mark(changed, cause="paused" if frozen else "let go on", actor=actor)
    if not frozen:
        _ring()
    return changed


def _ring() -> None:
    for lane in Lane:
        after_commit(partial(ring, lane))
