"""Put a message into the ledger. It leaves after the commit, never before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from campaign.core import rows
from campaign.core.db import after_commit
from campaign.core.ids import new_id
from campaign.core.queue import ring
from campaign.outbox import moves, pace, turns
from campaign.outbox.lanes import Lane
from campaign.outbox.models import Message
from campaign.outbox.states import State


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message to be: who composes it, for which lane and stream, and what it counts towards."""

    kind: str
    ref: UUID
    lane: Lane
    stream: str
    domain: str
    id: UUID = field(default_factory=new_id)
    state: State = State.QUEUED
    owner: UUID | None = None
    tally_key: str | None = None
    recipient_hash: bytes | None = None
    carries: bool = False


def write(drafts: Sequence[Draft]) -> None:
    """Write messages within the open transaction; after it, ring the lanes that have work."""
    limits: dict[str, Lane | None] = {}
    for draft in drafts:
        limits |= pace.limits_of(draft.lane, draft.stream, draft.domain)
    pace.ensure(limits)
    lots = [None if draft.carries else turns.lot(draft.lane, draft.owner) for draft in drafts]
    turns.ensure((draft.stream, draft.owner) for draft, lot in zip(drafts, lots, strict=True) if draft.owner and lot)
    for draft, lot in zip(drafts, lots, strict=True):
        rows.add(Message, {"lot": lot, **{name: getattr(draft, name) for name in _COLUMNS}})
    for draft in drafts:
        moves.written(draft.tally_key, draft.state)
    for lane in sorted({draft.lane for draft in drafts if draft.state == State.QUEUED}):
        after_commit(partial(ring, lane))


_COLUMNS = ("id", "kind", "ref", "owner", "lane", "stream", "domain", "state", "tally_key", "recipient_hash", "carries")
