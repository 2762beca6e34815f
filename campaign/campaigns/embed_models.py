"""Who shows a campaign on a site of their own."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Moment
from campaign.core.db import Base
from campaign.core.ids import new_id


class Embedder(Base):
    """A site, or several of one owner, that shows widgets of a campaign."""

    __tablename__ = "embedders"
    __table_args__ = (
        CheckConstraint("code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="code"),
        Index(None, "campaign_id", "code", unique=True, postgresql_where=text("removed_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(doc="the source of signatures that come from there")
    name: Mapped[str]
    origins: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="those that may frame the form")
    created_at: Mapped[datetime] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
