"""Which signatures: the one set of conditions behind the list, an invalidation and an export."""

import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_

from campaign.core.addresses import parse
from campaign.core.errors import DomainError
from campaign.core.ids import ALPHABET
from campaign.signatures.models import Signature
from campaign.signatures.states import Public, SignatureState

REFERENCE = re.compile(f"[{ALPHABET}]{{4}}-?[{ALPHABET}]{{4}}", re.IGNORECASE)
MOST_REFERENCES = 5000
_TABLE = Signature.__table__.c


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """All of them hold at once; one that is empty asks for nothing. Times are of signing, from and up to."""

    states: tuple[SignatureState, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    lang: str = ""
    source: str | None = None
    public: Public | None = None
    edited: bool | None = None
    domain: str = ""
    country: str = ""
    postcode: str = ""
    name_prefix: str = ""
    name_part: str = ""
    references: tuple[str, ...] = ()
    address: str = ""

    @property
    def narrow(self) -> bool:
        """Whether they leave anything out, beside states."""
        return bool(self.json().keys() - {"states"})

    def json(self) -> dict[str, Any]:
        """Those that are set, as the database keeps them."""
        # Only of a source, to be empty is a wish.
        asks = {name: value not in ("", None, ()) for name, value in vars(self).items()}
        asks["source"] = self.source is not None
        return {name: _plain(value) for name, value in vars(self).items() if asks[name]}


def load(value: dict[str, Any]) -> Conditions:
    """Read what `json` wrote."""
    kinds: dict[str, Any] = {
        "since": datetime.fromisoformat,
        "until": datetime.fromisoformat,
        "public": Public,
        "states": lambda words: tuple(map(SignatureState, words)),
        "references": tuple,
    }
    known = {field.name for field in fields(Conditions)}
    return Conditions(**{name: kinds.get(name, _same)(one) for name, one in value.items() if name in known})


def _same(value: Any) -> Any:
    return value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else list(value) if isinstance(value, tuple) else value


def read_references(text: str) -> tuple[str, ...]:
    """The references in what somebody pasted, each once; anything between them is passed over."""
    found = dict.fromkeys(f"{code[:4]}-{code[-4:]}".upper() for code in REFERENCE.findall(text))
    return tuple(found)[:MOST_REFERENCES]


def search(text: str) -> Conditions:
    """What one search field means: a reference, a whole address, else how a name begins."""
    if REFERENCE.fullmatch(text):
        return Conditions(references=read_references(text))
    return Conditions(address=text) if "@" in text else Conditions(name_prefix=text)


def where(campaign_id: UUID, conditions: Conditions) -> list[ColumnElement[bool]]:
    """The conditions as the database takes them, within one campaign."""
    c = conditions
    found: list[ColumnElement[bool]] = [_TABLE.campaign_id == campaign_id]
    same: dict[str, Any] = {"lang": c.lang, "public": c.public, "country": c.country, "domain": c.domain.lower()}
    found += [_TABLE[name] == value for name, value in same.items() if value]
    # Made-up people of a rehearsal are nobody's signatures, unless somebody asks for them.
    found += [_TABLE.state.in_(c.states) if c.states else _TABLE.state != SignatureState.REHEARSAL]
    found += [_TABLE.created_at >= c.since] if c.since else []
    found += [_TABLE.created_at < c.until] if c.until else []
    found += [_TABLE.source == c.source] if c.source is not None else []
    found += [_TABLE.edited.is_(c.edited)] if c.edited is not None else []
    found += [_TABLE.reference.in_(c.references)] if c.references else []
    found += [_TABLE.email_hash == _hash(c.address)] if c.address else []
    return found + _beginnings(c)


def _beginnings(c: Conditions) -> list[ColumnElement[bool]]:
    """What begins so or holds so; areas are several beginnings of postcodes, with commas between."""
    name = func.lower(_TABLE.name)
    found: list[ColumnElement[bool]] = []
    found += [name.like(_pattern(c.name_prefix) + "%", escape="\\")] if c.name_prefix else []
    found += [name.like(f"%{_pattern(c.name_part)}%", escape="\\")] if c.name_part else []
    codes = [code for code in re.split(r"[,;\s]+", c.postcode.upper()) if code]
    found += [or_(*(_TABLE.postcode.like(_escape(code) + "%", escape="\\") for code in codes))] if codes else []
    return found


def _pattern(text: str) -> str:
    return _escape(text.lower())


def _escape(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)


def _hash(address: str) -> bytes:
    """The keyed hash of an address; of nothing that anybody has where it is none."""
    try:
        return parse(address).hash
    except DomainError:
        return b""
