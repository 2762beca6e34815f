"""Signatures on paper: add a count with a note, take it back."""

from uuid import UUID

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _, ngettext
from wtforms import DateField, IntegerField, StringField
from wtforms.validators import InputRequired

from campaign import signatures
from campaign.core import clock
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.i18n import number
from campaign.core.rates import Rate
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, line, plain_form, posted, put_error
from campaign.web.staff.notices import notice
from campaign.web.staff.signatures import MAY_SEE

RATE = Rate(60, "minute")


class PaperForm(StaffForm):
    """A lot of paper signatures."""

    number = IntegerField(validators=[InputRequired(_("Write a number of signatures."))])
    signed_on = DateField(validators=[InputRequired(_("Write the day."))])
    place = StringField(filters=[line], validators=[InputRequired(_("Write where they were collected."))])
    note = StringField(filters=[line])


@blueprint.get("/campaigns/<slug>/paper")
@staff(*MAY_SEE)
def paper(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """The lots, and the form for another."""
    return _show(PaperForm(signed_on=clock.today()))


@blueprint.post("/campaigns/<slug>/paper/add")
@staff(*MAY_SEE)
@limited("staff-paper", RATE)
def add_paper(slug: str) -> ResponseReturnValue:
    """Count a lot."""
    form = PaperForm(posted())
    if not form.validate():
        return _show(form, 422)
    values = {name: form[name].data for name in ("number", "signed_on", "place", "note")}
    try:
        with transaction():
            id_ = signatures.paper.add(
                g.campaign.id, **values, actor=g.staff.actor, organisation_id=g.staff.organisation_id
            )
    except DomainError as error:
        put_error(form, error)
        return _show(form, 422)
    n = form.number.data
    words = ngettext("%(n)s paper signature is added.", "%(n)s paper signatures are added.", n, n=number(n))
    notice(words, undo=url_for("staff.take_paper_back", slug=slug, lot_id=id_))
    return redirect(url_for("staff.paper", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/paper/<uuid:lot_id>/take-back")
@staff(*MAY_SEE)
@limited("staff-paper", RATE)
def take_paper_back(slug: str, lot_id: UUID) -> ResponseReturnValue:
    """Take a lot off the counter."""
    plain_form()
    with transaction():
        n = signatures.paper.take_back(
            g.campaign.id, lot_id, actor=g.staff.actor, organisation_id=g.staff.organisation_id
        )
    undo = url_for("staff.put_paper_back", slug=slug, lot_id=lot_id)
    notice(gettext("Off the counter: %(n)s on paper.", n=number(n)), undo=undo)
    return redirect(url_for("staff.paper", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/paper/<uuid:lot_id>/put-back")
@staff(*MAY_SEE)
@limited("staff-paper", RATE)
def put_paper_back(slug: str, lot_id: UUID) -> ResponseReturnValue:
    """Count it again."""
    plain_form()
    with transaction():
        n = signatures.paper.put_back(
            g.campaign.id, lot_id, actor=g.staff.actor, organisation_id=g.staff.organisation_id
        )
    notice(gettext("On the counter again: %(n)s on paper.", n=number(n)))
    return redirect(url_for("staff.paper", slug=slug), 303)


def _show(form: PaperForm, status: int = 200) -> ResponseReturnValue:
    lots = signatures.paper.lots(g.campaign.id)
    counted = sum(lot.number for lot in lots if not lot.taken_back_at)
    return render_template("staff/paper/paper.html", form=form, lots=lots, counted=counted), status
