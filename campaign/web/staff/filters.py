"""Conditions on signatures as forms and addresses carry them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import g, request
from flask_babel import gettext as _

from campaign import signatures
from campaign.core import zones
from campaign.core.errors import DomainError
from campaign.core.text import one_line
from campaign.signatures import Conditions, Public, SignatureState

LONGEST = 254
# The form's word for signatures that name no source.
NO_SOURCE = "-"


def asked() -> dict[str, str]:
    """What a list was asked for, as its address says; odd values ask for nothing."""
    values = {name: clean(value) for name, value in request.args.items()}
    return {name: value for name, value in values.items() if name in READERS and value}


def clean(value: str) -> str:
    """One line, short enough, without what no text holds."""
    return one_line(value)[:LONGEST].replace("\0", "").strip()


def read(values: Mapping[str, str]) -> Conditions:
    """The conditions behind these words; raises DomainError with the field that cannot be read."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name in READERS and value:
            try:
                found |= READERS[name](value)
            except (ValueError, OverflowError) as error:  # there is no day after the last
                raise DomainError(_("This cannot be read."), fields={name: _("This cannot be read.")}) from error
    query = values.get("q", "")
    wanted = signatures.conditions.search(query) if query else Conditions()
    return replace(wanted, **found)


def lenient(values: Mapping[str, str]) -> Conditions:
    """The same for an address that anybody may have changed by hand: what cannot be read asks for nothing."""
    readable = dict(values)
    while True:
        try:
            return read(readable)
        except DomainError as error:
            for name in error.fields:
                readable.pop(name)


def marked() -> list[UUID]:
    """The signatures that were chosen, in the form or in the address of an undo."""
    found = []
    for value in request.values.getlist("ids"):
        try:
            found.append(UUID(value))
        except ValueError as error:
            raise DomainError(_("Choose at least one signature.")) from error
    if not found:
        raise DomainError(_("Choose at least one signature."))
    return found


def _moment(value: str, end: bool = False) -> datetime:
    """A day or a time by the clocks of the campaign's country; the end of a day is the next one's beginning."""
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(zones.zone_of(g.campaign.country)))
    return at + timedelta(days=1) if end and len(value) == len("2026-11-22") else at


def _yes(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError(value)
    return value == "yes"


READERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "q": lambda _value: {},
    "state": lambda value: {"states": (SignatureState(value),)},
    "since": lambda value: {"since": _moment(value)},
    "until": lambda value: {"until": _moment(value, end=True)},
    "lang": lambda value: {"lang": value},
    "source": lambda value: {"source": "" if value == NO_SOURCE else value},
    "public": lambda value: {"public": Public(value)},
    "edited": lambda value: {"edited": _yes(value)},
    "domain": lambda value: {"domain": value.removeprefix("@")},
    "country": lambda value: {"country": value.upper()},
    "postcode": lambda value: {"postcode": value},
    "name_prefix": lambda value: {"name_prefix": value},
    "name_part": lambda value: {"name_part": value},
    "references": lambda value: {"references": signatures.conditions.read_references(value)},
}


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the filters offer."""
    sources = signatures.register.sources(g.campaign.id)
    return {
        "lang": [(lang, lang.upper()) for lang in g.campaign.langs],
        "source": [(source or NO_SOURCE, source or _("None")) for source in sources],
    }
