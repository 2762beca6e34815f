"""Hand-overs: which letters are printed together, and that they were handed over.

A pack takes what waits when it is ordered, a letter that stands in an older pack too: until somebody says that a pack
was handed over, its letters wait. Only what is in the file, and has not been corrected or taken back since, counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, insert, literal, or_, select, update

from campaign.core import clock
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError, NotFound
from campaign.outbox import digests, moves, paper, pauses
from campaign.outbox.delivery_models import Handover, HandoverLetter
from campaign.outbox.models import Message
from campaign.outbox.states import State

NEWEST = 20


@dataclass(frozen=True)
class HandoverView:
    """One pack: `letters` in its file, `handed` over with it, `gone` from it since (corrected, or taken back)."""

    id: UUID
    ordered_at: datetime
    ordered_by: str
    made_at: datetime | None
    handed_on: date | None
    handed_at: datetime | None
    handed_by: str | None
    letters: int
    waiting: int
    handed: int
    gone: int


def order(id_: UUID, owner: UUID, *, actor: str) -> int:
    """Put all that waits into a new pack; answers how many letters. An office whose letters are paused is left out.

    Call it in a transaction. Raises Conflict where letters leave by mail, or nothing waits.
    """
    if owner not in paper.chosen([owner]):
        raise Conflict(_("Letters of this campaign leave by mail now. Choose paper first."))
    digests.unpack(owner, actor=actor)
    streams = _going(owner)
    session().add(Handover(id=id_, owner=owner, ordered_by=actor))
    session().flush()
    letters = select(literal(id_), Message.id).where(*paper.fitting(owner), Message.stream.in_(streams))
    columns = ["handover_id", "message_id"]
    taken = insert(HandoverLetter).from_select(columns, letters).returning(HandoverLetter.message_id)
    number = len(session().scalars(taken).all())
    if not number:
        raise Conflict(_("No letter waits for a hand-over."))
    return number


def _going(owner: UUID) -> list[str]:
    """The streams with letters that nobody has paused, such as for an office that objects."""
    whole, found = pauses.of_owner(owner), list(paper.waiting(owner))
    standing = pauses.standing([whole, *(pauses.of_owner(owner, stream) for stream in found)])
    return [one for one in found if not standing.keys() & {whole, pauses.of_owner(owner, one)}]


def letters_of(id_: UUID) -> Select[UUID]:
    """The letters of a pack that can be printed."""
    still = Message.state.in_([State.QUEUED, State.HANDED_OVER])
    joined = select(HandoverLetter.message_id).join(Message, Message.id == HandoverLetter.message_id)
    return joined.where(HandoverLetter.handover_id == id_, still)


def streams_of(id_: UUID) -> list[str]:
    """Where its letters go."""
    query = select(Message.stream).join(HandoverLetter, HandoverLetter.message_id == Message.id)
    return list(session().scalars(query.where(HandoverLetter.handover_id == id_).distinct().order_by(Message.stream)))


def begin(id_: UUID) -> None:
    """Its file is made from the start: what was corrected before now is in it as it is now."""
    fresh = {"printed": False, "stale": False}
    session().execute(update(HandoverLetter).where(HandoverLetter.handover_id == id_).values(fresh))


def printed(id_: UUID, letters: Sequence[UUID]) -> None:
    """These letters are in its file."""
    these = (HandoverLetter.handover_id == id_, HandoverLetter.message_id.in_(letters))
    session().execute(update(HandoverLetter).where(*these).values(printed=True))


def made(id_: UUID) -> None:
    """Its file is whole."""
    session().execute(update(Handover).where(Handover.id == id_).values(made_at=func.clock_timestamp()))


def corrected(letters: Sequence[UUID]) -> None:
    """What is on paper of these letters no longer holds: they wait for another pack."""
    these = (HandoverLetter.message_id.in_(letters), ~HandoverLetter.handed)
    session().execute(update(HandoverLetter).where(*these).values(stale=True))


def hand_over(owner: UUID, id_: UUID, on: date, *, actor: str) -> int:
    """The letters of a pack were handed over on that day; answers how many. Once said, it stays as it was said.

    Call it in a transaction. Raises NotFound; DomainError for a day to come or before the pack was made; Conflict
    where it is not made, or none of its letters waits.
    """
    row = _locked(owner, id_)
    if row.handed_on is not None:
        return 0
    if row.made_at is None:
        raise Conflict(_("This pack is not made yet."))
    # In UTC: the day may have begun earlier where staff are.
    if not row.ordered_at.date() <= on <= clock.today():
        wrong = _("Write the day of the hand-over: not before the pack was made, not in the future.")
        raise DomainError(wrong, fields={"on": wrong})
    wanted = select(HandoverLetter.message_id).where(HandoverLetter.handover_id == id_, *_IN_IT)
    cause = f"handed over on paper on {on.isoformat()}"
    moved = moves.move(
        session().scalars(wanted).all(), State.HANDED_OVER, cause=cause, actor=actor, only_from=[State.QUEUED]
    )
    if not moved:
        raise Conflict(_("None of its letters waits any more."))
    _note(id_, [one.id for one in moved], True)
    row.handed_on, row.handed_at, row.handed_by = on, clock.now(), actor
    session().flush()
    return len(moved)


def take_back(owner: UUID, id_: UUID, *, actor: str) -> list[UUID]:
    """Undo: it was not handed over, and its letters wait again; answers which. Call it in a transaction.

    Raises NotFound, and Conflict where letters leave by mail now: they would leave at once.
    """
    row = _locked(owner, id_)
    if row.handed_on is None:
        return []
    if owner not in paper.chosen([owner]):
        raise Conflict(
            _("Letters of this campaign leave by mail now. Choose paper first: else these would leave at once.")
        )
    wanted = select(HandoverLetter.message_id).where(HandoverLetter.handover_id == id_, HandoverLetter.handed)
    cause = "it was not handed over after all"
    ids = session().scalars(wanted).all()
    moved = moves.move(ids, State.QUEUED, cause=cause, actor=actor, only_from=[State.HANDED_OVER])
    _note(id_, ids, False)
    row.handed_on = row.handed_at = row.handed_by = None
    session().flush()
    return [one.id for one in moved]


def _locked(owner: UUID, id_: UUID) -> Handover:
    query = select(Handover).where(Handover.id == id_, Handover.owner == owner).with_for_update()
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(_("There is no such pack."))
    return row


def _note(id_: UUID, letters: Sequence[UUID], handed: bool) -> None:
    these = (HandoverLetter.handover_id == id_, HandoverLetter.message_id.in_(letters))
    session().execute(update(HandoverLetter).where(*these).values(handed=handed))


def newest(owner: UUID) -> list[HandoverView]:
    """The last packs of an owner, newest first."""
    waits, handed = and_(*_IN_IT, Message.state == State.QUEUED), HandoverLetter.handed
    gone = and_(HandoverLetter.printed, ~handed, or_(HandoverLetter.stale, Message.state == State.CANCELLED))
    columns = [getattr(Handover, name) for name in HandoverView.__dataclass_fields__ if hasattr(Handover, name)]
    counts: list[Any] = [
        func.count().filter(or_(HandoverLetter.printed, Handover.made_at.is_(None))),
        *(func.count().filter(which) for which in (waits, handed, gone)),
    ]
    joined = select(*columns, *counts).join(HandoverLetter, HandoverLetter.handover_id == Handover.id)
    joined = joined.join(Message, Message.id == HandoverLetter.message_id).where(Handover.owner == owner)
    rows = session().execute(joined.group_by(Handover.id).order_by(Handover.ordered_at.desc()).limit(NEWEST))
    return [HandoverView(*row) for row in rows]


def days(letters: Sequence[UUID]) -> dict[UUID, date]:
    """On which day those of the letters that were handed over were."""
    query = select(HandoverLetter.message_id, Handover.handed_on).join(Handover)
    found = session().execute(query.where(HandoverLetter.message_id.in_(letters), HandoverLetter.handed))
    return {id_: day for id_, day in found if day is not None}


_IN_IT = (HandoverLetter.printed, ~HandoverLetter.stale)
