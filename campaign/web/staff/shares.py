"""How much of an office's pace each campaign takes, where several write to the same one."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, outbox
from campaign.campaigns import StaffCampaign
from campaign.core import audit, i18n
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.rates import Rate
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import plain_form
from campaign.web.staff.notices import notice
from campaign.web.staff.outbox import LOOKING
from campaign.web.staff.outbox_acts import MAY_ACT

RATE = Rate(60, "minute")
# Nobody takes more than a whole one: other organisations write to the same offices.
WEIGHTS = {"1": 1.0, "1/2": 0.5, "1/4": 0.25, "1/10": 0.1}


@blueprint.get("/outbox/shares", endpoint="shares")
@staff(*LOOKING)
def shares() -> ResponseReturnValue:
    """Every campaign and its share."""
    mine = campaigns.all_of(g.staff.organisation_id, i18n.language())
    kept = outbox.turns.shares(one.id for one in mine)
    rows = [(one, _name(kept.get(one.id, 1.0))) for one in mine]
    return render_template("staff/outbox/shares.html", rows=rows, weights=WEIGHTS, may_act=g.staff.role in MAY_ACT)


@blueprint.post("/campaigns/<slug>/share")
@staff(*MAY_ACT)
@limited("staff-shares", RATE)
def set_share(slug: str) -> ResponseReturnValue:
    """Give a campaign another share at each of its offices."""
    plain_form()
    share = request.form.get("share", "")
    if share not in WEIGHTS:
        raise DomainError(_("There is no such share."))
    before = _name(outbox.turns.shares([g.campaign.id]).get(g.campaign.id, 1.0))
    with transaction():
        _share(g.campaign, WEIGHTS[share])
        audit.record(
            g.staff.actor,
            "outbox.share",
            f"campaign:{g.campaign.id}",
            g.staff.organisation_id,
            before={"share": before},
            after={"share": share},
        )
    words = _("The share of %(campaign)s is %(share)s.", campaign=g.campaign.title, share=share)
    notice(words, undo=url_for("staff.restore_share", slug=slug))
    return redirect(url_for("staff.shares"), 303)


@blueprint.post("/campaigns/<slug>/share/restore")
@staff(*MAY_ACT)
@limited("staff-shares", RATE)
def restore_share(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """Undo: the share that it had before the last change."""
    plain_form()
    acts = audit.history(f"campaign:{g.campaign.id}", g.staff.organisation_id)
    before = next((act.before["share"] for act in acts if act.action == "outbox.share" and act.before), "1")
    with transaction():
        _share(g.campaign, WEIGHTS.get(before, 1.0))
        audit.record(
            g.staff.actor, "outbox.share", f"campaign:{g.campaign.id}", g.staff.organisation_id, after={"share": before}
        )
    notice(_("The share of %(campaign)s is as it was.", campaign=g.campaign.title))
    return redirect(url_for("staff.shares"), 303)


def _share(campaign: StaffCampaign, weight: float) -> None:
    outbox.turns.share(campaign.id, weight, [f"target:{post}" for post in campaign.post_ids])


def _name(weight: float) -> str:
    return next((name for name, value in WEIGHTS.items() if abs(value - weight) < 0.001), f"{weight:g}")
