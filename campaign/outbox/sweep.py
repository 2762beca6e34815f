"""Find what nobody holds any more and ring for what is due. Any number of copies may run."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, extract, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from campaign import config
from campaign.core.db import session
from campaign.outbox import moves, retry
from campaign.outbox.lanes import Lane
from campaign.outbox.models import Message
from campaign.outbox.pick import IS_DUE
from campaign.outbox.states import State

BATCH = 500
ACTOR = "sweep"


def expire_leases() -> int:
    """Messages whose worker died between claim and record become unsure, and wait for a receipt."""
    ids = [row.id for row in _over(State.SENDING, Message.lease_until)]
    grace = config.current().grace_seconds
    return _move(ids, State.UNSURE, State.SENDING, "lease ran out", due_in=grace)


def release_unsure() -> int:
    """Unsure messages whose grace is over without a receipt go out again under the same Message-ID, or are given up."""
    rows = _over(State.UNSURE, Message.due_at)
    spent = {row.id for row in rows if retry.exhausted(row.lane, row.attempts, float(row.age or 0))}
    again = [row.id for row in rows if row.id not in spent]
    given_up = _move(sorted(spent), State.FAILED, State.UNSURE, "given up: no receipt came")
    # Due since they were written, not since now: they have had their turn, and must not stand behind a week's letters.
    return given_up + _move(again, State.QUEUED, State.UNSURE, "no receipt came", again=0)


def _over(state: State, moment: InstrumentedAttribute[Any]) -> Sequence[Row[UUID, Lane, int, Any]]:
    """Messages of a state whose moment has passed, locked; those that another sweep holds are left to it."""
    age = extract("epoch", func.clock_timestamp() - Message.tried_at).label("age")
    query = select(Message.id, Message.lane, Message.attempts, age)
    # What leaves in a digest moves with it.
    query = query.where(Message.state == state, moment < func.clock_timestamp(), Message.carrier_id.is_(None))
    return session().execute(query.limit(BATCH).with_for_update(skip_locked=True)).all()


def _move(ids: list[UUID], to: State, before: State, cause: str, **values: Any) -> int:
    if not ids:
        return 0
    return len(moves.move(ids, to, cause=cause, actor=ACTOR, only_from=[before], **values))


def follow_clock() -> int:
    """Bring times along that a clock set back left in the future, else messages wait for it; answers how many."""
    return len(session().execute(FOLLOW).all())


# The statement's own time can be looked up in the index, the clock's is exact: else each sweep reads all messages.
FOLLOW = text(
    """
    UPDATE outbox_messages SET changed_at = clock_timestamp(),
      due_at = clock_timestamp() + (due_at - changed_at), lease_until = clock_timestamp() + (lease_until - changed_at)
    WHERE changed_at > statement_timestamp() + interval '2 seconds' AND state IN ('queued', 'sending', 'unsure')
      AND changed_at > clock_timestamp() + interval '2 seconds'
    RETURNING id
    """
)


def lanes_due() -> list[Lane]:
    """The lanes that have something due now."""
    return [lane for lane in Lane if session().scalar(IS_DUE, {"lane": lane.value})]
