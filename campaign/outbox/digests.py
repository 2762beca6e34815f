"""The digest: what is above a target's daily number leaves together, in one mail a day for each owner.

Each letter keeps its own row, state, history and figures. `carrier_id` names the digest's row, and whatever moves that
one moves them in the same transaction (`moves`). A digest is composed at each claim: what was taken back is left out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from campaign.core.db import session
from campaign.core.ids import new_id
from campaign.outbox import moves, pauses, plans
from campaign.outbox.delivery_models import DeliveryPlan, Turn
from campaign.outbox.hours import Plan, following, local_day
from campaign.outbox.lanes import Lane
from campaign.outbox.models import WAITING, Message
from campaign.outbox.states import State
from campaign.outbox.write import Draft, write

# A reader can take in so many at once, and a mail server too; more leave in another mail.
LETTERS_MAX = 1000
ACTOR = "digest"


def gather(stream: str) -> int:
    """Put today's digests of a stream together where its plan wants them; answers how many letters they carry.

    Safe to call at any time, by any number of schedulers. Call it in a transaction.
    """
    row = session().execute(_LOCK, {"stream": stream}).one_or_none()
    plan = plans.plan_of(stream)
    if row is None or not _is_time(plan, row.gathered_at, row.at):
        return 0
    full = plan.digest_above is not None and plans.used_today(stream, plan, row.at) >= (plan.cap or 0)
    gathered = 0
    for owner in session().scalars(_OWNERS, {"stream": stream, "full": full}).all():
        while ids := _load(stream, owner):
            gathered += len(ids)
    if full or gathered:
        session().execute(_GATHERED, {"stream": stream})
    return gathered


def only(owner: UUID, streams: Iterable[str], wanted: bool) -> None:
    """Let an owner's letters to these streams leave with the day's digest only, or one by one again."""
    for stream in sorted(streams):
        row = insert(Turn).values(stream=stream, owner=owner, digest=wanted)
        key, other = ["stream", "owner"], Turn.digest.is_not(wanted)
        session().execute(row.on_conflict_do_update(index_elements=key, set_={"digest": wanted}, where=other))
        # The row that says when a digest was put together.
        values = {"stream": stream, **plans.stored(Plan())}
        session().execute(insert(DeliveryPlan).values(values).on_conflict_do_nothing())


def streams() -> list[str]:
    """Where an owner's letters leave with the day's digest only."""
    return list(session().scalars(select(Turn.stream).where(Turn.digest).distinct()))


def _is_time(plan: Plan, gathered_at: datetime | None, at: datetime) -> bool:
    """Once on each open day, from the digest's time on."""
    opening = following(plan.of_digest, at)
    if at < opening.start:
        return False
    return gathered_at is None or local_day(plan, gathered_at) < opening.day


def _load(stream: str, owner: UUID) -> Sequence[UUID]:
    """One digest with the next letters of an owner; empty when none waits."""
    carrier = new_id()
    values = {"stream": stream, "owner": owner, "carrier": carrier, "most": LETTERS_MAX}
    rows = session().execute(_LOAD, values).all()
    if rows:
        moves.mark([row.id for row in rows], cause="leaves with the digest", actor=ACTOR)
        write([_draft("digest", carrier, stream, owner, rows[0].domain)])
    return [row.id for row in rows]


def _draft(kind: str, id_: UUID, stream: str, owner: UUID, domain: str) -> Draft:
    return Draft(
        kind=kind,
        id=id_,
        ref=id_,
        owner=owner,
        lane=Lane.LETTERS,
        stream=stream + plans.DIGEST,
        domain=domain,
        carries=kind == "digest",
    )


def carried(carrier_id: UUID) -> list[UUID]:
    """What the letters of a digest refer to, in order; locked, so that none is taken back while it is composed."""
    query = select(Message.ref).where(Message.carrier_id == carrier_id, Message.state == State.QUEUED)
    return list(session().scalars(query.order_by(Message.id).with_for_update()))


def sum_up(stream: str, owner: UUID, step: int, domain: str) -> bool:
    """Write a summary to a target that wants them, once for each step that the owner's campaign has reached."""
    if not session().scalar(select(DeliveryPlan.summary).where(DeliveryPlan.stream == stream)):
        return False
    if pauses.standing([pauses.of_paper(owner)]):
        return False
    if session().scalar(_STEP, {"stream": stream, "owner": owner, "step": step}) is None:
        return False
    write([_draft("summary", new_id(), stream, owner, domain)])
    return True


def unpack(owner: UUID, *, actor: str) -> None:
    """Take an owner's letters out of the digests that wait, and drop those: each waits by itself again."""
    mine = (Message.owner == owner, Message.carries, Message.state == State.QUEUED)
    carriers = session().scalars(select(Message.id).where(*mine).order_by(Message.id).with_for_update()).all()
    if carriers:
        session().execute(update(Message).where(Message.carrier_id.in_(carriers)).values(carrier_id=None))
        moves.move(carriers, State.CANCELLED, cause="its letters go on paper", actor=actor)


def addressed(message_id: UUID) -> tuple[str, UUID | None]:
    """The stream and the owner of a digest or a summary, for its composer."""
    row = session().execute(select(Message.stream, Message.owner).where(Message.id == message_id)).one()
    return row.stream.partition("/")[0], row.owner


_LOCK = text(
    """
    SELECT gathered_at, clock_timestamp() AS at FROM outbox_plans
    WHERE stream = :stream FOR UPDATE SKIP LOCKED
    """
)
_GATHERED = text("UPDATE outbox_plans SET gathered_at = clock_timestamp() WHERE stream = :stream")
_OWNERS = text(
    "SELECT owner FROM outbox_turns WHERE stream = :stream AND (digest OR :full)"
    " AND NOT EXISTS (SELECT FROM outbox_pauses WHERE key = 'paper:' || owner) ORDER BY owner"
)
_LOAD = text(
    f"""
    UPDATE outbox_messages m SET carrier_id = :carrier FROM (
        SELECT id FROM outbox_messages WHERE stream = :stream AND owner = :owner AND {WAITING} AND lot IS NOT NULL
        ORDER BY lot LIMIT :most FOR UPDATE SKIP LOCKED
    ) waiting WHERE m.id = waiting.id RETURNING m.id, m.domain
    """  # noqa: S608 - fixed words
)
_STEP = text(
    """
    UPDATE outbox_turns SET summed_up = :step WHERE stream = :stream AND owner = :owner AND summed_up < :step
    RETURNING summed_up
    """
)


def owners_of(stream: str) -> list[tuple[UUID, str]]:
    """The owners that have written to a stream, with the domain of its mailbox."""
    return [(row.owner, row.domain) for row in session().execute(_WRITERS, {"stream": stream})]


_WRITERS = text(
    """
    SELECT t.owner, m.domain FROM outbox_turns t CROSS JOIN LATERAL (
        SELECT domain FROM outbox_messages m WHERE m.owner = t.owner AND m.stream = t.stream
        ORDER BY m.changed_at DESC LIMIT 1
    ) m WHERE t.stream = :stream ORDER BY t.owner
    """
)
