"""What a change would do, before it is done; doing it; taking it back."""

from types import SimpleNamespace
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.core.db import transaction
from campaign.targets import ActState, acts
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import plain_form
from campaign.web.staff.notices import notice
from campaign.web.staff.register import MAY_CHANGE, RATE
from campaign.web.staff.register.effects import effects
from campaign.web.staff.register.words import KINDS, described

PAGE = 100
BACK = {"stale": "staff.stale"}


@blueprint.get("/register/changes/<uuid:act_id>")
@staff()
def register_change(act_id: UUID) -> ResponseReturnValue:
    """What it would do or did, row by row, and what that means for letters."""
    act = acts.act(g.staff.organisation_id, act_id)
    number = max(1, min(10_000, request.args.get("page", 1, type=int)))
    kind = request.args.get("kind", "")
    wanted = [change for change in act.changes if not kind or change.kind == kind]
    shown = wanted[(number - 1) * PAGE : number * PAGE]
    return render_template(
        "staff/register/change.html",
        act=act,
        kind=kind if kind in KINDS else "",
        lines=described(g.staff.organisation_id, shown, act.changes),
        effects=effects(act) if act.state == ActState.PLANNED else [],
        page=SimpleNamespace(number=number, more=len(wanted) > number * PAGE),
    )


@blueprint.post("/register/changes/<uuid:act_id>/do")
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def do_register_change(act_id: UUID) -> ResponseReturnValue:
    """Do exactly what the page showed."""
    plain_form()
    with transaction():
        act = acts.do(g.staff.organisation_id, act_id, request.form.get("digest", ""), actor=g.staff.actor)
    notice(_("Done: %(title)s.", title=act.title), undo=url_for("staff.undo_register_change", act_id=act_id))
    return redirect(_after(act), 303)


@blueprint.post("/register/changes/<uuid:act_id>/undo")
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def undo_register_change(act_id: UUID) -> ResponseReturnValue:
    """Take exactly that back."""
    plain_form()
    with transaction():
        act = acts.undo(g.staff.organisation_id, act_id, actor=g.staff.actor)
    notice(_("Taken back: %(title)s.", title=act.title))
    back = BACK.get(request.args.get("back", ""))
    return redirect(url_for(back) if back else url_for("staff.register_change", act_id=act_id), 303)


def _after(act: acts.ActView) -> str:
    """The page of the one office that it was about, else of the change itself."""
    posts = acts.touched(act.changes)
    if act.kind != "import" and len(posts) == 1:
        return url_for("staff.office", post_id=posts[0])
    return url_for("staff.register_change", act_id=act.id)
