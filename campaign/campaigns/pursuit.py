"""The targets of a campaign: which posts its letters go to, in which order."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from campaign import targets
from campaign.campaigns.drafts import lock
from campaign.campaigns.lifecycle import PUBLIC
from campaign.campaigns.models import Campaign, CampaignTarget
from campaign.core import audit
from campaign.core.db import session
from campaign.core.errors import Conflict, NotFound

MOST = 50


def add(organisation_id: UUID, campaign_id: UUID, post_id: UUID, *, actor: str) -> None:
    """Write to one more post, as the last. Raises NotFound for a post of another organisation's register."""
    lock(organisation_id, campaign_id)
    targets.listing.office(organisation_id, post_id)
    ids = _ids(campaign_id)
    if post_id in ids:
        raise Conflict(_("The campaign writes to this office already."))
    if len(ids) >= MOST:
        raise Conflict(_("A campaign writes to at most %(n)s offices.", n=MOST))
    _put(organisation_id, campaign_id, ids, [*ids, post_id], actor)


def remove(organisation_id: UUID, campaign_id: UUID, post_id: UUID, *, actor: str) -> int:
    """Write to a post no longer; answers the place that it had. Letters that were confirmed before still go there."""
    row = lock(organisation_id, campaign_id)
    ids = _ids(campaign_id)
    place = _place(ids, post_id)
    if len(ids) == 1 and row.status in PUBLIC:
        raise Conflict(_("A campaign that supporters can see needs an office to write to."))
    _put(organisation_id, campaign_id, ids, [id_ for id_ in ids if id_ != post_id], actor)
    return place


def move(organisation_id: UUID, campaign_id: UUID, post_id: UUID, place: int, *, actor: str) -> None:
    """Put a post at another place of the list, counted from nought."""
    lock(organisation_id, campaign_id)
    ids = _ids(campaign_id)
    _place(ids, post_id)
    rest = [id_ for id_ in ids if id_ != post_id]
    at = min(max(place, 0), len(rest))
    _put(organisation_id, campaign_id, ids, [*rest[:at], post_id, *rest[at:]], actor)


def _place(ids: Sequence[UUID], post_id: UUID) -> int:
    if post_id not in ids:
        raise NotFound(_("The campaign does not write to this office."))
    return list(ids).index(post_id)


def _ids(campaign_id: UUID) -> list[UUID]:
    query = select(CampaignTarget.post_id).where(CampaignTarget.campaign_id == campaign_id)
    return list(session().scalars(query.order_by(CampaignTarget.position)))


def _put(organisation_id: UUID, campaign_id: UUID, before: Sequence[UUID], after: Sequence[UUID], actor: str) -> None:
    gone = [id_ for id_ in before if id_ not in after]
    here = CampaignTarget.campaign_id == campaign_id
    session().execute(delete(CampaignTarget).where(here, CampaignTarget.post_id.in_(gone)))
    for position, post_id in enumerate(after):
        row = {"campaign_id": campaign_id, "post_id": post_id, "position": position}
        if post_id in before:
            found = session().get_one(CampaignTarget, (campaign_id, post_id))
            found.position = position
        else:
            session().execute(insert(CampaignTarget).values(row))
    session().get_one(Campaign, campaign_id).version += 1
    session().flush()
    shown = [{"targets": [str(id_) for id_ in ids]} for ids in (before, after)]
    audit.record(actor, "campaigns.targets", f"campaign:{campaign_id}", organisation_id, *shown)
