"""What the journey keeps beside signatures: refusals, mails that people sent themselves, news."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Choice, Moment, choice_check
from campaign.core.db import Base
from campaign.core.ids import new_id


class Refusal(Base):
    """An address that gets no mail about one campaign, by its keyed hash and nothing else."""

    __tablename__ = "refusals"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    address_hash: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


class OwnMail(Base):
    """Somebody said that they have sent their letter from their own mail. Nothing of them is kept."""

    __tablename__ = "own_mails"
    __table_args__ = (Index(None, "campaign_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Moment)
    lang: Mapped[str]


class NewsState(StrEnum):
    """Where a piece of news stands."""

    DRAFT = "draft"
    SENDING = "sending"  # its mails are being written
    STOPPED = "stopped"  # staff stopped it half-way
    SENT = "sent"


class News(Base):
    """A mail by staff to those who agreed to hear how a campaign goes on. The row is the progress of its writing."""

    __tablename__ = "news"
    __table_args__ = (
        choice_check("state", NewsState),
        Index(None, "campaign_id", "id"),
        Index("ix_news_open", "id", postgresql_where=text("state = 'sending'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    state: Mapped[NewsState] = mapped_column(Choice(NewsState))
    texts: Mapped[dict[str, Any]] = mapped_column(JSONB, doc="subject and body by language")
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str]
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    after: Mapped[UUID | None] = mapped_column(doc="the last signature that was looked at")
    written: Mapped[int] = mapped_column(server_default="0", doc="how many mails")


class NewsMail(Base):
    """One piece of news to one supporter: once, however often its writing begins again."""

    __tablename__ = "news_mails"
    __table_args__ = (UniqueConstraint("news_id", "signature_id"), Index(None, "signature_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    news_id: Mapped[UUID] = mapped_column(ForeignKey("news.id", ondelete="CASCADE"))
    signature_id: Mapped[UUID] = mapped_column(ForeignKey("signatures.id", ondelete="CASCADE"))
