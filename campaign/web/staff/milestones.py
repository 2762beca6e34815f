"""The milestones of a campaign: those that everybody has, and those that staff set."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from campaign import reports
from campaign.accounts import Role
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.i18n import number
from campaign.core.rates import Rate
from campaign.counters import next_step
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, line, plain_form, posted, put_error
from campaign.web.staff.notices import notice

MAY_SET = (Role.OWNER, Role.CAMPAIGNER)
RATE = Rate(60, "minute")
LARGEST = 1_000_000_000


class MilestoneForm(StaffForm):
    """A number of signatures, and what staff want to do then."""

    step = IntegerField(
        validators=[
            InputRequired(_("Write a number of signatures.")),
            NumberRange(1, LARGEST, _("Write a number of signatures.")),
        ]
    )
    note = StringField(
        filters=[line],
        validators=[Length(max=200, message=_("Use at most 200 characters."))],
    )


@blueprint.get("/campaigns/<slug>/milestones")
@staff()
def milestones(slug: str) -> ResponseReturnValue:
    """All of them, the largest first."""
    return _show(MilestoneForm(), slug)


@blueprint.post("/campaigns/<slug>/milestones/add")
@staff(*MAY_SET)
@limited("staff-milestone", RATE)
def add_milestone(slug: str) -> ResponseReturnValue:
    """Set one."""
    form = MilestoneForm(posted())
    if not form.validate():
        return _show(form, slug, 422)
    try:
        with transaction():
            id_ = reports.own_milestones.add(g.campaign, form.step.data, form.note.data, actor=g.staff.actor)
    except DomainError as error:
        put_error(form, error, "step")
        return _show(form, slug, error.status if error.status == 409 else 422)
    undo = url_for("staff.remove_milestone", slug=slug, milestone_id=id_)
    notice(gettext("The milestone at %(step)s is set.", step=number(form.step.data)), undo=undo)
    return redirect(url_for("staff.milestones", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/milestones/<uuid:milestone_id>/remove")
@staff(*MAY_SET)
@limited("staff-milestone", RATE)
def remove_milestone(slug: str, milestone_id: UUID) -> ResponseReturnValue:
    """Remove one that staff set."""
    plain_form()
    with transaction():
        step = reports.own_milestones.remove(g.campaign, milestone_id, actor=g.staff.actor)
    undo = url_for("staff.restore_milestone", slug=slug, milestone_id=milestone_id)
    notice(gettext("The milestone at %(step)s is removed.", step=number(step)), undo=undo)
    return redirect(url_for("staff.milestones", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/milestones/<uuid:milestone_id>/restore")
@staff(*MAY_SET)
@limited("staff-milestone", RATE)
def restore_milestone(slug: str, milestone_id: UUID) -> ResponseReturnValue:
    """Bring it back."""
    plain_form()
    with transaction():
        step = reports.own_milestones.remove(g.campaign, milestone_id, actor=g.staff.actor, back=True)
    notice(gettext("The milestone at %(step)s is back.", step=number(step)))
    return redirect(url_for("staff.milestones", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/milestones/mail")
@staff(*MAY_SET)
@limited("staff-milestone", RATE)
def milestone_mail(slug: str) -> ResponseReturnValue:
    """Switch the mails about this campaign's milestones on or off, for oneself."""
    plain_form()
    wanted = request.form.get("wanted") == "1"
    with transaction():
        reports.own_milestones.set_mail(g.campaign.id, g.staff.id, wanted)
    words = gettext("You get a mail at each milestone.") if wanted else gettext("You get no mails about milestones.")
    notice(words)
    return redirect(url_for("staff.milestones", slug=slug), 303)


def _show(form: MilestoneForm, slug: str, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "staff/milestones/milestones.html",
        form=form,
        slug=slug,
        milestones=reports.milestones(g.campaign.id),
        may_set=g.staff.role in MAY_SET,
        wants_mail=reports.own_milestones.wants_mail(g.campaign.id, g.staff.id),
        next_goal=next_step(reports.figures(g.campaign.id).signatures, g.campaign.goal),
    ), status
