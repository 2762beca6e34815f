"""A register to look through: offices on a day, bodies, persons, and what nobody has checked for long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from campaign.core import clock
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.core.i18n import DEFAULT, language, pick
from campaign.targets.fold import fold
from campaign.targets.models import Area, Body, Contact, Person, Post, Tenure

PAGE = 50
STALE = timedelta(days=180)
LONGEST_SEARCH = 200
# What a post lacks in each state that can be asked for.
EMPTY: dict[str, Any] = {"vacant": Tenure, "no_address": Contact}


@dataclass(frozen=True)
class Office:
    """A post on a day. `mine`: it stands in this organisation's own register."""

    id: UUID
    office: str
    body_id: UUID
    body: str
    area: str
    holder: str | None
    holder_id: UUID | None
    since: date | None
    email: str | None
    checked_on: date | None
    waits: str | None
    mine: bool


@dataclass(frozen=True)
class BodyLine:
    """A body in a list."""

    id: UUID
    name: str
    kind: str
    area: str
    posts: int
    mine: bool


@dataclass(frozen=True)
class PersonLine:
    """A person in a list, with what they hold today."""

    id: UUID
    name: str
    offices: tuple[str, ...]
    mine: bool


@dataclass(frozen=True)
class Held:
    """A tenure: who held what from when to when."""

    id: UUID
    post_id: UUID
    office: str
    body: str
    person_id: UUID
    person: str
    since: date
    until: date | None
    party: str
    source: str
    checked_on: date | None

    def over(self, today: date) -> bool:
        """Whether it has ended."""
        return self.until is not None and self.until <= today


@dataclass(frozen=True)
class Stale:
    """Something that stands now and that nobody has checked for long: a row of `contacts` or `tenures`."""

    table: str
    id: UUID
    post_id: UUID
    office: str
    what: str
    source: str
    checked_on: date | None


def offices(
    organisation_id: UUID,
    *,
    words: str = "",
    body_id: UUID | None = None,
    state: str = "",
    on: date | None = None,
    page: int = 1,
) -> tuple[list[Office], bool]:
    """A page of posts as they stand on a day, by name, and whether there are more.

    `words` are looked for in the office, the body and the holder's name; `state` is vacant, no_address or empty.
    """
    day = on or clock.today()
    query = select(Post.id).join(Body, Body.id == Post.body_id).where(_seen(Post, organisation_id))
    if wanted := _likes(words):
        # One pass, however many words and holders; each post once, also where two hold it.
        query = query.outerjoin(Tenure, and_(Tenure.post_id == Post.id, _stands(Tenure, day)))
        query = query.outerjoin(Person, Person.id == Tenure.person_id).group_by(Post.id, Body.id)
        found_by = (Post.search, Body.search, Person.search)
        query = query.where(*(or_(*(column.like(like) for column in found_by)) for like in wanted))
    if body_id is not None:
        query = query.where(Post.body_id == body_id)
    if state in EMPTY:
        stands = select(EMPTY[state].post_id).where(EMPTY[state].post_id == Post.id, _stands(EMPTY[state], day))
        query = query.where(~stands.exists())
    query = query.order_by(_named(Body.name), _named(Post.office), Post.id)
    # First which posts, then what stands about those: a late page of many must not join what it does not show.
    ids = session().scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    rows = session().execute(_offices(organisation_id, day).where(Post.id.in_(ids[:PAGE])))
    found = {row.id: _office(organisation_id, row) for row in rows}
    return [found[id_] for id_ in ids[:PAGE]], len(ids) > PAGE


def office(organisation_id: UUID, post_id: UUID) -> tuple[Post, Office]:
    """One post and how it stands today; raises NotFound for another organisation's."""
    query = _offices(organisation_id, clock.today()).where(Post.id == post_id)
    row = session().execute(query).one_or_none()
    if row is None:
        raise NotFound(_("There is no such office in your register."))
    return session().get_one(Post, post_id), _office(organisation_id, row)


def those(organisation_id: UUID, post_ids: Sequence[UUID]) -> list[Office]:
    """These posts as they stand today, in this order; raises NotFound where one is another organisation's."""
    rows = session().execute(_offices(organisation_id, clock.today()).where(Post.id.in_(post_ids)))
    found = {row.id: _office(organisation_id, row) for row in rows}
    if found.keys() != set(post_ids):
        raise NotFound(_("There is no such office in your register."))
    return [found[id_] for id_ in post_ids]


def _offices(organisation_id: UUID, day: date) -> Any:
    columns = (
        *(Post.id, Post.office, Post.body_id, Post.organisation_id, Post.waits, Body.name.label("body")),
        *(Area.name.label("area"), Person.name.label("holder"), Person.id.label("holder_id")),
        *(Tenure.since, Tenure.office.label("title"), Contact.email, Contact.checked_on),
    )
    return (
        select(*columns)
        .join(Body, Body.id == Post.body_id)
        .outerjoin(Area, Area.code == func.coalesce(Post.area_code, Body.area_code))
        .outerjoin(Tenure, and_(Tenure.post_id == Post.id, _stands(Tenure, day)))
        .outerjoin(Person, Person.id == Tenure.person_id)
        .outerjoin(Contact, and_(Contact.post_id == Post.id, _stands(Contact, day)))
        .where(_seen(Post, organisation_id))
    )


def _office(organisation_id: UUID, row: Any) -> Office:
    lang = language()
    return Office(
        id=row.id,
        office=pick({**row.office, **(row.title or {})}, lang),
        body_id=row.body_id,
        body=pick(row.body, lang),
        area=pick(row.area, lang),
        holder=row.holder,
        holder_id=row.holder_id,
        since=row.since,
        email=row.email,
        checked_on=row.checked_on,
        waits=row.waits,
        mine=row.organisation_id == organisation_id,
    )


def bodies(organisation_id: UUID, *, words: str = "", page: int = 1) -> tuple[list[BodyLine], bool]:
    """A page of bodies by name, and whether there are more."""
    posts = select(func.count()).where(Post.body_id == Body.id).scalar_subquery()
    query = select(Body, Area.name, posts).outerjoin(Area, Area.code == Body.area_code)
    query = query.where(_seen(Body, organisation_id), *_like(Body, words)).order_by(_named(Body.name), Body.id)
    rows = session().execute(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return [_body(organisation_id, *row) for row in rows[:PAGE]], len(rows) > PAGE


def _body(organisation_id: UUID, row: Body, area: dict[str, str] | None, posts: int) -> BodyLine:
    lang, mine = language(), row.organisation_id == organisation_id
    return BodyLine(row.id, pick(row.name, lang), row.classification, pick(area, lang), posts, mine)


def body(organisation_id: UUID, id_: UUID) -> Body:
    """One body; raises NotFound for another organisation's."""
    found = session().scalar(select(Body).where(Body.id == id_, _seen(Body, organisation_id)))
    if found is None:
        raise NotFound(_("There is no such body in your register."))
    return found


def persons(organisation_id: UUID, *, words: str = "", page: int = 1) -> tuple[list[PersonLine], bool]:
    """A page of persons by name, and whether there are more."""
    query = select(Person).where(_seen(Person, organisation_id), *_like(Person, words))
    by_name = func.coalesce(func.nullif(Person.sort_name, ""), Person.name)
    rows = session().scalars(query.order_by(by_name, Person.id).offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    held = _held_today([row.id for row in rows])
    found = [PersonLine(row.id, row.name, held.get(row.id, ()), row.organisation_id == organisation_id) for row in rows]
    return found[:PAGE], len(found) > PAGE


def person(organisation_id: UUID, id_: UUID) -> Person:
    """One person; raises NotFound for another organisation's."""
    found = session().scalar(select(Person).where(Person.id == id_, _seen(Person, organisation_id)))
    if found is None:
        raise NotFound(_("There is no such person in your register."))
    return found


def _held_today(persons: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    query = select(Tenure.person_id, Post.office, Tenure.office.label("title")).join(Post, Post.id == Tenure.post_id)
    found: dict[UUID, tuple[str, ...]] = {}
    for row in session().execute(query.where(Tenure.person_id.in_(persons), _stands(Tenure, clock.today()))):
        words = pick({**row.office, **row.title}, language())
        found[row.person_id] = (*found.get(row.person_id, ()), words)
    return found


def tenures(organisation_id: UUID, *, post_id: UUID | None = None, person_id: UUID | None = None) -> list[Held]:
    """Who held a post, or what a person held, the latest first."""
    party = aliased(Body)
    query = (
        select(Tenure, Person.name, Post.office, Body.name.label("body"), party.name.label("party"))
        .outerjoin(party, party.id == Tenure.party_id)
        .join(Person, Person.id == Tenure.person_id)
        .join(Post, Post.id == Tenure.post_id)
        .join(Body, Body.id == Post.body_id)
        .where(_seen(Post, organisation_id))
    )
    if post_id is not None:
        query = query.where(Tenure.post_id == post_id)
    if person_id is not None:
        query = query.where(Tenure.person_id == person_id)
    return [_held(*row) for row in session().execute(query.order_by(Tenure.since.desc()).limit(500))]


def _held(row: Tenure, name: str, office: dict[str, str], body: dict[str, str], party: dict[str, str] | None) -> Held:
    lang = language()
    words = pick({**office, **row.office}, lang)
    return Held(
        *(row.id, row.post_id, words, pick(body, lang), row.person_id, name, row.since, row.until),
        *(pick(party, lang), row.source, row.checked_on),
    )


def names(organisation_id: UUID, ids: Sequence[UUID]) -> dict[str, str]:
    """The names of bodies, posts and persons of a register, by their ids."""
    lang, found = language(), {}
    for model, column in ((Body, Body.name), (Post, Post.office), (Person, Person.name)):
        query: Any = select(model.id, column.label("name")).where(model.id.in_(ids), _seen(model, organisation_id))
        for row in session().execute(query):
            found[str(row.id)] = row.name if isinstance(row.name, str) else pick(row.name, lang)
    return found


def persons_named(organisation_id: UUID, words: str) -> list[Person]:
    """Those of an organisation's register with this name, however it is written, or with this key."""
    own = select(Person).where(Person.organisation_id == organisation_id)
    named = or_(Person.search.contains(fold(words), autoescape=True), Person.key == words)
    found = session().scalars(own.where(named).order_by(Person.key).limit(100))
    wanted = fold(words)
    return [row for row in found if row.key == words or wanted in row.search.split(" | ")]


def contacts(post_id: UUID) -> list[Contact]:
    """The addresses of a post, the latest first. Ask `office` first whether the post may be seen."""
    return list(session().scalars(select(Contact).where(Contact.post_id == post_id).order_by(Contact.since.desc())))


def stale(organisation_id: UUID, page: int = 1) -> tuple[list[Stale], bool]:
    """A page of addresses and holders of today that nobody checked for 180 days; and whether there are more.

    Those that letters go to come first: addresses, then holders, each the longest unchecked first.
    """
    common = (Post.id.label("post_id"), Post.office)
    reached = select(Contact.id, *common, Contact.email.label("what"), Contact.source, Contact.checked_on)
    holders = select(Tenure.id, *common, Person.name.label("what"), Tenure.source, Tenure.checked_on)
    holders = holders.join(Post, Post.id == Tenure.post_id).join(Person, Person.id == Tenure.person_id)
    reached = reached.join(Post, Post.id == Contact.post_id)
    start, lang = (page - 1) * PAGE, language()
    found: list[Stale] = []
    for table, query, model in (("contacts", reached, Contact), ("tenures", holders, Tenure)):
        wanted = query.where(Post.organisation_id == organisation_id, *_unchecked(model))
        rows = session().execute(
            wanted.order_by(model.checked_on.asc().nulls_first(), model.id).limit(start + PAGE + 1)
        )
        found += [Stale(table, r.id, r.post_id, pick(r.office, lang), r.what, r.source, r.checked_on) for r in rows]
    return found[start : start + PAGE], len(found) > start + PAGE


def _unchecked(model: Any) -> list[ColumnElement[bool]]:
    today = clock.today()
    return [_stands(model, today), or_(model.checked_on.is_(None), model.checked_on < today - STALE)]


def _stands(model: Any, day: date) -> ColumnElement[bool]:
    return and_(model.since <= day, or_(model.until.is_(None), model.until > day))


def _seen(model: Any, organisation_id: UUID) -> ColumnElement[bool]:
    """Of this organisation's register, or of the installation's."""
    return or_(model.organisation_id == organisation_id, model.organisation_id.is_(None))


def _like(model: Any, words: str) -> list[ColumnElement[bool]]:
    return [model.search.like(like) for like in _likes(words)]


def _likes(words: str) -> list[str]:
    """Each word as LIKE finds it anywhere."""
    plain = str.maketrans({char: "\\" + char for char in "\\%_"})
    return [f"%{word.translate(plain)}%" for word in fold(words[:LONGEST_SEARCH]).split()]


def _named(column: Any) -> Any:
    """A localised name as the reader sees it, to sort by."""
    return func.coalesce(column.op("->>")(language()), column.op("->>")(DEFAULT), "")
