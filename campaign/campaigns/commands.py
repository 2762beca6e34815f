"""Write campaigns and move them through their life."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import case, select, update

from campaign.campaigns import slugs
from campaign.campaigns.lifecycle import MOVES, Status
from campaign.campaigns.models import Campaign, CampaignTarget, CampaignText
from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict

# What the calendar closes.
CLOSES = (Status.OPEN, Status.PAUSED)


def create(campaign: Campaign, texts: Sequence[CampaignText], post_ids: Sequence[UUID], *, actor: str) -> Campaign:
    """A new campaign with its texts and targets, as a draft; raises DomainError for a slug that cannot be used."""
    slugs.check(campaign.slug)
    slugs.require_free(campaign.slug)
    campaign.status, campaign.created_at = Status.DRAFT, now()
    session().add(campaign)
    session().flush()
    for text in texts:
        text.campaign_id = campaign.id
    targets = [CampaignTarget(campaign_id=campaign.id, post_id=id_, position=n) for n, id_ in enumerate(post_ids)]
    session().add_all([*texts, *targets])
    session().flush()
    subject = f"campaign:{campaign.id}"
    audit.record(actor, "campaigns.create", subject, campaign.organisation_id, slug=campaign.slug)
    return campaign


_opening: list[Callable[[UUID], object]] = []


def when_opening(act: Callable[[UUID], object]) -> None:
    """Register what is done in the transaction that opens a campaign; app.py does so once for each."""
    if act not in _opening:
        _opening.append(act)


def change_status(campaign_id: UUID, to: Status, *, actor: str) -> None:
    """Move a campaign on; raises Conflict when its life does not allow it."""
    froms = [status for status in Status if to in MOVES[status]]
    # An end that has passed goes when staff open a campaign again, or the calendar would close it at its next look.
    closes_at = case((Campaign.closes_at > now(), Campaign.closes_at))
    # Since when it is open: from its first opening on, whatever was planned.
    opens_at = case((Campaign.opens_at <= now(), Campaign.opens_at), else_=now())
    closing: dict[Status, dict[str, Any]] = {
        Status.OPEN: {"closed_at": None, "closes_at": closes_at, "opens_at": opens_at},
        Status.CLOSED: {"closed_at": now()},
    }
    moved = (
        session()
        .execute(
            update(Campaign)
            .where(Campaign.id == campaign_id, Campaign.status.in_(froms))
            .values(status=to, **closing.get(to, {}))
            .returning(Campaign.organisation_id)
        )
        .scalar()
    )
    if moved is None:
        raise Conflict(_("This campaign cannot become %(status)s now.", status=to.value))
    audit.record(actor, "campaigns.change_status", f"campaign:{campaign_id}", moved, to=to.value)
    for act in _opening if to == Status.OPEN else ():
        act(campaign_id)


def set_moderation(campaign_id: UUID, wanted: bool, *, actor: str, organisation_id: UUID) -> None:
    """Let names that come from now on wait for a look, or show at once."""
    session().execute(update(Campaign).where(Campaign.id == campaign_id).values(moderation=wanted))
    subject = f"campaign:{campaign_id}"
    audit.record(actor, "campaigns.set_moderation", subject, organisation_id=organisation_id, wanted=wanted)


def close_ended() -> int:
    """Close the campaigns whose time is over; answers how many. Those to open are for `late`."""
    query = select(Campaign.id).where(Campaign.status.in_(CLOSES), Campaign.closes_at <= now())
    ids = session().scalars(query.with_for_update(skip_locked=True)).all()
    for id_ in ids:
        change_status(id_, Status.CLOSED, actor="scheduler")
    return len(ids)
