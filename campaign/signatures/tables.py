"""Signatures as rows of a table: which columns, under which names, read piece by piece."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from campaign.core.db import session
from campaign.signatures.conditions import Conditions, where
from campaign.signatures.models import Consent, ConsentKind, ConsentWording, Signature

# Each piece is a query of its own: memory stays flat, and whoever hands it on ends the transaction before.
PIECE = 2000
_TABLE = Signature.__table__.c
_SEND, _NEWS = aliased(Consent), aliased(Consent)
_OWN: tuple[str, ...] = (
    "reference",
    "state",
    "created_at",
    "confirmed_at",
    "name",
    "email",
    "postcode",
    "country",
    "place",
    "lang",
)
_OWN += ("source", "public", "public_name", "comment", "edited")
_CONSENT = {
    "send_consent": _SEND.given,
    "send_consent_at": _SEND.at,
    "updates": _NEWS.given,
    "updates_at": _NEWS.at,
    "updates_wording": ConsentWording.words,
}


@dataclass(frozen=True)
class Layout:
    """A set of columns under the names that another program knows them by."""

    key: str
    label: str
    names: dict[str, str]


ALL = (*_OWN, *_CONSENT, "given_name", "family_name")
PLAIN = Layout("plain", "Postbag", {name: name for name in ALL})
# What these programs call the columns of an import: https://docs.civicrm.org and https://help.actionnetwork.org.
CIVICRM = Layout(
    "civicrm",
    "CiviCRM",
    {
        "reference": "External Identifier",
        "given_name": "First Name",
        "family_name": "Last Name",
        "email": "Email",
        "postcode": "Postal Code",
        "place": "City",
        "country": "Country",
        "lang": "Preferred Language",
        "source": "Contact Source",
        "confirmed_at": "Activity Date",
        "updates": "Email Opt In",
    },
)
ACTION_NETWORK = Layout(
    "action_network",
    "Action Network",
    {
        "email": "email",
        "given_name": "first_name",
        "family_name": "last_name",
        "postcode": "zip_code",
        "place": "city",
        "country": "country",
        "lang": "language",
        "source": "source",
        "comment": "comments",
        "updates": "subscribed",
    },
)
LAYOUTS = {layout.key: layout for layout in (PLAIN, CIVICRM, ACTION_NETWORK)}


def header(layout: Layout, columns: Sequence[str]) -> list[str]:
    """The names of the chosen columns, in the layout's order; all of them where none is chosen."""
    return [layout.names[name] for name in chosen(layout, columns)]


def chosen(layout: Layout, columns: Sequence[str]) -> list[str]:
    """Those columns that the layout has."""
    return [name for name in layout.names if name in columns or not columns]


def pieces(
    campaign_id: UUID, conditions: Conditions, layout: Layout, columns: Sequence[str]
) -> Iterator[list[list[str]]]:
    """The rows as text, oldest first, some thousand at a time. What signs meanwhile is in it or not."""
    names, last = chosen(layout, columns), None
    while True:
        rows = _read(campaign_id, conditions, last)
        if rows:
            yield [[_text(name, row) for name in names] for row in rows]
        if len(rows) < PIECE:
            return
        last = rows[-1].id


def _read(campaign_id: UUID, conditions: Conditions, last: UUID | None) -> Sequence[Any]:
    consents = (column.label(name) for name, column in _CONSENT.items())
    query = (
        select(_TABLE.id, *(_TABLE[name] for name in _OWN), *consents)
        .outerjoin(_SEND, (_SEND.signature_id == _TABLE.id) & (_SEND.kind == ConsentKind.SEND))
        .outerjoin(_NEWS, (_NEWS.signature_id == _TABLE.id) & (_NEWS.kind == ConsentKind.UPDATES))
        .outerjoin(ConsentWording, ConsentWording.hash == _NEWS.wording)
        .where(*where(campaign_id, conditions))
    )
    query = query.where(_TABLE.id > last) if last else query
    return session().execute(query.order_by(_TABLE.id).limit(PIECE)).all()


def _text(name: str, row: Any) -> str:
    if name in ("given_name", "family_name"):
        given, _space, family = row.name.partition(" ")
        return str(given if name == "given_name" else family)
    value = getattr(row, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return "" if value is None else str(value)
