"""The one statement by which staff move signatures between states: logged, counted, and their letters follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from campaign import outbox
from campaign.core.db import session
from campaign.outbox import State
from campaign.signatures import tally
from campaign.signatures.states import SignatureState, sources

HELD, TAKEN_OUT, FREE = "its signature is held", "its signature does not stand any more", "its signature stands again"
# Those that somebody else moves at this moment are left out: who confirms a signature must never wait for a batch,
# and a batch that waits for nobody cannot wait crosswise.
_MOVE = text(
    """
    WITH old AS (
        SELECT id, state FROM signatures WHERE id = ANY(:ids) AND state = ANY(:froms) ORDER BY id FOR UPDATE SKIP LOCKED
    ), moved AS (
        UPDATE signatures s SET state = :to, note = :note, batch_id = :batch FROM old WHERE s.id = old.id
        RETURNING s.id, old.state AS before, s.campaign_id, s.confirmed_at, s.lang, s.source, s.area, s.edited,
          (SELECT own FROM letter_texts WHERE id = s.text_id) AS own
    ), logged AS (
        INSERT INTO signature_moves (signature_id, from_state, to_state, cause, actor, batch_id)
        SELECT id, before, :to, :cause, :actor, :logged FROM moved
    )
    SELECT * FROM moved ORDER BY id
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("froms", type_=ARRAY(Text())),
    bindparam("batch", type_=Uuid()),
    bindparam("logged", type_=Uuid()),
)
_LETTERS = text("SELECT id FROM letters WHERE signature_id = ANY(:ids) ORDER BY id").bindparams(
    bindparam("ids", type_=ARRAY(Uuid()))
)


@dataclass(frozen=True)
class Moved:
    """The signatures that moved, and how many of their letters did."""

    ids: tuple[UUID, ...]
    letters: int


def move(
    ids: Sequence[UUID], to: SignatureState, *, cause: str, actor: str, note: str | None = None,
    batch_id: UUID | None = None, only_from: Sequence[SignatureState] = (),
) -> Moved:  # fmt: skip
    """Move those of the signatures that may go there and that nobody else moves now. Call it in a transaction.

    Taken out by a batch they remember it. Their letters are cancelled, held or given back, the figures follow.
    """
    froms = [state.value for state in sources(to) if not only_from or state in only_from]
    values = {"ids": list(ids), "froms": froms, "to": to.value, "cause": cause, "actor": actor, "note": note}
    batch = batch_id if to == SignatureState.INVALID else None
    rows = session().execute(_MOVE, {**values, "batch": batch, "logged": batch_id}).all()
    for row in rows:
        _count(row, to)
    moved = tuple(row.id for row in rows)
    return Moved(moved, _letters(moved, to, batch_id, actor))


def _count(row: Row[Any], to: SignatureState) -> None:
    """Only confirmed ones count."""
    sign = (to == SignatureState.CONFIRMED) - (row.before == SignatureState.CONFIRMED)
    if sign:
        one = tally.Counted(row.campaign_id, row.confirmed_at, row.lang, row.source, row.area, row.edited, row.own)
        tally.count(one, sign)


def _letters(ids: Sequence[UUID], to: SignatureState, batch_id: UUID | None, actor: str) -> int:
    letters = list(session().scalars(_LETTERS, {"ids": list(ids)})) if ids else []
    if to == SignatureState.INVALID:
        return outbox.withhold(letters, State.CANCELLED, cause=batch_cause(batch_id), actor=actor)
    if to == SignatureState.WITHDRAWN:
        return outbox.withhold(letters, State.CANCELLED, cause=TAKEN_OUT, actor=actor)
    given = outbox.give_back(letters, [HELD, TAKEN_OUT, batch_cause(batch_id)], cause=FREE, actor=actor)
    if to == SignatureState.HELD:
        return outbox.withhold(letters, State.HELD, cause=HELD, actor=actor)
    return given


def batch_cause(batch_id: UUID | None) -> str:
    """Why a letter was cancelled: names the batch, so that its undo finds it again."""
    return f"invalidation {batch_id}"


def verdict(letter_id: UUID) -> tuple[State, str] | None:
    """What becomes of a letter that was tried once and comes up again: it leaves only if its signature stands."""
    state = session().scalar(_STATE, {"id": letter_id})
    if state == SignatureState.CONFIRMED:
        return None
    return (State.HELD, HELD) if state == SignatureState.HELD else (State.CANCELLED, TAKEN_OUT)


_STATE = text("SELECT s.state FROM letters l JOIN signatures s ON s.id = l.signature_id WHERE l.id = :id")
