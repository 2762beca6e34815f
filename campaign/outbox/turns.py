"""Whose turn it is within a stream: fair between owners, random within one, and never more than a few rows to read.

Between owners: start-time fair queueing. Each letter moves its owner's tags on by one share (1 / weight); the owner
with the smallest start tag is next. Within an owner: every letter draws a lot between 0 and 1 when it is written, its
place on a wheel; the wheel turns and never passes a letter that waits. So each order is as likely as any other, a
letter that comes late pushes ahead of no more than its share, and none waits for longer than one turn of the wheel.
"""

import random
from collections.abc import Iterable
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from campaign.core.db import after_commit, session
from campaign.outbox.delivery_models import Turn
from campaign.outbox.lanes import Lane
from campaign.outbox.models import WAITING

Pair = tuple[str, UUID]
# Workers that pick at the same moment see the same tags: who came off worse in that catches up, by so many letters at
# most. It is also all that an owner who was idle can have saved up.
CATCH_UP = 8


def lot(lane: Lane, owner: UUID | None) -> float | None:
    """A new lot; none for mail that goes by its time: what people wait for, and what is nobody's."""
    if lane != Lane.LETTERS or owner is None:
        return None
    return random.random()  # noqa: S311 - a draw among equals, guards nothing


def ensure(pairs: Iterable[Pair]) -> None:
    """Make sure that the owners have a turn in the streams. Rows are never deleted, so known ones are not asked for."""
    known: set[Pair] = current_app.extensions.setdefault("turns", set())
    new = sorted(set(pairs) - known)
    if new:
        rows = [{"stream": stream, "owner": owner} for stream, owner in new]
        session().execute(insert(Turn).on_conflict_do_nothing(), rows)
        after_commit(lambda: known.update(new))


def share(owner: UUID, weight: float, streams: Iterable[str]) -> None:
    """Give an owner a share in these streams: with 2, two letters leave for each one of an owner with 1."""
    row = insert(Turn)
    values = [{"stream": stream, "owner": owner, "weight": weight} for stream in sorted(streams)]
    if values:
        kept = row.on_conflict_do_update(index_elements=["stream", "owner"], set_={"weight": row.excluded.weight})
        session().execute(kept, values)


def shares(owners: Iterable[UUID]) -> dict[UUID, float]:
    """The shares of these owners, where one is set: the smallest over all streams."""
    query = select(Turn.owner, func.min(Turn.weight)).where(Turn.owner.in_(list(owners))).group_by(Turn.owner)
    return {owner: float(weight) for owner, weight in session().execute(query)}


def heal() -> int:
    """Turns that are missing, after a restore: letters on a wheel without one would never be found."""
    return len(session().execute(HEAL).all())


# No lot is as large.
ABOVE_ALL = 2
# Part of the move to sending: the owner's tags move on; its wheel turns to the lot, unless it would pass a letter.
# Both ends of what it would pass are bounds for the index: a condition beside it would read a whole wheel of letters.
CHARGE = f"""
    UPDATE outbox_turns t SET
      began = greatest(t.ended, v.low), ended = greatest(t.ended, v.low) + 1 / t.weight,
      spot = CASE WHEN cast(:lot AS float) IS NULL OR EXISTS (
          SELECT FROM outbox_messages m WHERE m.stream = :stream AND m.owner = :owner AND {WAITING}
            AND m.lot > t.spot AND m.lot < CASE WHEN :lot > t.spot THEN :lot ELSE {ABOVE_ALL} END
      ) OR (:lot <= t.spot AND EXISTS (
          SELECT FROM outbox_messages m WHERE m.stream = :stream AND m.owner = :owner AND {WAITING} AND m.lot < :lot
      )) THEN t.spot ELSE :lot END
    FROM (SELECT max(began) - {CATCH_UP} AS low FROM outbox_turns WHERE stream = :stream) v
    WHERE t.stream = :stream AND t.owner = :owner
"""  # noqa: S608 - fixed words
# From pair to pair through the index, whatever waits.
PAIRS = f"""
    WITH RECURSIVE walk AS (
        (SELECT stream, owner FROM outbox_messages WHERE {WAITING} AND lot IS NOT NULL ORDER BY stream, owner LIMIT 1)
        UNION ALL
        SELECT n.stream, n.owner FROM walk w CROSS JOIN LATERAL (
            SELECT m.stream, m.owner FROM outbox_messages m
            WHERE {WAITING} AND lot IS NOT NULL AND (m.stream, m.owner) > (w.stream, w.owner)
            ORDER BY m.stream, m.owner LIMIT 1
        ) n
    )
"""  # noqa: S608 - fixed words
HEAL = text(
    f"{PAIRS} INSERT INTO outbox_turns (stream, owner) SELECT stream, owner FROM walk"  # noqa: S608 - fixed words
    " ON CONFLICT DO NOTHING RETURNING stream"
)
