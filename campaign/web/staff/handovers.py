"""Letters on paper: what waits, the packs that were printed, and the word that they were handed over."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _, ngettext
from wtforms import DateField
from wtforms.validators import InputRequired

from campaign import accounts, outbox, printing, signatures, targets
from campaign.core import clock, i18n
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.i18n import number
from campaign.core.rates import Rate
from campaign.printing import Who
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.exports import MAY_EXPORT
from campaign.web.staff.forms import StaffForm, plain_form, put_error
from campaign.web.staff.notices import notice

RATE = Rate(30, "minute")


class DayForm(StaffForm):
    """The day of a hand-over."""

    on = DateField(validators=[InputRequired(_("Write the day."))])


@blueprint.get("/campaigns/<slug>/hand-overs")
@staff(*MAY_EXPORT, sudo=True)
def handovers(slug: str) -> ResponseReturnValue:
    """What waits for paper, and the packs."""
    return _show(slug, DayForm(on=clock.today()))


@blueprint.post("/campaigns/<slug>/hand-overs/order")
@staff(*MAY_EXPORT, sudo=True)
@limited("staff-handovers", RATE)
def order_handover(slug: str) -> ResponseReturnValue:
    """Make a pack of all that waits."""
    plain_form()
    with transaction():
        n = printing.handover.order(g.campaign, _who())
    notice(ngettext("A pack of %(n)s letter is being made.", "A pack of %(n)s letters is being made.", n, n=number(n)))
    return redirect(url_for("staff.handovers", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/hand-overs/<uuid:handover_id>/handed-over")
@staff(*MAY_EXPORT)
@limited("staff-handovers", RATE)
def say_handed_over(slug: str, handover_id: UUID) -> ResponseReturnValue:
    """A pack was handed over."""
    form = DayForm(request.form)
    if not form.validate():
        return _show(slug, form, handover_id, 422)
    try:
        with transaction():
            n = printing.handover.say(g.campaign, handover_id, form.on.data, _who())
    except DomainError as error:
        if error.status == 404:
            raise
        put_error(form, error, "on")
        return _show(slug, form, handover_id, error.status if error.status == 409 else 422)
    words = ngettext("%(n)s letter counts as handed over.", "%(n)s letters count as handed over.", n, n=number(n))
    notice(words, undo=url_for("staff.take_handover_back", slug=slug, handover_id=handover_id))
    return redirect(url_for("staff.handovers", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/hand-overs/<uuid:handover_id>/take-back")
@staff(*MAY_EXPORT)
@limited("staff-handovers", RATE)
def take_handover_back(slug: str, handover_id: UUID) -> ResponseReturnValue:
    """Undo: it was not."""
    plain_form()
    with transaction():
        n = printing.handover.take_back(g.campaign, handover_id, _who())
    notice(ngettext("%(n)s letter waits again.", "%(n)s letters wait again.", n, n=number(n)))
    return redirect(url_for("staff.handovers", slug=slug), 303)


def _who() -> Who:
    return Who(g.staff.actor, g.staff.organisation_id)


def _show(slug: str, form: DayForm, asked: UUID | None = None, status: int = 200) -> ResponseReturnValue:
    """`asked`: the pack whose form was sent and is wrong."""
    found = targets.resolve(g.campaign.post_ids, clock.today(), i18n.language())
    waiting = outbox.paper.waiting(g.campaign.id)
    held = outbox.pauses.standing([outbox.pauses.of_owner(g.campaign.id, stream) for stream in waiting])
    files = {file.id: file for file in signatures.exports.files(g.campaign.id)}
    return render_template(
        "staff/offices/handovers.html",
        slug=slug,
        form=form,
        asked=asked,
        on_paper=g.campaign.id in outbox.paper.chosen([g.campaign.id]),
        waiting=[(one.office, waiting.get(f"target:{one.post_id}", 0)) for one in found],
        total=sum(waiting.values()),
        held=len(held),
        packs=outbox.handovers.newest(g.campaign.id),
        files=files,
        texts={id_: _("%(n)s of %(all)s", n=number(one.done), all=number(one.total)) for id_, one in files.items()},
        busy=any(file.busy for file in files.values()),
        names=accounts.team.names(g.staff.organisation_id),
        today=clock.today(),
    ), status
