"""Letters on paper: an owner's letters to offices that no worker takes. They wait for a hand-over, see `handovers`.

What is on paper stands among the pauses, because a pause is what every claim, batch and digest already obeys.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.outbox import digests, pauses
from campaign.outbox.models import Message
from campaign.outbox.states import State

REASON = "letters go on paper"


def choose(owner: UUID, wanted: bool, *, actor: str) -> None:
    """Let an owner's letters wait for paper, those that wait now too, or leave by mail again, at their pace.

    What a worker holds at this moment still leaves by mail. Call it in a transaction.
    """
    key = pauses.of_paper(owner)
    if wanted:
        pauses.pause(key, reason=REASON, actor=actor)
        digests.unpack(owner, actor=actor)
    elif pauses.standing([key]):
        pauses.resume(key)


def chosen(owners: Sequence[UUID]) -> set[UUID]:
    """Those of the owners whose letters go on paper."""
    keys = {pauses.of_paper(owner): owner for owner in owners}
    return {keys[key] for key in pauses.standing(list(keys))}


def is_chosen(owner: UUID) -> bool:
    """Whether an owner's letters go on paper. Kept for a moment, as pages are."""
    return remembered(("on paper", owner), lambda: owner in chosen([owner]))


def waiting(owner: UUID) -> dict[str, int]:
    """How many letters of an owner wait in each stream, those that are paused by themselves left out."""
    query = select(Message.stream, func.count().label("n")).where(*fitting(owner)).group_by(Message.stream)
    return {row.stream: row.n for row in session().execute(query)}


def fitting(owner: UUID) -> list[ColumnElement[bool]]:
    """Letters of an owner that may be printed now."""
    return [
        Message.owner == owner,
        Message.stream.startswith(pauses.OFFICES),
        ~Message.stream.endswith("/digest"),
        Message.state == State.QUEUED,
        ~Message.frozen,
        Message.carrier_id.is_(None),
    ]
