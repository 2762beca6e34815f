"""What is asked, of whom, and on what facts."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from campaign.campaigns.lifecycle import DeliveryMode, Outcome, Status
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
        choice_check("outcome", Outcome),
        choice_check("delivery", DeliveryMode),
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
    delivery: Mapped[DeliveryMode] = mapped_column(
        Choice(DeliveryMode), server_default=DeliveryMode.INDIVIDUAL.value, doc="how its letters leave"
    )
    unverified: Mapped[bool] = mapped_column(server_default=false(), doc="it may open on a domain nobody can check")
    own_mail: Mapped[bool] = mapped_column(server_default=false(), doc="writers may send from their own mail instead")
    picture: Mapped[str | None] = mapped_column(doc="the hash of an uploaded one, or a path below static/")
    outcome: Mapped[Outcome | None] = mapped_column(Choice(Outcome))
    shown_as: Mapped[str] = mapped_column(server_default="", doc="who asks, where that is not the organisation's name")
    controller: Mapped[str] = mapped_column(server_default="", doc="who answers for the data of supporters")
    privacy_contact: Mapped[str] = mapped_column(server_default="", doc="where to ask about one's data")
    retention_days: Mapped[int | None] = mapped_column(doc="from closing to erasure; none: as everywhere here")
    version: Mapped[int] = mapped_column(server_default=text("1"), doc="counts what staff saved, texts included")
    preview_version: Mapped[int] = mapped_column(server_default=text("1"), doc="preview links of an older one are void")
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
    shown: Mapped[bool] = mapped_column(server_default=true(), doc="supporters may read it")
    outcome_text: Mapped[str] = mapped_column(server_default="", doc="Markdown; how it ended")
    consent_send: Mapped[str] = mapped_column(server_default="", doc="empty: the wording that everybody has")
    consent_updates: Mapped[str] = mapped_column(server_default="", doc="the same")


class StoredPicture(Base):
    """An uploaded picture, re-encoded as WebP. Its address is its hash, so it never changes."""

    __tablename__ = "pictures"

    hash: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment, doc="when it came, or was last put up or taken down")


class OldSlug(Base):
    """An address that a campaign had before. It leads to the present one and is given to no other."""

    __tablename__ = "campaign_old_slugs"

    slug: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    since: Mapped[datetime] = mapped_column(Moment)


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
    sentence: Mapped[dict[str, str]] = localised(
        server_default=text("'{}'"), doc="as one sentence of a letter; none: it cannot be added to one"
    )
    reviewed_on: Mapped[date | None] = mapped_column(doc="when somebody last looked whether it still holds")
    review_on: Mapped[date | None] = mapped_column(doc="when somebody should look again")
    version: Mapped[int] = mapped_column(server_default=text("1"), doc="counts what staff saved, its source included")
    removed_at: Mapped[datetime | None] = mapped_column(Moment, doc="kept for an undo")
