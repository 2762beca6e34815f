"""What is asked, of whom, and on what facts."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from campaign.campaigns.lifecycle import Status
from campaign.core.columns import Choice, Moment, choice_check, localised
from campaign.core.db import Base
from campaign.core.ids import new_id


class Accent(StrEnum):
    """The one colour of a campaign. A fixed palette, so that each is legible in light and dark."""

    CRIMSON = "crimson"
    OCEAN = "ocean"
    FOREST = "forest"
    PLUM = "plum"
    AMBER = "amber"
    SLATE = "slate"


class Campaign(Base):
    """One ask, open for a while, to one or several posts."""

    __tablename__ = "campaigns"
    __table_args__ = (
        choice_check("status", Status),
        choice_check("accent", Accent),
        CheckConstraint("goal > 0", name="goal"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    status: Mapped[Status] = mapped_column(Choice(Status))
    goal: Mapped[int]
    accent: Mapped[Accent] = mapped_column(Choice(Accent))
    country: Mapped[str] = mapped_column(doc="ISO 3166; where a supporter lives who names no country")
    is_demo: Mapped[bool] = mapped_column(server_default=false())
    moderation: Mapped[bool] = mapped_column(server_default=false(), doc="staff look at public names before they show")
    picture: Mapped[str | None] = mapped_column(doc="path below static/")
    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment, doc="when it closed; retention counts from here")
    created_at: Mapped[datetime] = mapped_column(Moment)


class CampaignText(Base):
    """A campaign in one language."""

    __tablename__ = "campaign_texts"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    lang: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    kicker: Mapped[str] = mapped_column(doc="the line above the title")
    lead: Mapped[str]
    story: Mapped[str] = mapped_column(doc="Markdown")
    picture_alt: Mapped[str]
    picture_credit: Mapped[str]


class CampaignTarget(Base):
    """A post that this campaign writes to."""

    __tablename__ = "campaign_targets"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    position: Mapped[int]


class FactSource(Base):
    """What facts rest on."""

    __tablename__ = "fact_sources"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    publisher: Mapped[dict[str, str]] = localised()
    title: Mapped[str]
    title_lang: Mapped[str]
    dated: Mapped[dict[str, str]] = localised(doc="the source's own date, in words")
    link: Mapped[str | None]


class Fact(Base):
    """One figure or statement, with its source."""

    __tablename__ = "facts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    source_id: Mapped[UUID] = mapped_column(ForeignKey("fact_sources.id"))
    position: Mapped[int]
    figure: Mapped[dict[str, str]] = localised()
    statement: Mapped[dict[str, str]] = localised()
