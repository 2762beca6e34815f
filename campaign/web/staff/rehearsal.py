"""Rehearse a campaign before it opens: letters of made-up people go the whole way, and reach nobody."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _, ngettext
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from campaign import outbox, signatures, targets
from campaign.accounts import Role
from campaign.campaigns import Status
from campaign.core import clock, i18n
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.rates import Rate
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, plain_form, posted, put_error
from campaign.web.staff.notices import notice

MAY = (Role.OWNER, Role.CAMPAIGNER)
RATE = Rate(20, "minute")
MOST = signatures.rehearsal.MOST
WRONG = _("Write a number from 1 to %(most)s.", most=MOST)


class RehearsalForm(StaffForm):
    """How many made-up people write."""

    number = IntegerField(
        default=100, validators=[InputRequired(WRONG), NumberRange(1, signatures.rehearsal.MOST, WRONG)]
    )


@blueprint.get("/campaigns/<slug>/rehearsal")
@staff(*MAY)
def rehearsal(slug: str) -> ResponseReturnValue:
    """How far a rehearsal is, and the form that begins one."""
    return _show(slug, RehearsalForm())


@blueprint.post("/campaigns/<slug>/rehearsal/start")
@staff(*MAY)
@limited("staff-rehearsal", RATE)
def start_rehearsal(slug: str) -> ResponseReturnValue:
    """Write the letters; they leave for nowhere at once."""
    form = RehearsalForm(posted())
    if not form.validate():
        return _show(slug, form, 422)
    try:
        with transaction():
            made = signatures.rehearsal.run(g.campaign, form.number.data, actor=g.staff.actor)
    except DomainError as error:
        put_error(form, error, "number")
        return _show(slug, form, error.status if error.status == 409 else 422)
    notice(ngettext("%(num)s letter is being rehearsed.", "%(num)s letters are being rehearsed.", made))
    return redirect(url_for("staff.rehearsal", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/rehearsal/end")
@staff(*MAY)
@limited("staff-rehearsal", RATE)
def end_rehearsal(slug: str) -> ResponseReturnValue:
    """Remove all that was made up."""
    plain_form()
    with transaction():
        signatures.rehearsal.end(g.campaign, actor=g.staff.actor)
    notice(gettext("The rehearsal is over. Nothing of it is left."))
    return redirect(url_for("staff.rehearsal", slug=slug), 303)


def _show(slug: str, form: RehearsalForm, status: int = 200) -> ResponseReturnValue:
    offices = targets.resolve(g.campaign.post_ids, clock.today(), i18n.language())
    return render_template(
        "staff/offices/rehearsal.html",
        slug=slug,
        form=form,
        people=signatures.rehearsal.people(g.campaign.id),
        states=outbox.rehearsal.states(g.campaign.id),
        newest=outbox.rehearsal.newest(g.campaign.id),
        offices={one.post_id: one.office for one in offices},
        may_start=g.campaign.status in (Status.DRAFT, Status.SCHEDULED) and bool(offices),
        most=MOST,
    ), status
