"""How a campaign's letters leave, and whether it may open on a domain that receivers cannot check."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from campaign import campaigns
from campaign.accounts import Role
from campaign.campaigns import DeliveryMode
from campaign.core import audit
from campaign.core.db import transaction
from campaign.core.errors import NotFound
from campaign.core.rates import Rate
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, plain_form, posted
from campaign.web.staff.notices import notice

MAY = (Role.OWNER, Role.CAMPAIGNER)
RATE = Rate(60, "minute")


class ModesForm(StaffForm):
    """What can be chosen."""

    delivery = RadioField(
        choices=[
            SelectChoice(DeliveryMode.INDIVIDUAL.value, _("Each letter by itself, at the pace of its office")),
            SelectChoice(DeliveryMode.DIGEST.value, _("All letters of a day to an office in one mail")),
            SelectChoice(DeliveryMode.PRINT.value, _("On paper: you print the letters and hand them over")),
        ]
    )
    own_mail = BooleanField()
    unverified = BooleanField()


@blueprint.route("/campaigns/<slug>/modes", methods=["GET", "POST"])
@staff(*MAY)
@limited("staff-modes", RATE)
def modes(slug: str) -> ResponseReturnValue:
    """The form."""
    now = campaigns.modes.of(g.campaign.id)
    form = ModesForm(posted(), delivery=now.delivery, own_mail=now.own_mail, unverified=now.unverified)
    if posted() is None or not form.validate():
        page = render_template("staff/offices/modes.html", form=form, slug=slug)
        return page, 200 if posted() is None else 422
    _choose(campaigns.modes.Modes(DeliveryMode(form.delivery.data), form.own_mail.data, form.unverified.data))
    notice(gettext("How letters leave is saved."), undo=url_for("staff.restore_modes", slug=slug))
    return redirect(url_for("staff.modes", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/modes/restore")
@staff(*MAY)
@limited("staff-modes", RATE)
def restore_modes(slug: str) -> ResponseReturnValue:
    """Undo: what was chosen before the last change."""
    plain_form()
    found = audit.history(f"campaign:{g.campaign.id}", g.staff.organisation_id)
    last = next((entry for entry in found if entry.action == "campaigns.choose_modes"), None)
    if last is None or last.before is None:
        raise NotFound(gettext("There is nothing to go back to."))
    _choose(campaigns.modes.Modes(**{**last.before, "delivery": DeliveryMode(last.before["delivery"])}))
    notice(gettext("Letters leave as they did before."))
    return redirect(url_for("staff.modes", slug=slug), 303)


def _choose(wanted: campaigns.modes.Modes) -> None:
    with transaction():
        campaigns.modes.choose(g.campaign.id, g.staff.organisation_id, wanted, actor=g.staff.actor)
