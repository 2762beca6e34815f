"""What staff do to single messages, all of it through the moves, with who did it and why."""

from functools import partial
from uuid import UUID

from sqlalchemy import text

from campaign.core.db import after_commit, session
from campaign.core.errors import Conflict
from campaign.core.queue import ring
from campaign.outbox import moves
from campaign.outbox.lanes import Lane
from campaign.outbox.states import State

CANCELLED = "cancelled by staff"
AGAIN_CAUSE = "sent again by staff"
AGAIN = (State.FAILED, State.CANCELLED, State.BOUNCED, State.SUPPRESSED)


def cancel(id_: UUID, *, actor: str) -> None:
    """Take a message back that has not left. Raises Conflict when it may have left."""
    moves.move_one(id_, State.CANCELLED, cause=CANCELLED, actor=actor, only_from=[State.HELD, State.QUEUED])


def restore(id_: UUID, *, actor: str) -> None:
    """Undo a cancellation by staff: back to where it was. Raises Conflict when it has been moved since."""
    last = session().execute(_LAST, {"id": id_}).one_or_none()
    if last is None or not last.cause.startswith(CANCELLED):
        raise Conflict("This message has been moved since.")
    cause = "the cancellation was undone"
    moves.move_one(id_, State.QUEUED, cause=cause, actor=actor, only_from=[State.CANCELLED])
    if last.from_state == State.HELD:
        moves.move_one(id_, State.HELD, cause=cause, actor=actor)
    _ring()


def send_again(id_: UUID, *, actor: str) -> bool:
    """Give a message that did not arrive another chance; answers whether under a new Message-ID.

    A new one, and a text written anew, only where the old one surely did not arrive: it came back, or every attempt was
    refused. What was ever unsure may have arrived: it goes again as it was, so that a mailbox knows it for the same.
    Raises Conflict in any other state.
    """
    row = session().execute(_SURELY_NOT, {"id": id_}).one_or_none()
    anew = bool(row and (row.state == State.BOUNCED or not row.unsure))
    cause = AGAIN_CAUSE + (", anew" if anew else "")
    moves.move_one(id_, State.QUEUED, cause=cause, actor=actor, only_from=AGAIN, note=None, anew=int(anew))
    _ring()
    return anew


def _ring() -> None:
    for lane in Lane:
        after_commit(partial(ring, lane))


_LAST = text("SELECT from_state, cause FROM outbox_moves WHERE message_id = :id ORDER BY id DESC LIMIT 1")
_SURELY_NOT = text(
    """
    SELECT state, EXISTS (SELECT FROM outbox_moves v WHERE v.message_id = m.id AND v.to_state = 'unsure') AS unsure
    FROM outbox_messages m WHERE id = :id FOR UPDATE
    """
)
