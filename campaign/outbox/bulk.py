"""What staff do to many messages at once: cancel, send again, and take either back. The history of each shows it."""

from collections.abc import Iterable, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from campaign.core.db import after_commit, session
from campaign.core.queue import ring
from campaign.outbox import moves
from campaign.outbox.actions import AGAIN, AGAIN_CAUSE, CANCELLED
from campaign.outbox.lanes import Lane
from campaign.outbox.listing import Wanted, fitting
from campaign.outbox.models import Message
from campaign.outbox.states import State

# In one transaction: seconds, in which whoever claims passes these rows over.
MOST = 5000
CANCELLABLE = (State.HELD, State.QUEUED)


def cancel_all(wanted: Wanted, *, act: str, actor: str) -> int:
    """Cancel those that have not left, `MOST` at a time; answers how many. `act` names it, to take it back."""
    ids = _some(wanted, CANCELLABLE)
    moved = moves.move(ids, State.CANCELLED, cause=_cause(CANCELLED, act), actor=actor, only_from=CANCELLABLE)
    return len(moved)


def send_all_again(wanted: Wanted, *, act: str, actor: str) -> int:
    """Send again those that did not arrive, as `actions.send_again` does with one; answers how many."""
    ids, number = _some(wanted, AGAIN), 0
    surely = set(session().scalars(_SURELY_NOT, {"ids": ids}))
    for anew, some in ((1, surely), (0, set(ids) - surely)):
        cause = _cause(AGAIN_CAUSE, act)
        moved = moves.move(sorted(some), State.QUEUED, cause=cause, actor=actor, only_from=AGAIN, note=None, anew=anew)
        number += len(moved)
    _ring()
    return number


def take_back(act: str, owners: Sequence[UUID], *, actor: str) -> int:
    """Undo an act where nothing has happened since: what was cancelled waits again, what waits again is cancelled."""
    causes = [_cause(CANCELLED, act), _cause(AGAIN_CAUSE, act)]
    rows = session().execute(_LAST, {"owners": list(owners), "causes": causes}).all()
    back = [row.id for row in rows if row.cause == causes[0]]
    cause = "the cancellation was undone"
    moved = moves.move(back, State.QUEUED, cause=cause, actor=actor, only_from=[State.CANCELLED])
    moves.move([row.id for row in rows if row.from_state == State.HELD], State.HELD, cause=cause, actor=actor)
    again = [row.id for row in rows if row.cause == causes[1]]
    moved += moves.move(again, State.CANCELLED, cause=CANCELLED, actor=actor, only_from=CANCELLABLE)
    _ring()
    return len(moved)


def _some(wanted: Wanted, states: Iterable[State]) -> list[UUID]:
    query = select(Message.id).where(*fitting(wanted), Message.state.in_(list(states)))
    return list(session().scalars(query.order_by(Message.id).limit(MOST).with_for_update(skip_locked=True)))


def _cause(words: str, act: str) -> str:
    return f"{words} ({act})"


def _ring() -> None:
    for lane in Lane:
        after_commit(partial(ring, lane))


_SURELY_NOT = text(
    """
    SELECT id FROM outbox_messages m WHERE id = ANY(:ids) AND (state = 'bounced' OR NOT EXISTS (
        SELECT FROM outbox_moves v WHERE v.message_id = m.id AND v.to_state = 'unsure'))
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid())))
# An act is taken back soon after it or never: a day bounds what is looked at.
_LAST = text(
    """
    SELECT m.id, v.from_state, v.cause FROM outbox_messages m CROSS JOIN LATERAL (
        SELECT from_state, cause FROM outbox_moves WHERE message_id = m.id ORDER BY id DESC LIMIT 1
    ) v WHERE m.owner = ANY(:owners) AND m.changed_at > clock_timestamp() - interval '1 day'
      AND m.state IN ('cancelled', 'queued') AND v.cause = ANY(:causes)
    """
).bindparams(bindparam("owners", type_=ARRAY(Uuid())), bindparam("causes", type_=ARRAY(Text())))
