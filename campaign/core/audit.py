"""Who did what: an append-only log that every room may write to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.clock import now
from campaign.core.columns import Moment
from campaign.core.db import Base, session
from campaign.core.ids import new_id


class AuditEntry(Base):
    """One act of a person or of the system on one record."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(doc="staff:<id>, system or cli")
    action: Mapped[str] = mapped_column(doc="room.verb, such as campaigns.open")
    subject: Mapped[str] = mapped_column(doc="kind:<id>")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, doc="what changed; never personal data of supporters")


def record(actor: str, action: str, subject: str, **detail: Any) -> None:
    """Write one entry inside the caller's transaction."""
    session().execute(
        insert(AuditEntry).values(id=new_id(), at=now(), actor=actor, action=action, subject=subject, detail=detail)
    )
