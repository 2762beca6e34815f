"""Staff look at public names and comments: many at once, and every look can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Boolean, ColumnElement, and_, func, insert, literal_column, or_, select, text, update

from campaign import counters
from campaign.core import audit
from campaign.core.cache import remembered
from campaign.core.clock import now
from campaign.core.db import after_commit, session
from campaign.core.errors import Conflict
from campaign.core.ids import new_id
from campaign.signatures.keys import campaign_key
from campaign.signatures.models import SHOWN_COMMENT, UNSEEN, Signature
from campaign.signatures.records import ReviewAct
from campaign.signatures.states import Review, SignatureState

PAGE = 50
NEWEST = 6
# One act takes a page or two; its row keeps how each of them stood.
MOST = 200
_TABLE = Signature.__table__.c


class Look(StrEnum):
    """What staff say of a signature's name and comment."""

    SHOW = "show"
    HIDE_COMMENT = "hide_comment"
    HIDE = "hide"


AFTER = {
    Look.SHOW: (Review.SHOWN, Review.SHOWN),
    Look.HIDE_COMMENT: (Review.SHOWN, Review.HIDDEN),
    Look.HIDE: (Review.HIDDEN, Review.HIDDEN),
}


@dataclass(frozen=True)
class Item:
    """A name and a comment to look at."""

    id: UUID
    reference: str
    public_name: str
    name: str
    place: str
    lang: str
    comment: str
    name_state: Review
    comment_state: Review
    confirmed_at: datetime


@dataclass(frozen=True)
class Comment:
    """A comment as the page shows it."""

    name: str
    place: str
    comment: str
    lang: str
    at: datetime


def items(campaign_id: UUID, state: Review = Review.WAITING, after: UUID | None = None) -> tuple[list[Item], bool]:
    """A page of what waits (the oldest first), or of what was shown or hidden; and whether there is more."""
    query = select(*(_TABLE[name] for name in Item.__dataclass_fields__)).where(*_in(campaign_id, state))
    query = query.where(_TABLE.id > after) if after else query
    rows = session().execute(query.order_by(_TABLE.id).limit(PAGE + 1)).all()
    return [Item(*row) for row in rows[:PAGE]], len(rows) > PAGE


def waiting(campaign_id: UUID) -> int:
    """How many wait for a look."""
    query = select(func.count()).select_from(Signature).where(*_in(campaign_id, Review.WAITING))
    return session().scalar(query) or 0


def _in(campaign_id: UUID, state: Review) -> list[ColumnElement[bool]]:
    mine = [
        _TABLE.campaign_id == campaign_id,
        _TABLE.state == SignatureState.CONFIRMED,
        _TABLE.public_name.is_not(None),
    ]
    if state == Review.WAITING:
        return [*mine, literal_column(UNSEEN, Boolean)]  # word for word as the index has it
    commented = and_(_TABLE.comment != "", _TABLE.comment_state == state)
    return [*mine, or_(_TABLE.name_state == state, commented) if state == Review.HIDDEN else commented]


def look(campaign_id: UUID, ids: Sequence[UUID], what: Look, *, actor: str, organisation_id: UUID) -> tuple[UUID, int]:
    """Show or hide; answers the act, by which it can be undone, and how many. Raises Conflict where there is none."""
    mine = (_TABLE.campaign_id == campaign_id, _TABLE.id.in_(list(ids)[:MOST]))
    query = select(_TABLE.id, _TABLE.name_state, _TABLE.comment_state).where(*mine).order_by(_TABLE.id)
    rows = session().execute(query.with_for_update()).all()
    if not rows:
        raise Conflict(_("Choose at least one signature."))
    name_state, comment_state = AFTER[what]
    _put([row.id for row in rows], name_state, comment_state)
    act: dict[str, object] = {"id": new_id(), "campaign_id": campaign_id, "at": now(), "actor": actor}
    act["before"] = [[str(row.id), row.name_state, row.comment_state] for row in rows]
    session().execute(insert(ReviewAct).values(act))
    _told(campaign_id, f"signatures.{what.value}", actor, organisation_id, len(rows))
    return UUID(str(act["id"])), len(rows)


def undo(campaign_id: UUID, act_id: UUID, *, actor: str, organisation_id: UUID) -> int:
    """Put names and comments back to how an act found them; answers how many. Raises Conflict the second time."""
    mine = (ReviewAct.campaign_id == campaign_id, ReviewAct.id == act_id, ReviewAct.undone_at.is_(None))
    before = session().scalar(update(ReviewAct).where(*mine).values(undone_at=now()).returning(ReviewAct.before))
    if before is None:
        raise Conflict(_("This was undone already."))
    for pair in sorted({(name, comment) for _id, name, comment in before}):
        ids = [UUID(id_) for id_, *states in before if tuple(states) == pair]
        _put(ids, Review(pair[0]), Review(pair[1]))
    _told(campaign_id, "signatures.undo_look", actor, organisation_id, len(before))
    return len(before)


def comments(campaign_id: UUID) -> list[Comment]:
    """The newest comments that staff let through, for the page; a moment old at most."""
    names = (_TABLE.public_name, _TABLE.place, _TABLE.comment, _TABLE.lang, _TABLE.confirmed_at)
    query = select(*names).where(_TABLE.campaign_id == campaign_id, text(SHOWN_COMMENT))
    query = query.order_by(_TABLE.confirmed_at.desc()).limit(NEWEST)
    return remembered(("comments", campaign_id), lambda: [Comment(*row) for row in session().execute(query)])


def _put(ids: Sequence[UUID], name_state: Review, comment_state: Review) -> None:
    states = {"name_state": name_state, "comment_state": comment_state}
    changed = update(Signature).where(Signature.id.in_(ids)).values(states)
    session().execute(changed.execution_options(synchronize_session=False))


def _told(campaign_id: UUID, action: str, actor: str, organisation_id: UUID, n: int) -> None:
    """In the audit log, and to those who watch the counter: its newest names may be others now."""
    audit.record(actor, action, f"campaign:{campaign_id}", organisation_id=organisation_id, signatures=n)
    after_commit(lambda: counters.tell([campaign_key(campaign_id)]))
