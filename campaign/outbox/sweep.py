"""Find what nobody holds any more and ring for what is due. Any number of copies may run."""

from sqlalchemy import select, text

from campaign import config
from campaign.core.db import session
from campaign.outbox import moves
from campaign.outbox.lanes import Lane
from campaign.outbox.models import Message
from campaign.outbox.states import State

BATCH = 500
ACTOR = "sweep"


def expire_leases() -> int:
    """Messages whose worker died between claim and record become unsure, and wait for a receipt."""
    ids = session().scalars(
        select(Message.id)
        .where(Message.state == State.SENDING, Message.lease_until < text("clock_timestamp()"))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = list(ids)
    if not found:
        return 0
    grace = config.current().grace_seconds
    return len(
        moves.move(found, State.UNSURE, cause="lease ran out", actor=ACTOR, only_from=[State.SENDING], due_in=grace)
    )


def release_unsure() -> int:
    """Unsure messages whose grace is over without a receipt go out again, under the same Message-ID."""
    ids = session().scalars(
        select(Message.id)
        .where(Message.state == State.UNSURE, Message.due_at < text("clock_timestamp()"))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = list(ids)
    if not found:
        return 0
    return len(
        moves.move(found, State.QUEUED, cause="no receipt came", actor=ACTOR, only_from=[State.UNSURE], due_in=0)
    )


def lanes_due() -> list[Lane]:
    """The lanes that have something due now."""
    rows = session().scalars(
        text(
            """
            SELECT l.lane FROM unnest(cast(:lanes AS text[])) AS l(lane) WHERE EXISTS (
                SELECT FROM outbox_paces p CROSS JOIN LATERAL (
                    SELECT 1 FROM outbox_messages m WHERE m.lane = l.lane AND m.stream = p.key
                      AND m.state = 'queued' AND NOT m.frozen AND m.due_at <= clock_timestamp() LIMIT 1) due
                WHERE p.lane = l.lane)
            """
        ),
        {"lanes": [lane.value for lane in Lane]},
    )
    return [Lane(row) for row in rows]
