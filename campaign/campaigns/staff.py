"""Campaigns as the staff of one organisation see them. Every query here names the organisation."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from campaign.campaigns import slugs
from campaign.campaigns.lifecycle import Status
from campaign.campaigns.models import Accent, Campaign, CampaignTarget, CampaignText
from campaign.campaigns.queries import Moved
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.core.i18n import pick


@dataclass(frozen=True)
class StaffCampaign:
    """A campaign at work, whatever its status; its title in the reader's language."""

    id: UUID
    organisation_id: UUID
    slug: str
    title: str
    status: Status
    langs: tuple[str, ...]
    goal: int
    accent: Accent
    country: str
    is_demo: bool
    moderation: bool
    opens_at: datetime | None
    closes_at: datetime | None
    created_at: datetime
    post_ids: tuple[UUID, ...]
    picture: str | None = None
    privacy_contact: str = ""


def of_organisation(organisation_id: UUID, slug: str, lang: str) -> StaffCampaign:
    """One campaign of an organisation; raises NotFound for any other, Moved for an address that it had before."""
    found = _read(lang, Campaign.organisation_id == organisation_id, Campaign.slug == slug)
    if not found:
        moved = slugs.present(slug)
        if moved is None or moved.organisation_id != organisation_id:
            raise NotFound(_("There is no campaign here."))
        raise Moved(moved.slug)
    return found[0]


def all_of(organisation_id: UUID, lang: str) -> list[StaffCampaign]:
    """All campaigns of an organisation, newest first."""
    return _read(lang, Campaign.organisation_id == organisation_id)


def some(lang: str, *conditions: ColumnElement[bool]) -> list[StaffCampaign]:
    """Campaigns of whichever organisation, for what the system does by itself."""
    return _read(lang, *conditions)


def owners(organisation_id: UUID) -> list[UUID]:
    """Whose messages an organisation may see: its campaigns' and its own."""
    ids = session().scalars(select(Campaign.id).where(Campaign.organisation_id == organisation_id))
    return [*ids, organisation_id]


_TITLES = (
    select(func.jsonb_object_agg(CampaignText.lang, CampaignText.title))
    .where(CampaignText.campaign_id == Campaign.id)
    .scalar_subquery()
)
_POSTS = (
    select(func.array_agg(aggregate_order_by(CampaignTarget.post_id, CampaignTarget.position)))
    .where(CampaignTarget.campaign_id == Campaign.id)
    .scalar_subquery()
)


def _read(lang: str, *conditions: ColumnElement[bool]) -> list[StaffCampaign]:
    rows = session().execute(
        select(Campaign, _TITLES, _POSTS).where(*conditions).order_by(Campaign.created_at.desc(), Campaign.id.desc())
    )
    return [_campaign(lang, *row) for row in rows]


def _campaign(lang: str, row: Campaign, titles: dict[str, str] | None, posts: list[UUID] | None) -> StaffCampaign:
    return StaffCampaign(
        id=row.id,
        organisation_id=row.organisation_id,
        slug=row.slug,
        title=pick(titles, lang) or row.slug,
        status=row.status,
        langs=tuple(sorted(titles or {})),
        goal=row.goal,
        accent=row.accent,
        country=row.country,
        is_demo=row.is_demo,
        moderation=row.moderation,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        created_at=row.created_at,
        post_ids=tuple(posts or ()),
        picture=row.picture,
        privacy_contact=row.privacy_contact,
    )
