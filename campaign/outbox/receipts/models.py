"""What providers reported, as it came in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Choice, Moment, choice_check
from campaign.core.db import Base
from campaign.outbox.receipts.kinds import Failure, Kind, Source


class Receipt(Base):
    """One event of a provider, or one delivery report. Append-only but for `applied_at`; no address, no words.

    The message is not a foreign key: a receipt may name one that is not here, and is kept all the same.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        choice_check("source", Source),
        choice_check("kind", Kind),
        choice_check("failure", Failure),
        Index(None, "message_id"),
        Index(None, "received_at"),
        Index("ix_receipts_pending", "received_at", postgresql_where=text("applied_at IS NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True, doc="sg_event_id, or a hash of the report; copies have the same")
    source: Mapped[Source] = mapped_column(Choice(Source))
    message_id: Mapped[UUID | None] = mapped_column(doc="as the receipt names it")
    handover: Mapped[str | None] = mapped_column(doc="the provider's own id of what we handed over")
    kind: Mapped[Kind] = mapped_column(Choice(Kind))
    failure: Mapped[Failure | None] = mapped_column(Choice(Failure))
    status: Mapped[str] = mapped_column(server_default="", doc="enhanced status code (RFC 3463), such as 5.1.1")
    at: Mapped[datetime] = mapped_column(Moment, doc="by the provider's clock")
    received_at: Mapped[datetime] = mapped_column(Moment, server_default=func.clock_timestamp())
    applied_at: Mapped[datetime | None] = mapped_column(Moment, doc="none: its message is not known, or not yet moved")
