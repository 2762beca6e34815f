"""Take signatures out by conditions: count, begin, watch, stop, undo."""

from uuid import UUID

from flask import g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, ngettext
from wtforms import SelectField, StringField, TextAreaField

from campaign import signatures
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.i18n import number
from campaign.core.rates import Rate
from campaign.signatures import Batch, BatchState, Conditions
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint, filters
from campaign.web.staff.forms import StaffForm, line, plain_form, posted, put_error
from campaign.web.staff.notices import notice
from campaign.web.staff.signatures import MAY_SEE, ReasonForm

RATE = Rate(60, "minute")
FIELDS = ("since", "until", "source", "lang", "domain", "postcode", "name_prefix", "name_part", "edited", "references")


class ConditionsForm(StaffForm):
    """What the signatures have in common."""

    since = StringField(filters=[line])
    until = StringField(filters=[line])
    source = SelectField(validate_choice=False, choices=[])
    lang = SelectField(validate_choice=False, choices=[])
    domain = StringField(filters=[line])
    postcode = StringField(filters=[line])
    name_prefix = StringField(filters=[line])
    name_part = StringField(filters=[line])
    edited = SelectField(validate_choice=False, choices=[])
    references = TextAreaField()


@blueprint.get("/campaigns/<slug>/invalidations")
@staff(*MAY_SEE)
def invalidations(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """The form, and what was taken out before."""
    return _show(ConditionsForm())


@blueprint.post("/campaigns/<slug>/invalidations/count")
@staff(*MAY_SEE)
@limited("staff-invalidations", RATE)
def count_invalidation(slug: str) -> ResponseReturnValue:
    """Keep the conditions, to look at what they would do; nothing changes yet."""
    form = ConditionsForm(posted())
    if not form.validate():
        return _show(form, 422)
    try:
        with transaction():
            batch_id = signatures.invalidation.draft(g.campaign.id, _conditions(form), actor=g.staff.actor)
    except DomainError as error:
        put_error(form, error)
        return _show(form, 422)
    return redirect(url_for("staff.invalidation", slug=slug, batch_id=batch_id), 303)


@blueprint.get("/campaigns/<slug>/invalidations/<uuid:batch_id>")
@staff(*MAY_SEE)
def invalidation(slug: str, batch_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - as above
    """What it would do; once begun, how far it is."""
    return _batch(signatures.invalidation.batch(g.campaign.id, batch_id), ReasonForm())


@blueprint.get("/campaigns/<slug>/invalidations/<uuid:batch_id>/progress")
@staff(*MAY_SEE)
def invalidation_progress(slug: str, batch_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - as above
    """The same for the page's script."""
    batch = signatures.invalidation.batch(g.campaign.id, batch_id)
    return jsonify(value=batch.reached, max=batch.goal, text=_progress(batch), busy=batch.busy)


@blueprint.post("/campaigns/<slug>/invalidations/<uuid:batch_id>/start")
@staff(*MAY_SEE)
@limited("staff-invalidations", RATE)
def start_invalidation(slug: str, batch_id: UUID) -> ResponseReturnValue:
    """Begin. A small one is done at once, a large one goes on in the background."""
    form = ReasonForm(request.form)
    plain_form()
    try:
        with transaction():
            n = signatures.invalidation.start(
                g.campaign.id, batch_id, form.reason.data, actor=g.staff.actor, organisation_id=g.staff.organisation_id
            )
            signatures.run_batch(batch_id)
    except DomainError as error:
        put_error(form, error, "reason")
        return _batch(signatures.invalidation.batch(g.campaign.id, batch_id), form, error.status)
    batch = signatures.invalidation.batch(g.campaign.id, batch_id)
    if batch.state == BatchState.DONE:
        undo = url_for("staff.undo_invalidation", slug=slug, batch_id=batch_id)
        notice(ngettext("%(n)s signature is taken out.", "%(n)s signatures are taken out.", n, n=number(n)), undo=undo)
    return redirect(url_for("staff.invalidation", slug=slug, batch_id=batch_id), 303)


@blueprint.post("/campaigns/<slug>/invalidations/<uuid:batch_id>/stop")
@staff(*MAY_SEE)
@limited("staff-invalidations", RATE)
def stop_invalidation(slug: str, batch_id: UUID) -> ResponseReturnValue:
    """Stop after the chunk at hand."""
    plain_form()
    with transaction():
        signatures.invalidation.stop(
            g.campaign.id, batch_id, actor=g.staff.actor, organisation_id=g.staff.organisation_id
        )
    notice(_("It has stopped."), undo=url_for("staff.undo_invalidation", slug=slug, batch_id=batch_id))
    return redirect(url_for("staff.invalidation", slug=slug, batch_id=batch_id), 303)


@blueprint.post("/campaigns/<slug>/invalidations/<uuid:batch_id>/undo")
@staff(*MAY_SEE)
@limited("staff-invalidations", RATE)
def undo_invalidation(slug: str, batch_id: UUID) -> ResponseReturnValue:
    """Put back what it took out."""
    plain_form()
    with transaction():
        signatures.invalidation.undo(
            g.campaign.id, batch_id, actor=g.staff.actor, organisation_id=g.staff.organisation_id
        )
        signatures.run_batch(batch_id)
    return redirect(url_for("staff.invalidation", slug=slug, batch_id=batch_id), 303)


def _conditions(form: ConditionsForm) -> Conditions:
    """What the form says, or the signatures that were chosen in a list."""
    if "ids" in request.form:
        references = signatures.register.references(g.campaign.id, filters.marked())
        return Conditions(references=tuple(references))
    values = {name: (form[name].data or "").strip() for name in FIELDS}
    return filters.read(values)


def _progress(batch: Batch) -> str:
    return str(_("%(n)s of %(all)s", n=number(batch.reached), all=number(batch.goal)))


def _show(form: ConditionsForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "staff/invalidations/list.html",
        form=form,
        batches=signatures.invalidation.batches(g.campaign.id),
        choices=filters.choices(),
    ), status


def _batch(batch: Batch, form: ReasonForm, status: int = 200) -> ResponseReturnValue:
    counted = batch.state == BatchState.COUNTED
    forecast = signatures.invalidation.forecast(g.campaign.id, batch.conditions) if counted else None
    return render_template(
        "staff/invalidations/invalidation.html",
        batch=batch,
        forecast=forecast,
        form=form,
        progress_text=_progress(batch),
    ), status
