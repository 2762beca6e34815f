"""Read a table (CSV): a line for each holder of a post, as spreadsheets write it.

docs/register.md lists the columns.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from campaign.core.i18n import CODES, DEFAULT
from campaign.targets.fold import slug
from campaign.targets.reading.found import MOST_ROWS, Found, Unreadable

WORDS = ("body", "office", "salutation", "title")
PLAIN = (
    *("body_key", "kind", "area", "post_key", "languages", "email", "contact_source", "contact_checked_on"),
    *("person_key", "person", "since", "until", "source", "checked_on"),
)
COLUMNS = frozenset({*PLAIN, *WORDS, *(f"{word}_{lang}" for word in WORDS for lang in CODES)})
DELIMITERS = ",;\t"
Line = dict[str, str]


def read(text: str) -> Found:
    """Everything in a table; raises Unreadable where a line cannot be used, or the columns are not ours."""
    found = Found()
    for number, line in _lines(text):
        _take(found, number, line)
    if not found.posts and not found.problems:
        raise Unreadable(_("There is no line below the names of the columns."))
    found.check()
    return found


def _lines(text: str) -> Iterator[tuple[int, Line]]:
    """The lines with their numbers, by column; spreadsheets' empty ones are left out."""
    text, first = _without_hint(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = _header(next(reader, []))
        for cells in reader:
            if reader.line_num > MOST_ROWS:
                raise Unreadable(_("This file has more than %(n)s lines. Divide it.", n=MOST_ROWS))
            if any(cell.strip() for cell in cells):
                yield reader.line_num + first, _by_column(header, cells, reader.line_num + first)
    except csv.Error as error:
        where = _("Line %(n)s", n=reader.line_num + first)
        raise Unreadable(_("%(where)s: the quotation marks do not match.", where=where)) from error


def _without_hint(text: str) -> tuple[str, int]:
    """Excel writes `sep=;` above the table, and reads it."""
    head, _newline, rest = text.partition("\n")
    return (rest, 1) if head.strip().lower().startswith("sep=") else (text, 0)


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(DELIMITERS, key=head.count)


def _header(cells: list[str]) -> list[str]:
    names = [_bare(cell).lower().replace(" ", "_") for cell in cells]
    while names and not names[-1]:
        names.pop()
    unknown = sorted({name or _("(empty)") for name in names} - COLUMNS)
    if unknown:
        names_in_words = ", ".join(name[:40] for name in unknown[:5])
        raise Unreadable(_("These columns are not known: %(names)s.", names=names_in_words))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unreadable(_("This column stands there twice: %(name)s.", name=twice[0]))
    for word in ("body", "office"):
        if not {word, *(f"{word}_{lang}" for lang in CODES)} & set(names):
            raise Unreadable(_("The column %(name)s is missing.", name=word))
    return names


def _by_column(header: list[str], cells: list[str], number: int) -> Line:
    if any(_bare(cell) for cell in cells[len(header) :]):
        words = _("Line %(n)s has more cells than there are columns.", n=number)
        raise Unreadable(words)
    return {name: _bare(cell) for name, cell in zip(header, cells, strict=False)}


def _bare(cell: str) -> str:
    """What a cell means: without spaces around it, and without `="…"`, which keeps Excel from changing it."""
    cell = cell.replace("\u00a0", " ").replace("\ufeff", "").strip()
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell


def _take(found: Found, number: int, line: Line) -> None:
    def at(name: str) -> str:
        return _("Line %(n)s, %(column)s", n=number, column=name)

    body, office = _texts(found, at, line, "body"), _texts(found, at, line, "office")
    for name, texts in (("body", body), ("office", office)):
        if not texts:
            found.problem(at(name), _("This is missing."))
    if not body or not office:
        return
    body_key = found.text(at("body_key"), line.get("body_key")) or slug(next(iter(body.values()))) or "body"
    own = f"{body_key} {next(iter(office.values()))}"
    post_key = found.text(at("post_key"), line.get("post_key")) or slug(own) or "post"
    _merge(found.bodies, body_key, {"name": body, "classification": found.text(at("kind"), line.get("kind"))})
    post: dict[str, Any] = {"body": body_key, "office": office}
    post["salutation"] = _texts(found, at, line, "salutation") if not line.get("person") else {}
    post["area"] = found.text(at("area"), line.get("area"))
    post["languages"] = _languages(found, at("languages"), line.get("languages", ""))
    _merge(found.posts, post_key, {**post, "where": at("area")})
    _take_contact(found, at, line, post_key)
    _take_person(found, at, line, post_key)


def _take_contact(found: Found, at: Any, line: Line, post_key: str) -> None:
    email = found.email(at("email"), line.get("email"))
    if email:
        source = found.text(at("contact_source"), line.get("contact_source") or line.get("source"))
        checked = found.day(at("contact_checked_on"), line.get("contact_checked_on") or line.get("checked_on"))
        contact = {"post": post_key, "email": email, "source": source, "checked_on": checked}
        found.contacts.append({**contact, "where": at("email")})


def _take_person(found: Found, at: Any, line: Line, post_key: str) -> None:
    name = found.text(at("person"), line.get("person"))
    if not name:
        return
    key = found.text(at("person_key"), line.get("person_key")) or slug(name) or name
    _merge(found.persons, key, {"name": name})
    found.tenures.append(
        {
            "post": post_key,
            "person": key,
            "since": found.day(at("since"), line.get("since")),
            "until": found.day(at("until"), line.get("until")),
            "office": _texts(found, at, line, "title"),
            "salutation": _texts(found, at, line, "salutation"),
            "source": found.text(at("source"), line.get("source")),
            "checked_on": found.day(at("checked_on"), line.get("checked_on")),
            "where": at("since"),
        }
    )


def _texts(found: Found, at: Any, line: Line, word: str) -> dict[str, str]:
    """`office_fr` and so on; `office` alone stands for the first language."""
    names = {lang: f"{word}_{lang}" for lang in CODES}
    if not line.get(names[DEFAULT]):
        names[DEFAULT] = word
    read = {lang: found.text(at(name), line.get(name)) for lang, name in names.items()}
    return {lang: words for lang, words in read.items() if words}


def _languages(found: Found, where: str, value: str) -> list[str]:
    langs = value.lower().replace(",", " ").replace("/", " ").replace("+", " ").split()
    if unknown := [lang for lang in langs if lang not in CODES]:
        found.problem(where, _("Not a language of this console: %(lang)s.", lang=unknown[0][:20]))
    return list(dict.fromkeys(lang for lang in langs if lang in CODES))


def _merge(rows: dict[str, dict[str, Any]], key: str, values: dict[str, Any]) -> None:
    """A later line fills in what an earlier one left empty."""
    known = rows.setdefault(key, {})
    known.update({name: value for name, value in values.items() if value and not known.get(name)})
