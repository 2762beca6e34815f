"""What the scheduler does about receipts: link those that came too early, try again what came back for a while."""

from sqlalchemy import Uuid, bindparam, extract, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from campaign.core.db import session
from campaign.outbox import moves, retry
from campaign.outbox.lanes import Lane
from campaign.outbox.models import Message
from campaign.outbox.receipts.apply import ACTOR, BATCH, apply, soft
from campaign.outbox.states import State

# A full mailbox is emptied by a person, a reputation recovers over a night.
PAUSE_SECONDS = 12 * 3600.0
MOST_AGAIN = 3

# An event without our id names its message by the provider's id of the handover, once that is recorded.
LINK = text(
    """
    UPDATE receipts r SET message_id = m.id FROM outbox_messages m
    WHERE r.applied_at IS NULL AND r.message_id IS NULL AND r.handover IS NOT NULL
      AND r.received_at > clock_timestamp() - interval '3 days'
      AND m.provider_id = r.handover AND m.changed_at > clock_timestamp() - interval '10 days'
    """
)
PENDING = text(
    """
    SELECT r.message_id FROM receipts r WHERE r.applied_at IS NULL
      AND r.received_at > clock_timestamp() - interval '3 days'
      AND EXISTS (SELECT FROM outbox_messages m WHERE m.id = r.message_id)
    GROUP BY r.message_id LIMIT :batch
    """
)
ORPHANS = text(
    "SELECT EXISTS (SELECT FROM receipts WHERE applied_at IS NULL AND message_id IS NULL AND handover IS NOT NULL"
    " AND received_at > clock_timestamp() - interval '3 days')"
)
OFTEN = text(
    """
    SELECT message_id FROM outbox_moves WHERE message_id = ANY(:ids) AND actor = :actor AND to_state = 'queued'
    GROUP BY message_id HAVING count(*) >= :most
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid())))


def catch_up() -> int:
    """Apply the receipts that were stored and not applied, and link orphans; answers how many messages moved."""
    if session().scalar(ORPHANS):
        session().execute(LINK)
    ids = list(session().scalars(PENDING, {"batch": BATCH}))
    return apply(ids) if ids else 0


def retry_bounced() -> int:
    """Letters that came back because a mailbox was full, or blocked us, go out again after a while; three times."""
    age = extract("epoch", func.clock_timestamp() - Message.tried_at).label("age")
    rested = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, PAUSE_SECONDS)
    query = select(Message.id, Message.attempts, age).where(
        Message.state == State.BOUNCED, Message.lane == Lane.LETTERS, ~Message.frozen, Message.changed_at < rested
    )
    # Older ones were tried for long enough.
    query = query.where(Message.changed_at > func.clock_timestamp() - retry.MAX_AGE[Lane.LETTERS])
    rows = session().execute(query.limit(BATCH).with_for_update(skip_locked=True)).all()
    ids = [row.id for row in rows if not retry.exhausted(Lane.LETTERS, row.attempts, float(row.age or 0))]
    often = set(session().scalars(OFTEN, {"ids": ids, "actor": ACTOR, "most": MOST_AGAIN}))
    again = [id_ for id_ in soft(ids) if id_ not in often] if ids else []
    if not again:
        return 0
    return len(moves.move(again, State.QUEUED, cause="again after it came back", actor=ACTOR, due_in=0.0))
