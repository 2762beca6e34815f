"""Whom letters go to (Popolo's terms). A letter is addressed to a post; whoever holds it when it is sent reads it."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from campaign.core.columns import localised
from campaign.core.db import Base
from campaign.core.ids import new_id


class Area(Base):
    """A territory that a body governs: a country, a region, a municipality."""

    __tablename__ = "areas"

    code: Mapped[str] = mapped_column(primary_key=True, doc="ISO 3166 or the national statistics code")
    name: Mapped[dict[str, str]] = localised()


class Body(Base):
    """An organisation that has posts: a government, a council."""

    __tablename__ = "bodies"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"))
    name: Mapped[dict[str, str]] = localised()


class Post(Base):
    """An office that stays while its holders change."""

    __tablename__ = "posts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("bodies.id"))
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="that it reads, the first one first")
    office: Mapped[dict[str, str]] = localised(doc="its name")
    salutation: Mapped[dict[str, str]] = localised(doc="the form of address while nobody holds it")
    address: Mapped[dict[str, list[str]]] = mapped_column(JSONB, doc="lines of the postal address per language")


class Person(Base):
    """Someone who holds or held a post."""

    __tablename__ = "persons"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Tenure(Base):
    """Who held a post from when to when. The day it ends is the first day of the next (half-open)."""

    __tablename__ = "tenures"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until > since", name="order"),
        Index(None, "post_id", "since"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    since: Mapped[date]
    until: Mapped[date | None]
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
