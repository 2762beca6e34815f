"""For programs of an organisation, with a key: its campaigns and their figures."""

from flask import g, jsonify
from flask.typing import ResponseReturnValue

from campaign import campaigns, reports
from campaign.accounts import Scope
from campaign.core import clock, i18n
from campaign.web.api import blueprint
from campaign.web.audience import key


@blueprint.get("/staff/campaigns")
@key(Scope.FIGURES)
def staff_campaigns() -> ResponseReturnValue:
    """The organisation's campaigns, newest first."""
    found = campaigns.all_of(g.key.organisation_id, i18n.language())
    return jsonify(campaigns=[_campaign(campaign) for campaign in found])


@blueprint.get("/staff/campaigns/<slug>/figures")
@key(Scope.FIGURES)
def staff_figures(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign
    """Signatures and letters of one campaign, whatever its status."""
    found = reports.overview([g.campaign.id])[g.campaign.id]
    letters = {name: getattr(found, name) for name in ("queued", "sent", "delivered", "bounced")}
    return jsonify(
        campaign=_campaign(g.campaign),
        signatures=found.signatures,
        signatures_last_day=found.day,
        letters=letters,
        as_of=clock.now().isoformat(),
    )


def _campaign(campaign: campaigns.StaffCampaign) -> dict[str, object]:
    return {
        "slug": campaign.slug,
        "title": campaign.title,
        "status": campaign.status.value,
        "languages": list(campaign.langs),
        "goal": campaign.goal,
        "created_at": campaign.created_at.isoformat(),
    }
