"""Everything that is here of a person, for the person (GDPR, Art. 15 and 20)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from campaign import campaigns, letters, offices, replies, signatures, targets
from campaign.core import clock
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.outbox import Message
from campaign.signatures import Consent, ConsentWording, Signature

# Of the row itself all but what only finds other rows.
LEFT_OUT = {"id", "campaign_id", "text_id", "email_hash", "digest", "batch_id"}


def export(email_hash: bytes, lang: str, only: bytes | None = None) -> dict[str, Any]:
    """All rows about an address, campaigns and offices named in that language. JSON can hold what it answers.

    `only`: what was signed with one mailbox, of those that count as that address (signatures.own.mailbox).
    """
    query = select(Signature).where(Signature.email_hash == email_hash).order_by(Signature.id)
    found = session().scalars(query.execution_options(populate_existing=True)).all()
    rows = [row for row in found if only is None or signatures.own.mailbox(row.email) == only]
    return {
        "made_at": clock.now().isoformat(),
        "signatures": [_signature(row, lang) for row in rows],
        "mails": _mails(email_hash, None if rows == found else [row.id for row in rows]),
    }


def _signature(row: Signature, lang: str) -> dict[str, Any]:
    page = campaigns.by_id(row.campaign_id, lang)
    values = {column.key: getattr(row, column.key) for column in Signature.__table__.columns}
    values = {name: _plain(value) for name, value in values.items() if name not in LEFT_OUT}
    return {
        "campaign": {"title": page.title, "slug": page.slug, "organisation": page.organisation},
        **values,
        "text": _text(row.text_id),
        "letters": _letters(row.id, lang),
        "consents": _consents(row.id),
        "answers": _answers(row.id),
        "asked": _asked(row.id, lang),
    }


def _text(text_id: UUID) -> dict[str, str] | None:
    try:
        text = letters.text(text_id)
    except NotFound:
        return None
    return {"lang": text.lang, "subject": text.subject, "body": text.body}


def _letters(signature_id: UUID, lang: str) -> list[dict[str, Any]]:
    states = signatures.letter_states(signature_id)
    offices = {one.post_id: one for one in targets.resolve([one.post_id for one in states], clock.today(), lang)}
    return [
        {
            "to": offices[one.post_id].office if one.post_id in offices else "",
            "state": one.state.value,
            "since": one.at.isoformat(),
        }
        for one in states
    ]


def _consents(signature_id: UUID) -> list[dict[str, Any]]:
    query = select(Consent.kind, Consent.given, Consent.at, ConsentWording.lang, ConsentWording.words)
    query = query.join(ConsentWording, ConsentWording.hash == Consent.wording)
    rows = session().execute(query.where(Consent.signature_id == signature_id).order_by(Consent.kind))
    return [{name: _plain(value) for name, value in row.items()} for row in rows.mappings()]


def _answers(signature_id: UUID) -> list[dict[str, Any]]:
    found = (answer for answers in replies.of_signature(signature_id).values() for answer in answers)
    names = ("received_at", "sender", "sender_name", "subject", "body", "files", "automatic", "erased")
    return [{name: _plain(getattr(answer, name)) for name in names} for answer in found]


def _asked(signature_id: UUID, lang: str) -> list[dict[str, Any]]:
    """What she was asked about the offices' answers, and what she said."""
    asked = offices.follow_up.of_signature(signature_id)
    names = {one.post_id: one.office for one in targets.resolve([one.post_id for one in asked], clock.today(), lang)}
    return [
        {"of": names.get(one.post_id, ""), "said": _plain(one.said), "said_at": _plain(one.said_at)} for one in asked
    ]


def _mails(email_hash: bytes, about: Sequence[UUID] | None) -> list[dict[str, Any]]:
    """Mails to her; where others have the same address, those about her signatures."""
    query = select(Message.kind, Message.state, Message.created_at, Message.changed_at)
    hers = [] if about is None else [Message.ref.in_(about)]
    rows = session().execute(query.where(Message.recipient_hash == email_hash, *hers).order_by(Message.id))
    return [{name: _plain(value) for name, value in row.items()} for row in rows.mappings()]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str | list):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
