"""What offices ask for and say to all, who has been told, and what writers say of their answers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Choice, Moment, Sealed, choice_check
from campaign.core.db import Base
from campaign.core.ids import new_id


class WishKind(StrEnum):
    """What an office may ask for."""

    DIGEST = "digest"  # one mail a day in place of single letters
    SINGLE = "single"  # each letter by itself again
    ANSWER = "answer"  # one answer to everybody who wrote
    OBJECT = "object"  # it does not want these letters; staff decide


class Wish(Base):
    """One thing that somebody at an office asked for. It holds once it is confirmed from the office's own mailbox."""

    __tablename__ = "office_wishes"
    __table_args__ = (
        choice_check("kind", WishKind),
        Index(None, "post_id", "created_at"),
        Index(None, "campaign_id", "created_at"),
        Index(
            "ix_office_wishes_spreading",
            "published_at",
            postgresql_where=text("published_at IS NOT NULL AND spread_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
    kind: Mapped[WishKind] = mapped_column(Choice(WishKind))
    lang: Mapped[str] = mapped_column(doc="the language it was written in")
    text: Mapped[str] = mapped_column(Sealed, doc="the answer, or why it objects; may be empty")
    created_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment, doc="of an answer: since when everybody reads it")
    published_text: Mapped[str | None]
    reached: Mapped[UUID | None] = mapped_column(doc="the last signature that was told of the answer")
    spread_at: Mapped[datetime | None] = mapped_column(Moment, doc="when all who agreed had been told")


class AnswerCopy(Base):
    """One writer who is told of an answer to all, once."""

    __tablename__ = "office_answer_copies"
    __table_args__ = (UniqueConstraint("wish_id", "signature_id"), Index(None, "signature_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wish_id: Mapped[UUID] = mapped_column(ForeignKey("office_wishes.id", ondelete="CASCADE"))
    signature_id: Mapped[UUID] = mapped_column(ForeignKey("signatures.id", ondelete="CASCADE"))


class OfficeNotice(Base):
    """One member of staff who is told what an office said."""

    __tablename__ = "office_notices"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wish_id: Mapped[UUID] = mapped_column(ForeignKey("office_wishes.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))


class Said(StrEnum):
    """What a writer says of one office."""

    YES = "yes"
    NO = "no"
    NOT_YET = "not_yet"


class FollowUp(Base):
    """One writer who is asked, once, whether the offices answered. No mail where we know of each answer already."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("signature_id"),
        Index(None, "campaign_id"),
        Index("ix_follow_ups_unwritten", "id", postgresql_where=text("written_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    signature_id: Mapped[UUID] = mapped_column(ForeignKey("signatures.id", ondelete="CASCADE"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    due_at: Mapped[datetime] = mapped_column(Moment)
    written_at: Mapped[datetime | None] = mapped_column(Moment, doc="when its mail was written, or was not needed")


class FollowUpLetter(Base):
    """One letter of theirs that had left, and what its writer says came of it."""

    __tablename__ = "follow_up_letters"
    __table_args__ = (choice_check("said", Said), Index(None, "follow_up_id"))

    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True)
    follow_up_id: Mapped[UUID] = mapped_column(ForeignKey("follow_ups.id", ondelete="CASCADE"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
    said: Mapped[Said | None] = mapped_column(Choice(Said))
    said_at: Mapped[datetime | None] = mapped_column(Moment)
