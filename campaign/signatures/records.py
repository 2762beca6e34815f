"""What staff do with signatures, on record: moves, batches, looks, paper and files."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Choice, Moment, choice_check
from campaign.core.db import Base
from campaign.core.ids import new_id
from campaign.signatures.states import SignatureState


class SignatureMove(Base):
    """One step of one signature by staff: from where to where, why and by whom. Append-only."""

    __tablename__ = "signature_moves"
    __table_args__ = (Index(None, "signature_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    signature_id: Mapped[UUID] = mapped_column(ForeignKey("signatures.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.clock_timestamp())
    from_state: Mapped[SignatureState] = mapped_column(Choice(SignatureState))
    to_state: Mapped[SignatureState] = mapped_column(Choice(SignatureState))
    cause: Mapped[str]
    actor: Mapped[str] = mapped_column(doc="staff:<id>")
    batch_id: Mapped[UUID | None] = mapped_column(doc="the invalidation that it belongs to")


class BatchState(StrEnum):
    """Where an invalidation stands."""

    COUNTED = "counted"  # looked at, and not begun
    RUNNING = "running"
    STOPPED = "stopped"  # staff stopped it half-way
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class Invalidation(Base):
    """Many signatures taken out together. The row is the progress: whoever finds it goes on from there."""

    __tablename__ = "invalidations"
    __table_args__ = (
        choice_check("state", BatchState),
        Index(None, "campaign_id", "id"),
        Index("ix_invalidations_open", "id", postgresql_where=text("state IN ('running', 'undoing')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    state: Mapped[BatchState] = mapped_column(Choice(BatchState))
    conditions: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str]
    actor: Mapped[str]
    undone_by: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Moment, doc="signatures from after this are not touched")
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    after: Mapped[UUID | None] = mapped_column(doc="the last signature that was looked at")
    total: Mapped[int] = mapped_column(doc="how many there were when it began")
    done: Mapped[int] = mapped_column(server_default="0")
    letters: Mapped[int] = mapped_column(server_default="0", doc="letters that were cancelled")
    restored: Mapped[int] = mapped_column(server_default="0")
    left_out: Mapped[int] = mapped_column(server_default="0", doc="not restored: the address has signed again")


class ReviewAct(Base):
    """One look at names and comments, with how they stood before: enough to undo it, and no names."""

    __tablename__ = "review_acts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str]
    before: Mapped[list[list[str]]] = mapped_column(JSONB, doc="[signature, name's state, comment's state]")
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class PaperBatch(Base):
    """Signatures on paper that somebody counted."""

    __tablename__ = "paper_batches"
    __table_args__ = (CheckConstraint("number > 0", name="number"), Index(None, "campaign_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    number: Mapped[int]
    signed_on: Mapped[date]
    place: Mapped[str]
    note: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str]
    taken_back_at: Mapped[datetime | None] = mapped_column(Moment)


class ExportState(StrEnum):
    """Where a file stands."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    STOPPED = "stopped"


class Export(Base):
    """A spreadsheet of signatures or a pack of letters, made in the background and kept for a day."""

    __tablename__ = "exports"
    __table_args__ = (choice_check("state", ExportState), Index(None, "campaign_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    state: Mapped[ExportState] = mapped_column(Choice(ExportState))
    conditions: Mapped[dict[str, Any]] = mapped_column(JSONB)
    kind: Mapped[str] = mapped_column(server_default="xlsx", doc="xlsx, or pack: letters on paper in a ZIP")
    layout: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(JSONB)
    actor: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    beat_at: Mapped[datetime] = mapped_column(Moment, doc="the last sign of life; silent for a minute: begun again")
    total: Mapped[int]
    done: Mapped[int] = mapped_column(server_default="0")
    size: Mapped[int] = mapped_column(server_default="0", doc="bytes of the finished file")


class ExportPart(Base):
    """A piece of a file. It lies in the database, so that every web host can hand it out."""

    __tablename__ = "export_parts"

    export_id: Mapped[UUID] = mapped_column(ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes]
