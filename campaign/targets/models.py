"""Whom letters go to (Popolo's terms). A letter is addressed to a post; whoever holds it when it is sent reads it.

Bodies, posts and persons belong to one organisation's register: nobody else changes where its letters go (see
docs/decisions/a-register-each.md). Rows without an organisation are the installation's; staff only look at them.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from campaign.core.columns import localised
from campaign.core.db import Base
from campaign.core.ids import new_id
from campaign.targets.fold import folded

ORGANISATION = "organisations.id"
NO_TEXTS = text("'{}'")


class Area(Base):
    """A territory that a body governs or a post stands for: a country, a region, a municipality, a constituency."""

    __tablename__ = "areas"

    code: Mapped[str] = mapped_column(
        primary_key=True, doc="ISO 3166, BE- and the national statistics code, or an organisation's id and its own code"
    )
    name: Mapped[dict[str, str]] = localised()
    kind: Mapped[str] = mapped_column(server_default="", doc="country, region, province, municipality, constituency")
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("areas.code"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey(ORGANISATION), doc="none: a fact for everybody")


class Body(Base):
    """An organisation that has posts: a government, a council."""

    __tablename__ = "bodies"
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey(ORGANISATION), doc="whose register it stands in")
    key: Mapped[str] = mapped_column(doc="one in a register; imports know a row again by it")
    area_code: Mapped[str | None] = mapped_column(ForeignKey("areas.code"))
    name: Mapped[dict[str, str]] = localised()
    classification: Mapped[str] = mapped_column(server_default="", doc="government, legislature, party")
    search: Mapped[str] = mapped_column(server_default="", doc="its names, folded")


class Post(Base):
    """An office that stays while its holders change."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("organisation_id", "key"), Index(None, "body_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey(ORGANISATION), doc="whose register it stands in")
    key: Mapped[str]
    body_id: Mapped[UUID] = mapped_column(ForeignKey("bodies.id"))
    area_code: Mapped[str | None] = mapped_column(ForeignKey("areas.code"), doc="what it stands for within the body's")
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="that it reads, the first one first")
    office: Mapped[dict[str, str]] = localised(doc="its name")
    salutation: Mapped[dict[str, str]] = localised(doc="the form of address while nobody holds it")
    address: Mapped[dict[str, list[str]]] = mapped_column(JSONB, doc="lines of the postal address per language")
    waits: Mapped[str | None] = mapped_column(doc="why its letters were made to wait: vacant, no_address; see `settle`")
    search: Mapped[str] = mapped_column(server_default="", doc="its names, folded")


class Person(Base):
    """Someone who holds or held a post."""

    __tablename__ = "persons"
    __table_args__ = (UniqueConstraint("organisation_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey(ORGANISATION), doc="whose register it stands in")
    key: Mapped[str]
    name: Mapped[str]
    sort_name: Mapped[str] = mapped_column(server_default="", doc="family name first, where it is known")
    lang: Mapped[str] = mapped_column(server_default="", doc="that they prefer, where it is known")
    other_names: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NO_TEXTS)
    identifiers: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=NO_TEXTS, doc="by scheme")
    search: Mapped[str] = mapped_column(server_default="", doc="their names, folded")


class Tenure(Base):
    """Who held a post from when to when. The day it ends is the first day of the next (half-open)."""

    __tablename__ = "tenures"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until > since", name="order"),
        Index(None, "post_id", "since"),
        Index(None, "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    since: Mapped[date]
    until: Mapped[date | None]
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("bodies.id"), doc="on whose behalf")
    office: Mapped[dict[str, str]] = localised(doc="where the title differed then, such as State Secretary")
    salutation: Mapped[dict[str, str]] = localised(doc="the form of address of this holder")
    source: Mapped[str]
    checked_on: Mapped[date | None] = mapped_column(doc="none: checked by nobody")


class Contact(Base):
    """Where a post is reached, with where we know it from."""

    __tablename__ = "contacts"
    __table_args__ = (Index(None, "post_id", "since"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
    email: Mapped[str] = mapped_column(doc="functional and public, never private")
    since: Mapped[date]
    until: Mapped[date | None]
    source: Mapped[str]
    checked_on: Mapped[date | None] = mapped_column(doc="none: checked by nobody")


class Postcode(Base):
    """The municipality that most of a postcode lies in."""

    __tablename__ = "postcodes"

    country: Mapped[str] = mapped_column(primary_key=True)
    postcode: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[dict[str, str]] = localised()


@event.listens_for(Body, "before_insert")
@event.listens_for(Body, "before_update")
def _index_body(_mapper: Any, _connection: Any, row: Body) -> None:
    row.search = folded(row.name.values())


@event.listens_for(Post, "before_insert")
@event.listens_for(Post, "before_update")
def _index_post(_mapper: Any, _connection: Any, row: Post) -> None:
    row.search = folded(row.office.values())


@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _index_person(_mapper: Any, _connection: Any, row: Person) -> None:
    row.search = folded([row.name, *(row.other_names or ())])
