"""The audit log, to look at and as a file. Nothing here changes it."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Response, g, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from campaign import accounts
from campaign.accounts import Role
from campaign.core import audit, clock, csv
from campaign.core.audit import Entry, Wanted
from campaign.web.audience import staff
from campaign.web.staff import blueprint

ZONE = ZoneInfo("Europe/Brussels")
MOST_PAGES = 1000
HEAD = ("at", "who", "actor", "what", "record", "before", "after", "detail")


@blueprint.get("/audit", endpoint="audit")
@staff(Role.OWNER)
def log() -> ResponseReturnValue:
    """A page of the log, by who, what, on which record and when."""
    home = g.staff.organisation_id
    number = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    entries, more = audit.page(_wanted(), number)
    names = accounts.team.names(home)
    return render_template(
        "staff/audit/audit.html",
        entries=entries,
        page={"number": number, "more": more},
        arguments=_arguments(),
        names=names,
        actors=[(actor, names.get(actor, actor)) for actor in audit.actors(home)],
        actions=[(action, action) for action in audit.actions(home)],
    )


@blueprint.get("/audit.csv", endpoint="audit_csv")
@staff(Role.OWNER, sudo=True)
def export() -> ResponseReturnValue:
    """The same as a file, as long as it may be, while it is being read."""
    names = accounts.team.names(g.staff.organisation_id)
    rows = _rows(_wanted(), names)
    response = Response(stream_with_context(csv.lines(rows, bom=True)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{clock.today().isoformat()}.csv"'
    return response


def _rows(wanted: Wanted, names: dict[str, str]) -> Iterator[tuple[str, ...]]:
    yield HEAD
    for entry in audit.every(wanted):
        yield _row(entry, names.get(entry.actor, entry.actor))


def _row(entry: Entry, who: str) -> tuple[str, ...]:
    values = (entry.before, entry.after, entry.detail)
    texts = (json.dumps(value, ensure_ascii=False, sort_keys=True) if value else "" for value in values)
    return (entry.at.isoformat(), who, entry.actor, entry.action, entry.subject, *texts)


def _wanted() -> Wanted:
    """What the filter asks for; a day means the whole of it, in the console's time zone."""
    asked = _arguments()
    return Wanted(
        organisation_id=g.staff.organisation_id,
        who=asked.get("who", ""),
        what=asked.get("what", ""),
        record=asked.get("record", ""),
        since=_midnight(asked.get("from", "")),
        until=_midnight(asked.get("to", ""), after=1),
    )


def _arguments() -> dict[str, str]:
    names = ("who", "what", "record", "from", "to")
    return {name: value for name in names if (value := request.args.get(name, "").strip()) and "\0" not in value}


def _midnight(text: str, after: int = 0) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=after), time(), ZONE)
    except (ValueError, OverflowError):
        return None
