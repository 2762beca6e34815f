"""Files of signatures for other programs: a table that streams, a spreadsheet that is made in the background."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, g, jsonify, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import signatures
from campaign.accounts import Role
from campaign.core import clock, csv
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict, DomainError
from campaign.core.i18n import number
from campaign.core.rates import Rate
from campaign.signatures import Conditions, ExportState, File, Layout, SignatureState
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint, filters
from campaign.web.staff.forms import plain_form

MAY_EXPORT = (Role.OWNER, Role.CAMPAIGNER)
RATE = Rate(30, "minute")
KINDS = ("csv", "xlsx", "pack")
# How the finished file ends, and what it is.
FILES = {
    "xlsx": ("xlsx", signatures.sheets.TYPE),
    "pack": ("zip", "application/zip"),
    "handover": ("zip", "application/zip"),
}


@blueprint.get("/campaigns/<slug>/exports")
@staff(*MAY_EXPORT, sudo=True)
def exports(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """What to take along, and the spreadsheets of the last day."""
    files = signatures.exports.files(g.campaign.id)
    return render_template(
        "staff/exports/exports.html",
        files=files,
        texts={file.id: _progress(file) for file in files},
        busy=any(file.busy for file in files),
        layouts=signatures.tables.LAYOUTS.values(),
        columns=signatures.tables.ALL,
        states=list(SignatureState),
        choices=filters.choices(),
    )


@blueprint.post("/campaigns/<slug>/exports/order")
@staff(*MAY_EXPORT, sudo=True)
@limited("staff-exports", RATE)
def order_export(slug: str) -> ResponseReturnValue:
    """A table begins at once; a spreadsheet or a pack of letters is made and waits for a day."""
    plain_form()
    kind, layout, conditions = _wanted()
    columns = [name for name in request.form.getlist("columns") if name in signatures.tables.ALL]
    who = {"actor": g.staff.actor, "organisation_id": g.staff.organisation_id}
    if kind != "csv":
        _order(kind, conditions, layout, columns, who)
        return redirect(url_for("staff.exports", slug=slug), 303)
    with transaction():
        signatures.exports.allow(g.campaign.id, conditions, layout, columns, kind, **who)
    rows = _rows(g.campaign.id, conditions, layout, columns)
    return _attached(stream_with_context(csv.lines(rows, bom=True)), "text/csv; charset=utf-8", _name(slug, "csv"))


@blueprint.get("/campaigns/<slug>/exports/<uuid:export_id>/progress")
@staff(*MAY_EXPORT)
def export_progress(slug: str, export_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - as above
    """How far a spreadsheet is, for the page's script."""
    file = signatures.exports.file(g.campaign.id, export_id)
    return jsonify(value=file.done, max=max(file.total, file.done), text=_progress(file), busy=file.busy)


@blueprint.get("/campaigns/<slug>/exports/<uuid:export_id>/file")
@staff(*MAY_EXPORT, sudo=True)
def export_file(slug: str, export_id: UUID) -> ResponseReturnValue:
    """A finished spreadsheet."""
    file = signatures.exports.file(g.campaign.id, export_id)
    if file.state != ExportState.READY:
        raise Conflict(_("This file is not ready."))
    parts = stream_with_context(_parts(export_id))
    ending, kind = FILES[file.kind]
    response = _attached(parts, kind, _name(slug, ending, file.created_at.date()))
    response.headers["Content-Length"] = str(file.size)
    return response


@blueprint.post("/campaigns/<slug>/exports/<uuid:export_id>/stop")
@staff(*MAY_EXPORT)
@limited("staff-exports", RATE)
def stop_export(slug: str, export_id: UUID) -> ResponseReturnValue:
    """No longer make it."""
    plain_form()
    with transaction():
        signatures.exports.stop(g.campaign.id, export_id)
    return redirect(url_for("staff.exports", slug=slug), 303)


def _order(kind: str, conditions: Conditions, layout: Layout, columns: list[str], who: dict[str, Any]) -> None:
    """A pack holds a letter of each confirmed signature to each target, whatever else was chosen."""
    times = len(g.campaign.post_ids) if kind == "pack" else 1
    conditions = Conditions(states=(SignatureState.CONFIRMED,)) if kind == "pack" else conditions
    with transaction():
        signatures.exports.order(g.campaign.id, conditions, layout, columns, kind=kind, times=times, **who)


def _wanted() -> tuple[str, Layout, Conditions]:
    kind, layout = request.form.get("kind", ""), request.form.get("layout", "")
    if kind not in KINDS or layout not in signatures.tables.LAYOUTS:
        raise DomainError(_("Choose what to export."))
    values = {name: filters.clean(request.form.get(name, "")) for name in ("state", "since", "until", "lang", "source")}
    return kind, signatures.tables.LAYOUTS[layout], filters.read(values)


def _rows(campaign_id: UUID, conditions: Conditions, layout: Layout, columns: list[str]) -> Iterator[list[str]]:
    yield signatures.tables.header(layout, columns)
    for piece in signatures.tables.pieces(campaign_id, conditions, layout, columns):
        session().rollback()  # a reader who is slow must not hold a transaction open
        yield from piece


def _parts(export_id: UUID) -> Iterator[bytes]:
    for part in signatures.exports.parts(export_id):
        session().rollback()  # as above
        yield part


def _attached(body: Iterator[bytes], kind: str, name: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _name(slug: str, kind: str, day: date | None = None) -> str:
    return f"{slug}-{day or clock.today()}.{kind}"


def _progress(file: File) -> str:
    return str(_("%(n)s of %(all)s", n=number(file.done), all=number(max(file.total, file.done))))
