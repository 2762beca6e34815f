"""Offices, bodies and persons to look through, what nobody has checked for long, and what was changed."""

from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from campaign.core import clock
from campaign.targets import acts, listing
from campaign.web.audience import staff
from campaign.web.staff import blueprint
from campaign.web.staff.filters import clean

LAST_PAGE = 10_000
STATES = ("vacant", "no_address")


@blueprint.get("/register")
@staff()
def register() -> ResponseReturnValue:
    """Offices as they stand today, or on another day."""
    on, words, state = _day("on"), clean(request.args.get("q", "")), request.args.get("state", "")
    state = state if state in STATES else ""
    body = _body()
    rows, more = listing.offices(
        g.staff.organisation_id, words=words, body_id=body and body.id, state=state, on=on, page=_page()
    )
    asked = {"q": words, "state": state, "on": on.isoformat() if on else "", "body": body.id if body else ""}
    asked = {name: value for name, value in asked.items() if value}
    return _list("offices", rows=rows, more=more, asked=asked, body=body, on=on or clock.today())


@blueprint.get("/register/bodies")
@staff()
def bodies() -> ResponseReturnValue:
    """Governments, councils, parties."""
    words = clean(request.args.get("q", ""))
    rows, more = listing.bodies(g.staff.organisation_id, words=words, page=_page())
    return _list("bodies", rows=rows, more=more, asked={"q": words} if words else {})


@blueprint.get("/register/persons")
@staff()
def persons() -> ResponseReturnValue:
    """Those who hold or held an office."""
    words = clean(request.args.get("q", ""))
    rows, more = listing.persons(g.staff.organisation_id, words=words, page=_page())
    return _list("persons", rows=rows, more=more, asked={"q": words} if words else {})


@blueprint.get("/register/check")
@staff()
def stale() -> ResponseReturnValue:
    """Addresses and holders that nobody has checked within 180 days."""
    rows, more = listing.stale(g.staff.organisation_id, _page())
    return _list("stale", rows=rows, more=more, days=listing.STALE.days)


@blueprint.get("/register/changes")
@staff()
def register_changes() -> ResponseReturnValue:
    """What was changed, the last first."""
    rows, more = acts.acts(g.staff.organisation_id, _page())
    return _list("changes", rows=rows, more=more)


def _list(name: str, *, more: bool, **values: Any) -> ResponseReturnValue:
    page = SimpleNamespace(number=_page(), more=more)
    return render_template(f"staff/register/{name}.html", page=page, today=clock.today(), **values)


def _page() -> int:
    return max(1, min(LAST_PAGE, request.args.get("page", 1, type=int)))


def _day(name: str) -> date | None:
    """A day in the address; one that cannot be read asks for nothing."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _body() -> Any:
    """The body whose offices are asked for."""
    words = request.args.get("body", "")
    try:
        return listing.body(g.staff.organisation_id, UUID(words)) if words else None
    except ValueError:
        return None
