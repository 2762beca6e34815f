"""Milestones of a campaign, and who is told of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Moment
from campaign.core.db import Base
from campaign.core.ids import new_id


class Milestone(Base):
    """A number of signatures worth a word: one that everybody knows, or one that staff set themselves. Once each."""

    __tablename__ = "milestones"
    __table_args__ = (UniqueConstraint("campaign_id", "step"), CheckConstraint("step > 0", name="step"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    step: Mapped[int] = mapped_column(doc="signatures, those on paper too")
    note: Mapped[str] = mapped_column(doc="what staff want to do then")
    own: Mapped[bool] = mapped_column(doc="set by staff")
    reached_at: Mapped[datetime | None] = mapped_column(Moment)
    taken_back_at: Mapped[datetime | None] = mapped_column(
        Moment, doc="signatures were taken out and it is ahead again"
    )
    removed_at: Mapped[datetime | None] = mapped_column(Moment, doc="by staff, who may bring it back")
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str]


class MilestoneNotice(Base):
    """One mail to one member of staff; what its message in the outbox refers to."""

    __tablename__ = "milestone_notices"
    __table_args__ = (UniqueConstraint("milestone_id", "user_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    milestone_id: Mapped[UUID] = mapped_column(ForeignKey("milestones.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))


class MilestoneMailOff(Base):
    """Somebody does not want these mails about a campaign."""

    __tablename__ = "milestone_mail_off"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
