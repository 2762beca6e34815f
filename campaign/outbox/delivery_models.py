"""What staff say about sending: a plan per target, whose turn it is there, what is paused, who is not written to."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, false, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Moment, Sealed
from campaign.core.db import Base
from campaign.core.ids import new_id


class DeliveryPlan(Base):
    """What one stream can bear, over all owners; see `hours.Plan`. Without a row: the pace of the settings."""

    __tablename__ = "outbox_plans"

    stream: Mapped[str] = mapped_column(primary_key=True)
    per_hour: Mapped[int | None]
    per_day: Mapped[int | None]
    zone: Mapped[str]
    week: Mapped[list[Any]] = mapped_column(JSONB, doc="[from, to] in minutes, or null, for each day from Monday on")
    holidays_of: Mapped[str | None] = mapped_column(doc="ISO 3166 code of the country whose public holidays are kept")
    digest_above: Mapped[int | None]
    digest_at: Mapped[int] = mapped_column(doc="minute of the office's day")
    gathered_at: Mapped[datetime | None] = mapped_column(Moment, doc="when the last digest was put together")
    summary: Mapped[bool] = mapped_column(server_default=false())


class Turn(Base):
    """Whose turn it is in a stream: fair between owners by start tags, random within one by a wheel of lots."""

    __tablename__ = "outbox_turns"

    stream: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[UUID] = mapped_column(primary_key=True)
    weight: Mapped[float] = mapped_column(server_default="1", doc="share beside the other owners")
    began: Mapped[float] = mapped_column(server_default="0", doc="start tag of its last letter")
    ended: Mapped[float] = mapped_column(server_default="0", doc="finish tag: the start plus one share")
    spot: Mapped[float] = mapped_column(server_default="0", doc="how far its wheel has turned: from 0 to 1")
    summed_up: Mapped[int] = mapped_column(server_default="0", doc="the last milestone that a summary told of")
    digest: Mapped[bool] = mapped_column(server_default=false(), doc="its letters leave with the day's digest only")


class Pause(Base):
    """Something that stands still until somebody lets it go on: `all`, a lane's key, a stream or `owner:<id>`."""

    __tablename__ = "outbox_pauses"

    key: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.clock_timestamp())
    told_at: Mapped[datetime | None] = mapped_column(Moment, doc="when staff were told of one that nobody asked for")


class Handover(Base):
    """Letters of one owner that are printed together and handed over; see `handovers`."""

    __tablename__ = "outbox_handovers"
    __table_args__ = (Index(None, "owner", "ordered_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner: Mapped[UUID]
    ordered_at: Mapped[datetime] = mapped_column(Moment, server_default=func.clock_timestamp())
    ordered_by: Mapped[str]
    made_at: Mapped[datetime | None] = mapped_column(Moment, doc="when all of it had been set")
    handed_on: Mapped[date | None] = mapped_column(doc="the day, as staff say")
    handed_at: Mapped[datetime | None] = mapped_column(Moment, doc="when they said so")
    handed_by: Mapped[str | None]


class HandoverLetter(Base):
    """One letter in a pack. It may be in several; one of them says that it was handed over."""

    __tablename__ = "outbox_handover_letters"
    __table_args__ = (Index(None, "message_id"),)

    handover_id: Mapped[UUID] = mapped_column(ForeignKey("outbox_handovers.id", ondelete="CASCADE"), primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox_messages.id", ondelete="CASCADE"), primary_key=True)
    printed: Mapped[bool] = mapped_column(server_default=false(), doc="it is in the file")
    stale: Mapped[bool] = mapped_column(server_default=false(), doc="its writer has corrected it since")
    handed: Mapped[bool] = mapped_column(server_default=false(), doc="it was handed over with this pack")


class Suppression(Base):
    """An address that must not be written to, until it is lifted. Never deleted: it shows who did what, and why."""

    __tablename__ = "outbox_suppressions"
    __table_args__ = (
        Index("uq_outbox_suppressions", "address_hash", unique=True, postgresql_where=text("lifted_at IS NULL")),
        Index("ix_outbox_suppressions_newest", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    address_hash: Mapped[bytes]
    address: Mapped[str | None] = mapped_column(Sealed, doc="none where only the hash may be kept")
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.clock_timestamp())
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by: Mapped[str | None]
