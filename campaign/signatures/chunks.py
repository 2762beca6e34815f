"""One chunk of an invalidation or of its undo, in one transaction. Whoever dies in it has done nothing."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from campaign.campaigns import Campaign
from campaign.core.clock import now
from campaign.core.db import session
from campaign.signatures import guards, standing
from campaign.signatures.conditions import load, where
from campaign.signatures.invalidation import record
from campaign.signatures.models import Signature
from campaign.signatures.records import BatchState, Invalidation, SignatureMove
from campaign.signatures.states import STANDING, SignatureState

CHUNK = 500


def step() -> bool:
    """Do a chunk of the first batch that nobody else is at; False where nothing could be done now.

    Any number of processes may call it, each call in a transaction of its own.
    """
    busy = Invalidation.state.in_([BatchState.RUNNING, BatchState.UNDOING])
    query = select(Invalidation).where(busy).order_by(Invalidation.id).limit(1)
    batch = session().scalars(query.with_for_update(skip_locked=True).execution_options(populate_existing=True)).first()
    if batch is None:
        return False
    done = _take_out(batch) if batch.state == BatchState.RUNNING else _put_back(batch)
    session().flush()
    return done


def run(batch_id: UUID) -> None:
    """A small batch, or its undo, at once, in the transaction that began it."""
    batch = session().get_one(Invalidation, batch_id, populate_existing=True, with_for_update=True)
    if max(batch.total, batch.done) <= CHUNK:
        act = _take_out if batch.state == BatchState.RUNNING else _put_back
        while act(batch):
            session().flush()
        session().flush()


def _take_out(batch: Invalidation) -> bool:
    fitting = [*where(batch.campaign_id, load(batch.conditions)), Signature.created_at <= batch.created_at]
    query = select(Signature.id).where(*fitting).order_by(Signature.id)
    beyond = query.where(Signature.id > batch.after) if batch.after else query
    ids = list(session().scalars(beyond.limit(CHUNK).with_for_update(skip_locked=True)))
    if not ids:
        return _again_or_end(batch, session().scalar(query.limit(1)) is not None, BatchState.DONE)
    moved = standing.move(
        ids, SignatureState.INVALID, cause=batch.reason, actor=batch.actor, note=batch.reason, batch_id=batch.id
    )
    batch.done += len(moved.ids)
    batch.letters += moved.letters
    batch.after = ids[-1]
    return True


def _put_back(batch: Invalidation) -> bool:
    """Those that are still out by this batch. Their addresses are locked first, as who signs or confirms does."""
    mine = select(Signature.id, Signature.email_hash).where(
        Signature.batch_id == batch.id, Signature.state == SignatureState.INVALID
    )
    beyond = mine.where(Signature.id > batch.after) if batch.after else mine
    rows = session().execute(beyond.order_by(Signature.id).limit(CHUNK)).all()
    if not rows:
        return _again_or_end(batch, session().execute(mine.limit(1)).first() is not None, BatchState.UNDONE)
    locked = guards.try_lock([row.email_hash for row in rows])
    free = [row.id for row in rows if row.email_hash in locked]
    batch.after = rows[-1].id
    batch.left_out += _leave_out(free)
    for before, ids in _befores(batch.id, free).items():
        moved = standing.move(ids, before, cause="undone", actor=batch.undone_by or batch.actor, batch_id=batch.id)
        batch.restored += len(moved.ids)
    return True


def _leave_out(ids: list[UUID]) -> int:
    """Those whose address has signed again stay out, and are no longer this batch's; answers how many."""
    other = aliased(Signature)
    again = or_(
        other.state.in_(STANDING), and_(other.state == SignatureState.PENDING, other.digest == Signature.digest)
    )
    same = (other.campaign_id == Signature.campaign_id, other.email_hash == Signature.email_hash)
    signed_again = exists().where(*same, again, other.id != Signature.id)
    left = update(Signature).where(Signature.id.in_(ids), signed_again).values(batch_id=None).returning(Signature.id)
    return len(session().scalars(left.execution_options(synchronize_session=False)).all())


def _befores(batch_id: UUID, ids: list[UUID]) -> dict[SignatureState, list[UUID]]:
    """The signatures of the batch by the state that it found them in."""
    query = select(SignatureMove.from_state, SignatureMove.signature_id).join(
        Signature, and_(Signature.id == SignatureMove.signature_id, Signature.batch_id == batch_id)
    )
    out = (SignatureMove.batch_id == batch_id, SignatureMove.to_state == SignatureState.INVALID)
    found: dict[SignatureState, list[UUID]] = defaultdict(list)
    for state, id_ in session().execute(query.where(SignatureMove.signature_id.in_(ids), *out)):
        found[state].append(id_)
    return found


def _again_or_end(batch: Invalidation, left: bool, end: BatchState) -> bool:
    """At the end of the row: once more from the beginning for those that others held, or it is over."""
    batch.after = None
    if not left:
        batch.state, batch.finished_at = end, now()
        action = "signatures.invalidated" if end == BatchState.DONE else "signatures.invalidation_undone"
        home = session().scalar(select(Campaign.organisation_id).where(Campaign.id == batch.campaign_id))
        record("scheduler", action, batch.id, home, signatures=batch.done, letters=batch.letters, back=batch.restored)
    return False
