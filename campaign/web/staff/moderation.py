"""Names and comments that supporters gave to be shown: staff look, show, hide, and take that back."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, ngettext

from campaign import campaigns, signatures
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.rates import Rate
from campaign.signatures import Look, Review
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint, filters
from campaign.web.staff.forms import plain_form
from campaign.web.staff.notices import notice
from campaign.web.staff.signatures import MAY_SEE

RATE = Rate(240, "minute")


@blueprint.get("/campaigns/<slug>/moderation")
@staff(*MAY_SEE)
def moderation(slug: str) -> ResponseReturnValue:
    """What waits for a look; or what was shown or hidden."""
    wanted = request.args.get("show", "")
    state = Review(wanted) if wanted in list(Review) else Review.WAITING
    items, more = signatures.moderation.items(g.campaign.id, state, request.args.get("after", type=UUID))
    return render_template(
        "staff/moderation/moderation.html",
        items=items,
        older=url_for("staff.moderation", slug=slug, show=state.value, after=items[-1].id) if more else None,
        state=state,
        waiting=signatures.moderation.waiting(g.campaign.id),
        moderated=g.campaign.moderation,
    )


@blueprint.post("/campaigns/<slug>/moderation/look")
@staff(*MAY_SEE)
@limited("staff-moderation", RATE)
def look(slug: str) -> ResponseReturnValue:
    """Show or hide those that were chosen."""
    plain_form()
    wanted = request.form.get("look", "")
    if wanted not in list(Look):
        raise DomainError(_("Choose whether to show or to hide."))
    with transaction():
        act, n = signatures.moderation.look(
            g.campaign.id, filters.marked(), Look(wanted), actor=g.staff.actor, organisation_id=g.staff.organisation_id
        )
    notice(_looked(Look(wanted), n), undo=url_for("staff.undo_look", slug=slug, act_id=act))
    return redirect(url_for("staff.moderation", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/moderation/<uuid:act_id>/undo")
@staff(*MAY_SEE)
@limited("staff-moderation", RATE)
def undo_look(slug: str, act_id: UUID) -> ResponseReturnValue:
    """Back to how it was before that look."""
    plain_form()
    with transaction():
        n = signatures.moderation.undo(
            g.campaign.id, act_id, actor=g.staff.actor, organisation_id=g.staff.organisation_id
        )
    notice(ngettext("%(num)s signature is as it was.", "%(num)s signatures are as they were.", n))
    return redirect(url_for("staff.moderation", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/moderation/setting")
@staff(*MAY_SEE)
@limited("staff-moderation", RATE)
def moderation_setting(slug: str) -> ResponseReturnValue:
    """Look at names before they show, or let them show at once."""
    plain_form()
    wanted = request.form.get("wanted") == "1"
    with transaction():
        campaigns.set_moderation(g.campaign.id, wanted, actor=g.staff.actor, organisation_id=g.staff.organisation_id)
    notice(_("New names wait for your look.") if wanted else _("New names show at once."))
    return redirect(url_for("staff.moderation", slug=slug), 303)


def _looked(what: Look, n: int) -> str:
    if what == Look.SHOW:
        return str(ngettext("%(num)s signature is shown.", "%(num)s signatures are shown.", n))
    if what == Look.HIDE:
        return str(ngettext("%(num)s signature is hidden.", "%(num)s signatures are hidden.", n))
    return str(ngettext("%(num)s comment is hidden.", "%(num)s comments are hidden.", n))
