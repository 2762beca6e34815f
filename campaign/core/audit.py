"""Who did what: an append-only log that every room may write to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, Index, Select, event, insert, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.clock import now
from campaign.core.columns import Moment
from campaign.core.db import Base, session
from campaign.core.ids import new_id

PAGE = 50
BATCH = 1000
NOTHING_IS_NULL = JSONB(none_as_null=True)

Values = Mapping[str, Any]


class AuditEntry(Base):
    """One act of a person or of the system on one record. The database refuses to change or delete a row (0005)."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "subject", "at"), Index(None, "organisation_id", "at", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(doc="staff:<id>, key:<id>, system or cli")
    action: Mapped[str] = mapped_column(doc="room.verb, such as campaigns.open")
    subject: Mapped[str] = mapped_column(doc="kind:<id>")
    organisation_id: Mapped[UUID | None] = mapped_column(doc="whose staff may read it; opaque here")
    before: Mapped[dict[str, Any] | None] = mapped_column(NOTHING_IS_NULL, doc="the fields that changed, as they were")
    after: Mapped[dict[str, Any] | None] = mapped_column(NOTHING_IS_NULL, doc="the same fields, as they are since")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, doc="the rest; never personal data of supporters")


# A bug or a stranger in the application cannot rewrite what was done. The same words stand in migration 0005.
_REFUSE = """
    CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
"""
_GUARD = """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only()
"""
for _statement in (_REFUSE, _GUARD):
    event.listen(AuditEntry.__table__, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so


@dataclass(frozen=True)
class Entry:
    """One act, to read."""

    id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    detail: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries: all of an organisation, or those by one actor, of one action, on one record, in a span of time.

    `what` is an action or its beginning; `since` is the first moment and `until` the first one after.
    """

    organisation_id: UUID
    who: str = ""
    what: str = ""
    record: str = ""
    since: datetime | None = None
    until: datetime | None = None


def record(
    actor: str,
    action: str,
    subject: str,
    organisation_id: UUID | None = None,
    before: Values | None = None,
    after: Values | None = None,
    **detail: Any,
) -> None:
    """Write one entry inside the caller's transaction. Give `before` and `after` what JSON can hold."""
    session().execute(
        insert(AuditEntry).values(
            id=new_id(),
            at=now(),
            actor=actor,
            action=action,
            subject=subject,
            organisation_id=organisation_id,
            before=_stored(before),
            after=_stored(after),
            detail=detail,
        )
    )


def history(subject: str, organisation_id: UUID) -> list[Entry]:
    """What was done to one record in that organisation, the last first; at most a page of it."""
    return page(Wanted(organisation_id=organisation_id, record=subject))[0]


def page(wanted: Wanted, number: int = 1) -> tuple[list[Entry], bool]:
    """A page of entries, the last first, and whether there is another page."""
    query = _query(wanted).offset((number - 1) * PAGE).limit(PAGE + 1)
    rows = [Entry(*row) for row in session().execute(query)]
    return rows[:PAGE], len(rows) > PAGE


def every(wanted: Wanted) -> Iterator[Entry]:
    """All of them, the last first, read in batches; what is written meanwhile is left out."""
    query = _query(wanted).limit(BATCH)
    rows = [Entry(*row) for row in session().execute(query)]
    while rows:
        yield from rows
        older = tuple_(AuditEntry.at, AuditEntry.id) < (rows[-1].at, rows[-1].id)
        rows = [Entry(*row) for row in session().execute(query.where(older))]


def actions(organisation_id: UUID) -> list[str]:
    """The kinds of acts that an organisation's log holds, in order of the alphabet."""
    query = select(AuditEntry.action).where(AuditEntry.organisation_id == organisation_id).distinct()
    return sorted(session().scalars(query))


def actors(organisation_id: UUID) -> list[str]:
    """Who appears in an organisation's log."""
    query = select(AuditEntry.actor).where(AuditEntry.organisation_id == organisation_id).distinct()
    return sorted(session().scalars(query))


_COLUMNS = tuple(getattr(AuditEntry, name) for name in Entry.__dataclass_fields__)


def _stored(values: Values | None) -> dict[str, Any] | None:
    return None if values is None else dict(values)


def _query(wanted: Wanted) -> Select[Any]:
    query = select(*_COLUMNS).where(AuditEntry.organisation_id == wanted.organisation_id)
    query = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if wanted.who:
        query = query.where(AuditEntry.actor == wanted.who)
    if wanted.what:
        query = query.where(AuditEntry.action.startswith(wanted.what, autoescape=True))
    if wanted.record:
        query = query.where(AuditEntry.subject == wanted.record)
    if wanted.since:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditEntry.at < wanted.until)
    return query
