"""Read Popolo JSON (popoloproject.com): organizations, posts, persons, memberships, areas, contact details."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from campaign.core.i18n import CODES, DEFAULT
from campaign.targets.reading.found import MOST_ROWS, Found, Unreadable

LISTS = ("organizations", "areas", "posts", "persons", "memberships")
# A list of rows, a row, its list of names, a name, and room for sources and links.
DEEPEST = 8
PARTY = "party"
Row = dict[str, Any]


def read(text: str) -> Found:
    """Everything in a file; raises Unreadable where it is no JSON, not Popolo, or wrong in some place."""
    found = Found()
    data = _load(text)
    rows = {name: list(_rows(found, data, name)) for name in LISTS}
    for where, row in rows["areas"]:
        _area(found, where, row)
    for where, row in rows["organizations"]:
        _body(found, where, row)
    for where, row in rows["posts"]:
        _post(found, where, row)
    details = {}
    for where, row in rows["persons"]:
        details[_person(found, where, row)] = (where, row)
    for where, row in rows["memberships"]:
        _membership(found, where, row, details)
    found.check()
    return found


def _load(text: str) -> Row:
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise Unreadable(_("This file is nested too deeply.")) from error
    except json.JSONDecodeError as error:
        words = _("This is not JSON: line %(line)s, column %(column)s.", line=error.lineno, column=error.colno)
        raise Unreadable(words) from error
    except ValueError as error:
        raise Unreadable(_("A number in this file is too long.")) from error
    if not isinstance(data, dict) or not data.keys() & set(LISTS):
        raise Unreadable(_("This is not Popolo: it has no organizations, persons, posts or memberships."))
    _check_depth(data)
    return data


def _check_depth(data: Row) -> None:
    level: list[Any] = [data]
    for _depth in range(DEEPEST):
        level = [inner for outer in level for inner in _inner(outer) if isinstance(inner, dict | list)]
    if level:
        raise Unreadable(_("This file is nested too deeply."))


def _inner(outer: Any) -> Iterator[Any]:
    yield from outer.values() if isinstance(outer, dict) else outer


def _rows(found: Found, data: Row, name: str) -> Iterator[tuple[str, Row]]:
    given = data.get(name) or []
    if not isinstance(given, list):
        found.problem(name, _("This is not a list."))
        return
    if len(given) > MOST_ROWS:
        raise Unreadable(_("This file has more than %(n)s lines. Divide it.", n=MOST_ROWS))
    for number, row in enumerate(given):
        if isinstance(row, dict):
            yield f"{name}[{number}]", row
        else:
            found.problem(f"{name}[{number}]", _("This is not an object."))


def _key(found: Found, where: str, row: Row, name: str = "id", *, required: bool = True) -> str:
    value = row.get(name)
    value = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return found.text(f"{where}.{name}", value, required=required, limit=200)


def _once(found: Found, where: str, rows: dict[str, Row], key: str, values: Row) -> None:
    if key in rows:
        found.problem(f"{where}.id", _("This id stands there twice."))
    elif key:
        rows[key] = values


def _area(found: Found, where: str, row: Row) -> None:
    name = found.text(f"{where}.name", row.get("name"), required=True)
    kind = found.text(f"{where}.classification", row.get("classification"))
    parent = _key(found, where, row, "parent_id", required=False)
    _once(found, where, found.areas, _key(found, where, row), {"name": {DEFAULT: name}, "kind": kind, "parent": parent})


def _body(found: Found, where: str, row: Row) -> None:
    name = found.text(f"{where}.name", row.get("name"), required=True)
    kind = found.text(f"{where}.classification", row.get("classification"))
    body = {"name": {DEFAULT: name, **_named(found, where, row)}, "classification": kind}
    body["area"] = _key(found, where, row, "area_id", required=False)
    body["where"] = f"{where}.area_id"
    _once(found, where, found.bodies, _key(found, where, row), body)


def _post(found: Found, where: str, row: Row) -> None:
    label = found.text(f"{where}.label", row.get("label") or row.get("role"), required=True)
    body, key = _key(found, where, row, "organization_id"), _key(found, where, row)
    if body and body not in found.bodies:
        found.problem(f"{where}.organization_id", _("There is no such organization in this file."))
    area = _key(found, where, row, "area_id", required=False)
    office = {DEFAULT: label, **_named(found, where, row)}
    _once(found, where, found.posts, key, {"body": body, "office": office, "area": area, "where": f"{where}.area_id"})
    _contacts(found, where, row, key)


def _person(found: Found, where: str, row: Row) -> str:
    name = found.text(f"{where}.name", row.get("name"), required=True)
    family, given = (found.text(f"{where}.{part}", row.get(part)) for part in ("family_name", "given_name"))
    others = [found.text(f"{at}.name", other.get("name")) for at, other in _within(found, where, row, "other_names")]
    person: Row = {"name": name, "sort_name": f"{family}, {given}" if family and given else ""}
    person["lang"] = found.lang(f"{where}.preferred_language", row.get("preferred_language"))
    person["other_names"] = [other for other in others if other]
    person["identifiers"] = _identifiers(found, where, row)
    key = _key(found, where, row)
    _once(found, where, found.persons, key, person)
    return key


def _identifiers(found: Found, where: str, row: Row) -> dict[str, str]:
    rows = list(_within(found, where, row, "identifiers"))
    return {
        found.text(f"{at}.scheme", one.get("scheme")): _key(found, at, one, "identifier", required=False)
        for at, one in rows
    }


def _membership(found: Found, where: str, row: Row, details: dict[str, tuple[str, Row]]) -> None:
    person = _key(found, where, row, "person_id")
    if person and person not in found.persons:
        found.problem(f"{where}.person_id", _("There is no such person in this file."))
    post = _key(found, where, row, "post_id", required=False)
    if post and post not in found.posts:
        found.problem(f"{where}.post_id", _("There is no such post in this file."))
    post = post or _seat(found, where, row, person)
    if not post or not person:
        return
    since, until = (found.day(f"{where}.{name}", row.get(name)) for name in ("start_date", "end_date"))
    if since and until == since:
        until = since + timedelta(days=1)
    party = _key(found, where, row, "on_behalf_of_id", required=False)
    if party and party not in found.bodies:
        found.problem(f"{where}.on_behalf_of_id", _("There is no such organization in this file."))
    source = next((_link(found, *each) for each in _within(found, where, row, "sources")), "")
    holding: Row = {"post": post, "person": person, "since": since, "until": until, "party": party, "source": source}
    found.tenures.append({**holding, "where": f"{where}.start_date"})
    _contacts(found, where, row, post)
    if until is None and person in details:
        _contacts(found, *details[person], post)


def _seat(found: Found, where: str, row: Row, person: str) -> str:
    """The post of a membership that names none: one for each person, role and organization. Parties have no offices."""
    body = _key(found, where, row, "organization_id")
    if body and body not in found.bodies:
        found.problem(f"{where}.organization_id", _("There is no such organization in this file."))
        return ""
    if not body or found.bodies[body].get("classification") == PARTY:
        if body:
            found.notes.append(_("%(where)s: membership of a party is not an office.", where=where))
        return ""
    role = found.text(f"{where}.role", row.get("label") or row.get("role")) or "member"
    key = f"{body}/{role}/{person}"[:200]
    office = {lang: f"{role[:1].upper()}{role[1:]}, {name}" for lang, name in found.bodies[body]["name"].items()}
    lang = found.persons.get(person, {}).get("lang")
    area = _key(found, where, row, "area_id", required=False)
    values: Row = {"body": body, "office": office, "area": area, "where": f"{where}.area_id"}
    found.posts[key] = {**values, "languages": [lang] if lang else []}
    return key


def _contacts(found: Found, where: str, row: Row, post: str) -> None:
    for at, detail in _within(found, where, row, "contact_details"):
        if detail.get("type") == "email" and post:
            email = found.email(f"{at}.value", detail.get("value"))
            source = next((_link(found, *each) for each in _within(found, at, detail, "sources")), "")
            source = source or found.text(f"{at}.note", detail.get("note"))
            if email:
                contact = {"post": post, "email": email, "source": source, "checked_on": None}
                found.contacts.append({**contact, "where": f"{at}.value"})


def _link(found: Found, where: str, source: Row) -> str:
    return found.text(f"{where}.url", source.get("url") or source.get("note"))


def _named(found: Found, where: str, row: Row) -> dict[str, str]:
    """Names in our languages, from `other_names` with a `lang`."""
    return {
        other["lang"]: found.text(f"{at}.name", other.get("name"))
        for at, other in _within(found, where, row, "other_names")
        if other.get("lang") in CODES
    }


def _within(found: Found, where: str, row: Row, name: str) -> Iterator[tuple[str, Row]]:
    given = row.get(name) or []
    if not isinstance(given, list):
        found.problem(f"{where}.{name}", _("This is not a list."))
        return
    for number, inner in enumerate(given):
        if isinstance(inner, dict):
            yield f"{where}.{name}[{number}]", inner
        else:
            found.problem(f"{where}.{name}[{number}]", _("This is not an object."))
