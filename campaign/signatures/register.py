"""The register: signatures as staff look through them, and one with all that happened to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from campaign import counters
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.letters import Letter
from campaign.outbox import Message, State
from campaign.signatures.conditions import Conditions, where
from campaign.signatures.keys import figures_key
from campaign.signatures.models import Consent, ConsentKind, ConsentWording, Signature
from campaign.signatures.records import SignatureMove
from campaign.signatures.states import Public, Review, SignatureState

PAGE = 50
_TABLE = Signature.__table__.c


@dataclass(frozen=True)
class Entry:
    """A signature as staff see it."""

    id: UUID
    reference: str
    state: SignatureState
    name: str
    email: str
    postcode: str
    country: str
    place: str
    lang: str
    source: str
    public: Public
    public_name: str | None
    edited: bool
    comment: str
    name_state: Review
    comment_state: Review
    note: str | None
    batch_id: UUID | None
    created_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Listing:
    """A page of entries, the newest first; where the pages beside it begin, if there are any."""

    entries: list[Entry]
    newer: UUID | None
    older: UUID | None


@dataclass(frozen=True)
class Answer:
    """A consent with the words that it was asked with."""

    kind: ConsentKind
    given: bool
    at: datetime
    lang: str
    words: str


@dataclass(frozen=True)
class Step:
    """One move of a signature by staff."""

    at: datetime
    from_state: SignatureState
    to_state: SignatureState
    cause: str
    actor: str


@dataclass(frozen=True)
class LetterLine:
    """A letter of a signature; its message has its number."""

    post_id: UUID
    message_id: UUID
    state: State
    at: datetime


_ENTRY = select(*(_TABLE[name] for name in Entry.__dataclass_fields__))


def listing(
    campaign_id: UUID, conditions: Conditions, before: UUID | None = None, after: UUID | None = None
) -> Listing:
    """A page that begins below the row `before`, or ends above the row `after`. However far, as fast as the first."""
    query = _ENTRY.where(*where(campaign_id, conditions))
    if after is not None:
        rows = session().execute(query.where(_TABLE.id > after).order_by(_TABLE.id).limit(PAGE + 1)).all()
        entries, more = [Entry(*row) for row in rows[:PAGE]][::-1], len(rows) > PAGE
        return Listing(entries, entries[0].id if more else None, entries[-1].id if entries else None)
    if before is not None:
        query = query.where(_TABLE.id < before)
    rows = session().execute(query.order_by(_TABLE.id.desc()).limit(PAGE + 1)).all()
    entries, more = [Entry(*row) for row in rows[:PAGE]], len(rows) > PAGE
    newer = entries[0].id if before is not None and entries else None
    return Listing(entries, newer, entries[-1].id if more else None)


def entry(campaign_id: UUID, signature_id: UUID) -> Entry:
    """One signature of a campaign; raises NotFound, also for another campaign's."""
    row = session().execute(_ENTRY.where(_TABLE.campaign_id == campaign_id, _TABLE.id == signature_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such signature here."))
    return Entry(*row)


def answers(signature_id: UUID) -> list[Answer]:
    """What somebody agreed to or not, word for word."""
    words = ConsentWording
    query = select(Consent.kind, Consent.given, Consent.at, words.lang, words.words).join(
        words, words.hash == Consent.wording
    )
    return [Answer(*row) for row in session().execute(query.where(Consent.signature_id == signature_id))]


def history(signature_id: UUID) -> list[Step]:
    """What staff did with a signature, oldest first."""
    names = (SignatureMove.at, SignatureMove.from_state, SignatureMove.to_state, SignatureMove.cause)
    query = select(*names, SignatureMove.actor).where(SignatureMove.signature_id == signature_id)
    return [Step(*row) for row in session().execute(query.order_by(SignatureMove.id))]


def letters_of(signature_id: UUID) -> list[LetterLine]:
    """The letters of a signature, in the order in which they were written."""
    query = (
        select(Letter.post_id, Message.id, Message.state, Message.changed_at)
        .join(Message, Message.id == Letter.id)
        .where(Letter.signature_id == signature_id)
    )
    return [LetterLine(*row) for row in session().execute(query.order_by(Letter.id))]


def count(campaign_id: UUID, conditions: Conditions) -> int:
    """How many there are. Reads rows: for an act that was asked for, not for each page."""
    return session().scalar(select(func.count()).select_from(Signature).where(*where(campaign_id, conditions))) or 0


def ids_of(campaign_id: UUID, ids: list[UUID]) -> list[UUID]:
    """Those of the signatures that are of this campaign."""
    rows: Any = session().scalars(select(_TABLE.id).where(_TABLE.campaign_id == campaign_id, _TABLE.id.in_(ids)))
    return list(rows)


def references(campaign_id: UUID, ids: list[UUID]) -> list[str]:
    """The references of those of the signatures that are of this campaign."""
    mine = (_TABLE.campaign_id == campaign_id, _TABLE.id.in_(ids))
    return list(session().scalars(select(_TABLE.reference).where(*mine)))


def sources(campaign_id: UUID) -> list[str]:
    """The sources that confirmed signatures came from, to choose one; empty is no source."""
    parts = counters.figures(figures_key(campaign_id))
    return sorted(part.removeprefix("source:") for part in parts if part.startswith("source:"))
