"""A finished mail, before it becomes bytes, and the composers that write one for each kind of message."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from campaign.core.errors import DomainError
from campaign.outbox.lanes import Lane


class Unsendable(DomainError):
    """Nothing can be composed for this message, now or later; it fails alone, with this reason."""

    code = "unsendable"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What a composer answers: everything a reader sees. Plain text always, HTML only where it helps."""

    to: str
    to_name: str = ""
    from_name: str
    reply_to: str | None = None
    reply_to_name: str = ""
    subject: str
    text: str
    html: str | None = None
    language: str = "en"
    automatic: bool = True
    rehearsal: bool = False  # nobody may be sent it: see `rehearsal`
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """The recipient's domain, in lower case."""
        return self.to.rpartition("@")[2].lower()


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A mail as frozen at its first claim: it goes out again, if it must, exactly like this."""

    mail: Mail
    sender: str
    message_id: str
    date: str
    id: str = ""  # the message's own, which providers send back; empty in mails frozen before it was kept

    def dump(self) -> str:
        """JSON, for the ledger."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> "Envelope":
        """Read what `dump` wrote."""
        data: dict[str, Any] = json.loads(text)
        return cls(**{**data, "mail": Mail(**data["mail"])})


@dataclass(frozen=True)
class Claimed:
    """A message that this worker may send now. Plain data: no lazy attribute can reopen a transaction."""

    id: UUID
    lane: Lane
    fence: int
    attempts: int
    envelope: Envelope
    lease_seconds: float
    age: float = 0.0
    trial: bool = False
    stream: str = ""
    plain: bool = False  # no limit of its holds anything up


@dataclass(frozen=True)
class Wait:
    """Nothing may leave now; `seconds` until something may, or None when nothing waits."""

    seconds: float | None


Composer = Callable[[UUID], Mail]
# For several at once, with few questions to the database; leaves out what it cannot compose.
ManyComposer = Callable[[Sequence[UUID]], dict[UUID, Mail]]
_composers: dict[str, Composer] = {}
_for_many: dict[str, ManyComposer] = {}


def compose_with(kind: str, composer: Composer, many: ManyComposer | None = None) -> None:
    """Register the composer of a kind of message; app.py does so once for each."""
    _composers[kind] = composer
    _for_many.pop(kind, None)
    if many is not None:
        _for_many[kind] = many


def compose_many(kind: str, refs: Sequence[UUID]) -> dict[UUID, Mail]:
    """The mails of several messages of a kind; what is left out is for `composer`, which says why it cannot be."""
    if kind in _for_many:
        return _for_many[kind](refs)
    return {ref: _composers[kind](ref) for ref in refs} if kind in _composers else {}


def composer(kind: str) -> Composer:
    """The composer of a kind; raises Unsendable where there is none."""
    if kind not in _composers:
        raise Unsendable(f"nobody composes {kind}")
    return _composers[kind]
