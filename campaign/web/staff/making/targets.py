"""The step with the offices that the letters go to: found in the register, or new in it."""

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.campaigns import pursuit
from campaign.core import clock
from campaign.core.addresses import BadAddress
from campaign.core.db import transaction
from campaign.core.errors import Conflict, DomainError
from campaign.targets import acts, edits, listing
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import line, plain_form
from campaign.web.staff.making import ACTS, MAY_MAKE, steps
from campaign.web.staff.notices import notice


@blueprint.get("/campaigns/<slug>/making/targets")
@staff(*MAY_MAKE)
def making_targets(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """Who gets the letters now, and the register to search."""
    return _show({})


def _show(values: dict[str, Any], status: int = 200) -> ResponseReturnValue:
    whose, words = g.staff.organisation_id, request.args.get("q", "").strip()
    chosen = listing.those(whose, g.campaign.post_ids)
    found, more = listing.offices(whose, words=words) if words else ([], False)
    stale = {each.id for each in chosen if _unchecked(each)}
    context = {"chosen": chosen, "found": found, "more": more, "q": words, "stale": stale, "typed": {}, "errors": {}}
    context |= {"bodies": listing.bodies(whose)[0], "steps": steps.lines(), **values}
    return render_template("staff/making/targets.html", **context), status


def _unchecked(office: listing.Office) -> bool:
    return office.checked_on is None or office.checked_on < clock.today() - listing.STALE


@blueprint.post("/campaigns/<slug>/making/targets/<uuid:post_id>/add")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def add_target(slug: str, post_id: UUID) -> ResponseReturnValue:
    """Write to one more office; at a place where it stood before, for an undo."""
    plain_form()
    with transaction():
        pursuit.add(g.staff.organisation_id, g.campaign.id, post_id, actor=g.staff.actor)
        place = request.args.get("place", "")
        if place.isdecimal():
            pursuit.move(g.staff.organisation_id, g.campaign.id, post_id, int(place[:4]), actor=g.staff.actor)
    undo = url_for("staff.remove_target", slug=slug, post_id=post_id)
    return _done(_("%(office)s is added.", office=_name(post_id)), undo)


@blueprint.post("/campaigns/<slug>/making/targets/<uuid:post_id>/remove")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def remove_target(slug: str, post_id: UUID) -> ResponseReturnValue:
    """Write to an office no longer."""
    plain_form()
    with transaction():
        place = pursuit.remove(g.staff.organisation_id, g.campaign.id, post_id, actor=g.staff.actor)
    undo = url_for("staff.add_target", slug=slug, post_id=post_id, place=place)
    return _done(_("%(office)s gets no new letters.", office=_name(post_id)), undo)


@blueprint.post("/campaigns/<slug>/making/targets/<uuid:post_id>/<any(up, down):way>")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def move_target(slug: str, post_id: UUID, way: str) -> ResponseReturnValue:
    """One place up or down."""
    plain_form()
    ids = list(g.campaign.post_ids)
    place = (ids.index(post_id) if post_id in ids else 0) + (1 if way == "down" else -1)
    with transaction():
        pursuit.move(g.staff.organisation_id, g.campaign.id, post_id, place, actor=g.staff.actor)
    return redirect(url_for("staff.making_targets", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/making/targets/<uuid:post_id>/checked")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def target_checked(slug: str, post_id: UUID) -> ResponseReturnValue:  # noqa: ARG001 - as above
    """Somebody looked today: the address of an office is still right."""
    plain_form()
    whose, today = g.staff.organisation_id, clock.today()
    reached = [row for row in listing.contacts(post_id) if row.since <= today and (not row.until or row.until > today)]
    if post_id not in g.campaign.post_ids or not reached:
        raise Conflict(_("This office has no address that could be checked."))
    with transaction():
        _act(edits.check_again(whose, "contacts", reached[0].id, today))
    return _done(_("Checked today."), None)


@blueprint.post("/campaigns/<slug>/making/targets/new")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def new_target(slug: str) -> ResponseReturnValue:
    """A new office in the register, with its address, as a target."""
    plain_form()
    names = ("office", "body", "body_name", "email", "source")
    typed = {name: line(request.form.get(name)) for name in names}
    errors = {name: _("Fill this in.") for name in ("office", "email", "source") if not typed[name]}
    if not typed["body"] and not typed["body_name"]:
        errors["body_name"] = _("Choose a body, or name a new one.")
    try:
        if not errors:
            with transaction():
                post_id = _new_post(typed)
                pursuit.add(g.staff.organisation_id, g.campaign.id, post_id, actor=g.staff.actor)
    except DomainError as error:
        place = "email" if isinstance(error, BadAddress) else "office"
        errors = {name: words for name, words in error.fields.items() if name in names} or {place: error.words}
    if errors:
        return _show({"typed": typed, "errors": errors}, 422)
    undo = url_for("staff.remove_target", slug=slug, post_id=post_id)
    return _done(_("%(office)s is added.", office=typed["office"]), undo)


def _new_post(typed: dict[str, str]) -> UUID:
    whose, lang = g.staff.organisation_id, g.campaign.langs[0]
    if typed["body"]:
        body = next((each.id for each in listing.bodies(whose)[0] if str(each.id) == typed["body"] and each.mine), None)
        if body is None:
            words = _("Choose a body of your register.")
            raise DomainError(words, fields={"body": words})
    else:
        name = {lang: typed["body_name"]}
        body = _act(edits.add_body(whose, name=name, classification="", area_code=""))["bodies"]
    values = {"office": {lang: typed["office"]}, "salutation": {}, "address": {}, "languages": list(g.campaign.langs)}
    plan = edits.add_post(whose, body, email=typed["email"], source=typed["source"], area_code="", **values)
    return _act(plan)["posts"]


def _act(plan: Any) -> dict[str, UUID]:
    """Do a plan of the register at once; answers the rows that it wrote, by table."""
    whose = g.staff.organisation_id
    id_ = acts.keep(whose, plan, actor=g.staff.actor)
    done = acts.do(whose, id_, acts.act(whose, id_).digest, actor=g.staff.actor)
    return {change.table: UUID(change.id) for change in done.changes if change.after}


def _name(post_id: UUID) -> str:
    return listing.office(g.staff.organisation_id, post_id)[1].office


def _done(words: str, undo: str | None) -> ResponseReturnValue:
    notice(words, undo=undo)
    back = url_for("staff.making_targets", slug=g.campaign.slug)
    return redirect(back, 303)
