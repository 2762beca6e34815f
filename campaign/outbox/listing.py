"""Find messages of some owners: how many there are, and a page of them that begins at a row, however long the list."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from campaign.core.db import session
from campaign.outbox.models import Message
from campaign.outbox.plans import DIGEST
from campaign.outbox.queries import VIEW, MessageView
from campaign.outbox.states import State

PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which messages; no states or no kind: all. `numbers` are those of messages or of what they refer to."""

    owners: tuple[UUID, ...]
    states: tuple[State, ...] = ()
    kind: str = ""
    stream: str = ""
    numbers: tuple[UUID, ...] | None = None


@dataclass(frozen=True)
class Found:
    """A page of messages, the last changed first, and the rows that the pages beside it begin at."""

    rows: list[MessageView]
    newer: str = ""
    older: str = ""


def messages(wanted: Wanted, before: str = "", after: str = "") -> Found:
    """The page before or after a row, as `newer` and `older` of another page name it; else the first."""
    place, forwards = _read(before) or _read(after), _read(before) is None and _read(after) is not None
    rows = session().execute(_page(wanted, place, forwards).limit(PAGE + 1)).all()
    more, views = len(rows) > PAGE, [MessageView(*row) for row in rows[:PAGE]]
    if forwards:
        views.reverse()
    if not views:
        return Found([])
    has_newer, has_older = (more, True) if forwards else (place is not None, more)
    return Found(views, _name(views[0]) if has_newer else "", _name(views[-1]) if has_older else "")


def count(wanted: Wanted) -> int:
    """How many there are now."""
    return session().scalar(select(func.count()).select_from(Message).where(*fitting(wanted))) or 0


def fitting(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The same as the database takes it."""
    found: list[ColumnElement[bool]] = [Message.owner.in_(wanted.owners)]
    found += [Message.state.in_(wanted.states)] if wanted.states else []
    found += [Message.kind == wanted.kind] if wanted.kind else []
    found += [Message.stream.in_([wanted.stream, wanted.stream + DIGEST])] if wanted.stream else []
    if wanted.numbers is not None:
        found.append(or_(Message.id.in_(wanted.numbers), Message.ref.in_(wanted.numbers)))
    return found


def _page(wanted: Wanted, place: tuple[datetime, UUID] | None, forwards: bool) -> Select[Any]:
    query, key = select(*VIEW).where(*fitting(wanted)), tuple_(Message.changed_at, Message.id)
    if place is not None:
        query = query.where(key > place if forwards else key < place)
    if forwards:
        return query.order_by(Message.changed_at, Message.id)
    return query.order_by(Message.changed_at.desc(), Message.id.desc())


def _name(view: MessageView) -> str:
    return f"{(view.changed_at - EPOCH) // MICROSECOND}-{view.id.hex}"


def _read(name: str) -> tuple[datetime, UUID] | None:
    """The row of an address; None for one that names none."""
    moment, _dash, id_ = name.partition("-")
    try:
        return EPOCH + int(moment) * MICROSECOND, UUID(hex=id_)
    except (ValueError, OverflowError):
        return None
