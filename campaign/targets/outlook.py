"""What a change means for letters: who reads them before and after, and on which day that turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from campaign.core import clock
from campaign.core.db import session
from campaign.core.i18n import language, pick
from campaign.targets import succession
from campaign.targets.acts import touched
from campaign.targets.models import Contact, Person, Post, Tenure
from campaign.targets.sheet import Change, Sheet


@dataclass(frozen=True)
class Standing:
    """Who holds a post, and where it is reached, on a day."""

    holder: str | None
    email: str | None


@dataclass(frozen=True)
class Outlook:
    """A post on the day on which a change counts: as it is, and as it would be."""

    post_id: UUID
    office: str
    on: date
    before: Standing
    after: Standing

    @property
    def waits(self) -> bool:
        """Whether its letters will wait: somebody left and nobody follows, or no address is left."""
        gone = self.before.holder is not None and self.after.holder is None
        return gone or (self.before.email is not None and self.after.email is None)

    @property
    def turns(self) -> bool:
        """Whether letters will go to somebody else, or elsewhere."""
        return self.before != self.after


def outlook(changes: Sequence[Change], among: Sequence[UUID]) -> list[Outlook]:
    """What a plan means for those of the posts that it is about. Read it before it is done."""
    posts = [post for post in touched(changes) if post in set(among)]
    if not posts:
        return []
    rows = session().execute(select(Post.id, Post.office).where(Post.id.in_(posts)))
    offices = {row.id: pick(row.office, language()) for row in rows}
    before, after = _sheet(posts), _sheet(posts)
    after.apply(changes)
    found = [_of(post, offices[post], changes, before, after) for post in posts if post in offices]
    return [each for each in found if each.turns]


def _of(post: UUID, office: str, changes: Sequence[Change], before: Sheet, after: Sheet) -> Outlook:
    today = clock.today()
    days = sorted({max(today, day) for change in changes for day in _days(change, str(post))} | {today})
    turning = (day for day in days if _standing(before, post, day) != _standing(after, post, day))
    day = next(turning, today)
    return Outlook(post, office, day, _standing(before, post, day), _standing(after, post, day))


def _days(change: Change, post: str) -> list[date]:
    """The days that a change of this post begins or ends something on."""
    if change.table not in ("tenures", "contacts"):
        return []
    rows = [row for row in (change.before, change.after) if row and row["post_id"] == post]
    return [date.fromisoformat(row[name]) for row in rows for name in ("since", "until") if row[name]]


def _standing(sheet: Sheet, post: UUID, day: date) -> Standing:
    tenure = succession.on_day(sheet, "tenures", str(post), day)
    contact = succession.on_day(sheet, "contacts", str(post), day)
    holder = sheet.rows["persons"][tenure["person_id"]]["name"] if tenure else None
    return Standing(holder, contact["email"] if contact else None)


def _sheet(posts: Sequence[UUID]) -> Sheet:
    tenures = session().scalars(select(Tenure).where(Tenure.post_id.in_(posts))).all()
    contacts = session().scalars(select(Contact).where(Contact.post_id.in_(posts))).all()
    # Somebody who is to hold a post may stand in the register already, without a tenure of these posts.
    organisations = select(Post.organisation_id).where(Post.id.in_(posts))
    persons = session().scalars(select(Person).where(Person.organisation_id.in_(organisations))).all()
    return Sheet([*tenures, *contacts, *persons])
