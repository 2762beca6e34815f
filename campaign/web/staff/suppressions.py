"""Addresses that get nothing: those that an organisation has written to, and those that it has put there itself."""

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from campaign import accounts, campaigns, outbox
from campaign.core import addresses, audit
from campaign.core.addresses import BadAddress
from campaign.core.db import transaction
from campaign.core.errors import Conflict, DomainError
from campaign.core.rates import Rate
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, line, plain_form, posted, put_error
from campaign.web.staff.notices import notice
from campaign.web.staff.outbox import READING
from campaign.web.staff.outbox_acts import MAY_ACT

RATE = Rate(60, "minute")
MOST_PAGES = 1000
REASON = [InputRequired(_("Write the reason.")), Length(max=200, message=_("Write at most 200 characters."))]
LONG = Length(max=254, message=_("This address is too long."))


class AddForm(StaffForm):
    """An address that shall get nothing."""

    address = StringField(filters=[line], validators=[InputRequired(_("Write an address.")), LONG])
    reason = StringField(filters=[line], validators=REASON)


class LiftForm(StaffForm):
    """Why an address may be written to again."""

    why = StringField(filters=[line], validators=REASON)


@blueprint.get("/suppressions")
@staff(*READING)
def suppressions() -> ResponseReturnValue:
    """The list, and the form that adds to it."""
    return _show(AddForm())


@blueprint.post("/suppressions/add")
@staff(*MAY_ACT)
@limited("staff-suppressions", RATE)
def add_suppression() -> ResponseReturnValue:
    """Put an address on the list."""
    form = AddForm(posted())
    if not form.validate():
        return _show(form, 422)
    try:
        with transaction():
            id_ = _add(form.address.data or "", form.reason.data or "")
    except DomainError as error:
        put_error(form, error, "address")
        return _show(form, 422)
    undo = url_for("staff.undo_suppression", suppression_id=id_)
    notice(gettext("Nothing more is sent to this address."), undo=undo)
    return redirect(url_for("staff.suppressions"), 303)


def _add(address: str, reason: str) -> UUID:
    hashed = addresses.parse(address).hash
    if not outbox.suppressions.suppress(hashed, address, reason=reason, actor=g.staff.actor):
        raise Conflict(gettext("This address is on the list already."))
    (entry, *_older), _more = outbox.suppressions.listed(_listing(address_hash=hashed))
    _audit("suppress", entry.id, reason=reason)
    return entry.id


@blueprint.post("/suppressions/<uuid:suppression_id>/lift")
@staff(*MAY_ACT)
@limited("staff-suppressions", RATE)
def lift_suppression(suppression_id: UUID) -> ResponseReturnValue:
    """Let an address be written to again, with a reason."""
    entry, form = outbox.suppressions.entry(suppression_id, _listing()), LiftForm(posted())
    if not form.validate():
        raise DomainError(str(next(iter(form.errors.values()))[0]))
    with transaction():
        outbox.suppressions.lift(entry.id, actor=g.staff.actor)
        _audit("lift", entry.id, reason=form.why.data)
    undo = url_for("staff.restore_suppression", suppression_id=suppression_id)
    notice(gettext("This address can be written to again. What was stopped can be sent again from the outbox."), undo)
    return redirect(url_for("staff.suppressions"), 303)


@blueprint.post("/suppressions/<uuid:suppression_id>/undo", endpoint="undo_suppression")
@staff(*MAY_ACT)
@limited("staff-suppressions", RATE)
def undo_suppression(suppression_id: UUID) -> ResponseReturnValue:
    """Undo: take an address off again."""
    plain_form()
    entry = outbox.suppressions.entry(suppression_id, _listing())
    with transaction():
        outbox.suppressions.lift(entry.id, actor=g.staff.actor)
        _audit("lift", entry.id, undone=True)
    notice(gettext("This address is off the list."), url_for("staff.restore_suppression", suppression_id=entry.id))
    return redirect(url_for("staff.suppressions"), 303)


@blueprint.post("/suppressions/<uuid:suppression_id>/restore")
@staff(*MAY_ACT)
@limited("staff-suppressions", RATE)
def restore_suppression(suppression_id: UUID) -> ResponseReturnValue:
    """Undo: put an address back on the list, for the reason that it was there."""
    plain_form()
    entry = outbox.suppressions.entry(suppression_id, _listing())
    with transaction():
        if not outbox.suppressions.put_back(entry.id, actor=g.staff.actor):
            raise Conflict(gettext("This address is on the list already."))
        _audit("suppress", entry.id, undone=True)
    notice(gettext("Nothing more is sent to this address."))
    return redirect(url_for("staff.suppressions"), 303)


def _show(form: AddForm, status: int = 200) -> ResponseReturnValue:
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    chosen = {name: line(request.args.get(name, ""))[:254] for name in ("address", "reason")}
    try:
        hashed = addresses.parse(chosen["address"]).hash if chosen["address"] else None
        wanted = _listing(reason=chosen["reason"], address_hash=hashed)
        entries, more = outbox.suppressions.listed(wanted, page)
    except BadAddress:
        entries, more = [], False
    return render_template(
        "staff/suppressions/suppressions.html",
        form=form,
        entries=[(entry, mask(entry.address)) for entry in entries],
        names=accounts.team.names(g.staff.organisation_id),
        page={"number": page, "more": more},
        chosen={name: value for name, value in chosen.items() if value},
        reasons=outbox.suppressions.reasons(_listing()),
        may_act=g.staff.role in MAY_ACT,
    ), status


def _listing(**values: Any) -> outbox.suppressions.Listing:
    """The part of the list that concerns this organisation."""
    organisation = g.staff.organisation_id
    team = (*accounts.team.names(organisation), g.staff.actor)
    return outbox.suppressions.Listing(owners=tuple(campaigns.owners(organisation)), actors=team, **values)


def mask(address: str | None) -> str:
    """An address that those who know it recognise; empty where only its hash is kept."""
    if not address:
        return ""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def _audit(verb: str, id_: UUID, **detail: Any) -> None:
    audit.record(g.staff.actor, f"outbox.{verb}", f"suppression:{id_}", g.staff.organisation_id, **detail)
