"""How a campaign's letters leave: one by one, in a digest a day, on paper; by this site or by their writers."""

from dataclasses import asdict, dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from campaign import outbox
from campaign.campaigns.lifecycle import DeliveryMode
from campaign.campaigns.models import Campaign, CampaignTarget
from campaign.core import audit
from campaign.core.db import session
from campaign.core.errors import NotFound


@dataclass(frozen=True)
class Modes:
    """What staff choose. `unverified`: it may open although receivers cannot check the sending domain."""

    delivery: DeliveryMode = DeliveryMode.INDIVIDUAL
    own_mail: bool = False
    unverified: bool = False


_COLUMNS = [getattr(Campaign, name) for name in Modes.__dataclass_fields__]


def of(campaign_id: UUID) -> Modes:
    """The modes of a campaign; raises NotFound."""
    row = session().execute(select(*_COLUMNS).where(Campaign.id == campaign_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no campaign here."))
    return Modes(*row)


def choose(campaign_id: UUID, organisation_id: UUID, modes: Modes, *, actor: str) -> Modes:
    """Change them, from the letters on that wait now; answers what they were. Call it in a transaction."""
    before = of(campaign_id)
    session().execute(update(Campaign).where(Campaign.id == campaign_id).values(**asdict(modes)))
    apply(campaign_id, modes.delivery, actor=actor)
    if modes != before:
        values = {"before": asdict(before), "after": asdict(modes)}
        audit.record(actor, "campaigns.choose_modes", f"campaign:{campaign_id}", organisation_id, **values)
    return before


def follow() -> None:
    """Targets that joined since get their letters as the campaign says. Call it in a transaction."""
    query = select(Campaign.id, Campaign.delivery).where(Campaign.delivery != DeliveryMode.INDIVIDUAL)
    for campaign_id, delivery in session().execute(query).all():
        apply(campaign_id, delivery, actor="clock")


def apply(campaign_id: UUID, delivery: DeliveryMode, *, actor: str) -> None:
    """Tell the outbox: what waits leaves so from now on. Call it in a transaction."""
    posts = session().scalars(select(CampaignTarget.post_id).where(CampaignTarget.campaign_id == campaign_id))
    outbox.digests.only(campaign_id, [f"target:{post}" for post in posts], delivery == DeliveryMode.DIGEST)
    outbox.paper.choose(campaign_id, delivery == DeliveryMode.PRINT, actor=actor)
