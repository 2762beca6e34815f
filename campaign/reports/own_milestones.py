"""Milestones that staff set themselves, and who wants to hear of any."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.campaigns import StaffCampaign
from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError, NotFound
from campaign.core.i18n import number
from campaign.core.ids import new_id
from campaign.reports.milestones import STANDING_OF
from campaign.reports.models import Milestone, MilestoneMailOff

MOST_OWN = 50


def add(campaign: StaffCampaign, step: int, note: str, *, actor: str) -> UUID:
    """Set a milestone of one's own; raises DomainError for a step that is passed, Conflict for one that is there."""
    own = select(func.count()).where(
        Milestone.campaign_id == campaign.id, Milestone.own, Milestone.removed_at.is_(None)
    )
    if (session().scalar(own) or 0) >= MOST_OWN:
        raise Conflict(_("There are %(n)s milestones already. Remove one first.", n=number(MOST_OWN)))
    n = int(session().execute(STANDING_OF, {"campaign": campaign.id}).one().n)
    if step <= n:
        words = _("There are %(n)s signatures already. Choose a higher number.", n=number(n))
        raise DomainError(words, fields={"step": words})
    values = {"note": note, "own": True, "removed_at": None, "created_at": now(), "created_by": actor}
    row = insert(Milestone).values(id=new_id(), campaign_id=campaign.id, step=step, **values)
    free = or_(Milestone.removed_at.is_not(None), ~Milestone.own)
    either = row.on_conflict_do_update(index_elements=["campaign_id", "step"], set_=values, where=free)
    id_: UUID | None = session().scalar(either.returning(Milestone.id))
    if id_ is None:
        words = _("There is a milestone at %(step)s already.", step=number(step))
        raise Conflict(words, fields={"step": words})
    audit.record(actor, "milestones.add", f"campaign:{campaign.id}", campaign.organisation_id, step=step)
    return id_


def remove(campaign: StaffCampaign, id_: UUID, *, actor: str, back: bool = False) -> int:
    """Remove a milestone that staff have set, or bring it `back`; answers its step. Raises NotFound."""
    mine = (Milestone.campaign_id == campaign.id, Milestone.id == id_, Milestone.own)
    change = update(Milestone).where(*mine).values(removed_at=None if back else now()).returning(Milestone.step)
    step = session().scalar(change)
    if step is None:
        raise NotFound(_("There is no such milestone."))
    action = "milestones.restore" if back else "milestones.remove"
    audit.record(actor, action, f"campaign:{campaign.id}", campaign.organisation_id, step=step)
    return step


def wants_mail(campaign_id: UUID, user_id: UUID) -> bool:
    """Whether somebody gets a mail when a milestone of this campaign is reached."""
    off = (MilestoneMailOff.campaign_id == campaign_id, MilestoneMailOff.user_id == user_id)
    return session().scalar(select(MilestoneMailOff.user_id).where(*off)) is None


def set_mail(campaign_id: UUID, user_id: UUID, wanted: bool) -> None:
    """Switch these mails on or off, for one person and one campaign."""
    row = {"campaign_id": campaign_id, "user_id": user_id}
    if wanted:
        off = (MilestoneMailOff.campaign_id == campaign_id, MilestoneMailOff.user_id == user_id)
        session().execute(delete(MilestoneMailOff).where(*off))
    else:
        session().execute(insert(MilestoneMailOff).values(row).on_conflict_do_nothing())
