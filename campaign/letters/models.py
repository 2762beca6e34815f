"""What is said: model letters by staff, and what supporters made of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Moment
from campaign.core.db import Base
from campaign.core.ids import new_id


class ModelLetterVersion(Base):
    """One version of a campaign's model letter in one language. Never changed: a new text is a new version."""

    __tablename__ = "model_letter_versions"
    __table_args__ = (UniqueConstraint("campaign_id", "lang", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    lang: Mapped[str]
    number: Mapped[int]
    subject: Mapped[str]
    opening: Mapped[str] = mapped_column(doc="locked, rendered per target")
    body: Mapped[str] = mapped_column(doc="what the supporter edits")
    closing: Mapped[str] = mapped_column(doc="locked, rendered per supporter and target")
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str]


class LetterText(Base):
    """The middle of a supporter's letter as they left it: one text for all its targets."""

    __tablename__ = "letter_texts"
    __table_args__ = (Index(None, "version_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("model_letter_versions.id"))
    subject: Mapped[str]
    body: Mapped[str]
    edited: Mapped[bool]


class Letter(Base):
    """One supporter's text to one target. Its message in the outbox has the same id."""

    __tablename__ = "letters"
    # A letter to a target exists once for a signature, however often its link is opened.
    __table_args__ = (UniqueConstraint("signature_id", "post_id"), Index(None, "text_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    signature_id: Mapped[UUID]
    text_id: Mapped[UUID] = mapped_column(ForeignKey("letter_texts.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
