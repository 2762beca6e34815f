"""Bring messages to where their receipts say they are. Safe to run twice, in any order, any number at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from campaign.core.db import session
from campaign.outbox import moves
from campaign.outbox.lanes import Lane
from campaign.outbox.models import Message
from campaign.outbox.receipts import consequences
from campaign.outbox.receipts.models import Receipt
from campaign.outbox.receipts.verdict import Seen, Verdict, verdict
from campaign.outbox.states import State

BATCH = 500
ACTOR = "receipts"
IDS = bindparam("ids", type_=ARRAY(Uuid()))

# Held until the commit: whoever else applies a receipt of one of these reads what we read, and more.
LOCK = (
    text(
        """
        SELECT id, lane, stream, state, note, recipient_hash FROM outbox_messages WHERE id = ANY(:ids)
        ORDER BY id FOR UPDATE
        """
    )
    .bindparams(IDS)
    .columns(Message.id, Message.lane, Message.stream, Message.state, Message.note, Message.recipient_hash)
)
# What counts. Once a message was sent again after its end, what is known of the handovers before says nothing more: not
# the receipts that we had then, and not those that come late of the same handover.
COUNT = (
    text(
        """
        WITH again AS (
            SELECT message_id, max(at) AS at FROM outbox_moves
            WHERE message_id = ANY(:ids) AND to_state = 'queued'
              AND from_state IN ('bounced', 'failed', 'cancelled', 'suppressed') GROUP BY message_id
        )
        SELECT r.message_id, r.id, r.handover, r.kind, r.failure, r.status, r.at
        FROM receipts r LEFT JOIN again ON again.message_id = r.message_id
        WHERE r.message_id = ANY(:ids) AND (again.at IS NULL OR r.received_at > again.at AND NOT EXISTS (
            SELECT FROM receipts old
            WHERE old.message_id = r.message_id AND old.handover = r.handover AND old.received_at <= again.at))
        """
    )
    .bindparams(IDS)
    .columns(
        Receipt.message_id, Receipt.id, Receipt.handover, Receipt.kind, Receipt.failure, Receipt.status, Receipt.at
    )
)
DONE = text(
    """
    UPDATE receipts SET applied_at = clock_timestamp() WHERE message_id = ANY(:ids) AND applied_at IS NULL
    RETURNING message_id
    """
).bindparams(IDS)


@dataclass(frozen=True)
class Row:
    """A message as it stands, locked."""

    id: UUID
    lane: Lane
    stream: str
    state: State
    note: str | None
    recipient_hash: bytes | None


def apply(ids: Sequence[UUID]) -> int:
    """Move these messages to where all their receipts say; answers how many moved. Call it in a transaction."""
    rows = [Row(*row) for row in session().execute(LOCK, {"ids": sorted(set(ids))})]
    if not rows:
        return 0
    known = {"ids": [row.id for row in rows]}
    verdicts = _verdicts(known["ids"])
    moved = _move([(row, verdicts[row.id]) for row in rows if row.id in verdicts])
    fresh = set(session().scalars(DONE, known))
    for row in rows:
        if row.id in fresh and row.id in verdicts:
            consequences.draw(row.id, row.lane, row.stream, row.recipient_hash, verdicts[row.id])
    return moved


def soft(ids: Sequence[UUID]) -> list[UUID]:
    """Those of these messages that came back for a reason that passes."""
    return [id_ for id_, one in _verdicts(list(ids)).items() if one.failure is not None and not one.refused]


def _verdicts(ids: list[UUID]) -> dict[UUID, Verdict]:
    seen: dict[UUID, list[Seen]] = defaultdict(list)
    for message_id, *values in session().execute(COUNT, {"ids": ids}):
        seen[message_id].append(Seen(*values))
    return {id_: found for id_, receipts in seen.items() if (found := verdict(receipts))}


def _move(pairs: list[tuple[Row, Verdict]]) -> int:
    """One statement for all that go the same way for the same reason."""
    ways: dict[tuple[State, str, str | None], list[UUID]] = defaultdict(list)
    notes: dict[str | None, list[UUID]] = defaultdict(list)
    for row, found in pairs:
        if moves.may(row.state, found.state):
            ways[found.state, found.cause, found.note].append(row.id)
        elif row.state == found.state and row.note != found.note:
            notes[found.note].append(row.id)
    for note, ids in notes.items():
        session().execute(update(Message).where(Message.id.in_(ids)).values(note=note))
    return sum(
        len(moves.move(ids, state, cause=cause, actor=ACTOR, note=note)) for (state, cause, note), ids in ways.items()
    )
