"""Every part that the console's pages are made of, in all its states."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.core.rates import Rate
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint, samples
from campaign.web.staff.forms import plain_form
from campaign.web.staff.notices import notice
from campaign.web.staff.shell import typed

WORD = "delete"


@blueprint.get("/style")
@staff()
def style() -> ResponseReturnValue:
    """The parts, with made-up contents."""
    return render_template("staff/style/style.html", word=WORD, **samples.everything())


@blueprint.post("/style")
@staff()
@limited("staff-style", Rate(60, "minute"))
def try_style() -> ResponseReturnValue:
    """What the buttons of that page do: nothing but say so."""
    plain_form()
    if "typed" in request.form and not typed(WORD):
        notice("The word was not typed, so nothing happened.", tone="bad")
    elif request.args.get("undo"):
        notice("It is as it was before.")
    else:
        notice("This is what a page says after an act.", undo=url_for("staff.style", undo=1))
    return redirect(url_for("staff.style"), 303)
