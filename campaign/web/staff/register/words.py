"""A row of the register as people read it: what it is called, and its columns before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _

from campaign.core.i18n import day, language, pick
from campaign.targets import Change, listing

KINDS = ("added", "changed", "ended", "removed")
TABLES = {
    "areas": _("Area"),
    "bodies": _("Body"),
    "posts": _("Office"),
    "persons": _("Person"),
    "tenures": _("Holder"),
    "contacts": _("Address"),
}
COLUMNS = {
    "name": _("Name"),
    "kind": _("Kind"),
    "classification": _("Kind"),
    "area_code": _("Area"),
    "parent_code": _("Part of"),
    "office": _("Office"),
    "salutation": _("Form of address"),
    "address": _("Postal address"),
    "languages": _("Languages"),
    "sort_name": _("Sorted by"),
    "lang": _("Language"),
    "other_names": _("Other names"),
    "identifiers": _("Identifiers"),
    "body_id": _("Body"),
    "person_id": _("Who"),
    "party_id": _("For"),
    "since": _("From day"),
    "until": _("Until"),
    "email": _("Email"),
    "source": _("Source"),
    "checked_on": _("Checked on"),
}
AREAS = {"area_code", "parent_code"}
DAYS = {"since", "until", "checked_on"}


@dataclass(frozen=True)
class Part:
    """One column, as it is and as it would be."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One row of a plan."""

    kind: str
    table: str
    title: str
    parts: tuple[Part, ...]


def described(organisation_id: UUID, shown: Sequence[Change], every: Sequence[Change]) -> list[Line]:
    """These changes in words; names of what they point to come from the register, or from the plan itself."""
    names = listing.names(organisation_id, [UUID(id_) for change in shown for id_ in _pointed(change)])
    planned = {change.id: _own_name(change.after) for change in every if change.after and change.before is None}
    return [_line(change, planned | names) for change in shown]


def _pointed(change: Change) -> list[str]:
    rows = [row for row in (change.before, change.after) if row]
    columns = ("post_id", "person_id", "body_id", "party_id")
    return [row[name] for row in rows for name in columns if row.get(name)]


def _line(change: Change, names: dict[str, str]) -> Line:
    before, after = change.before or {}, change.after or {}
    row = after or before
    of = [names.get(row.get(name) or "", "") for name in ("person_id", "post_id")]
    title = ", ".join(name for name in of if name) or _own_name(row)
    parts = [
        Part(str(label), _words(name, before.get(name), names), _words(name, after.get(name), names))
        for name, label in COLUMNS.items()
        if before.get(name) != after.get(name)
    ]
    seen = tuple(part for part in parts if part.before or part.after)
    return Line(change.kind, str(TABLES[change.table]), title, seen)


def _own_name(row: dict[str, Any]) -> str:
    value = row.get("name") or row.get("office") or ""
    return value if isinstance(value, str) else pick(value, language())


def _words(column: str, value: Any, names: dict[str, str]) -> str:
    if not value:
        return ""
    if column in DAYS:
        return day(date.fromisoformat(value))
    if column.endswith("_id"):
        return names.get(value, "")
    if isinstance(value, dict):
        return " · ".join(f"{key}: {', '.join(of) if isinstance(of, list) else of}" for key, of in value.items())
    if isinstance(value, list):
        return ", ".join(value)
    return value.rpartition("/")[2] if column in AREAS else str(value)
