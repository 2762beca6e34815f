"""Did they answer? Each writer who agreed is asked once, when her last letter has been gone for a while."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, or_, select, text, update

from campaign import outbox, signatures
from campaign.core.cache import remembered
from campaign.core.clock import now
from campaign.core.columns import seal
from campaign.core.db import session
from campaign.core.errors import Gone
from campaign.core.rates import Rate
from campaign.offices.models import FollowUp, FollowUpLetter, Said
from campaign.outbox import Draft, Lane
from campaign.replies import Reply
from campaign.signatures import Signature, SignatureState, Signed

# An office that answers letters does so within about three weeks; who is asked sooner can only say "not yet".
AFTER = timedelta(days=21)
# Later than this nobody is asked any more, whatever the reason: the letter is forgotten by then.
UNTIL = AFTER + timedelta(days=14)
PLANNED, CHUNK = 1000, 200
# Nobody waits for these either.
STREAM = "follow-ups"
PACE = Rate(120, "minute")
# A rate of fewer letters would tell of single people.
RATE_FROM = 5
RATE_SECONDS = 60.0


@dataclass(frozen=True)
class Asked:
    """One letter that its writer is asked about. `known`: an answer came through us."""

    letter_id: UUID
    post_id: UUID
    said: Said | None
    said_at: datetime | None
    known: bool


@dataclass(frozen=True)
class Answered:
    """Of so many letters to one office whose writers were asked, so many were answered as far as we know."""

    asked: int
    answered: int


# Her letters are at their end and at least one has left; the last change of them is old enough, and not too old.
_PLAN = text(
    """
    WITH lately AS (
        SELECT DISTINCT l.signature_id FROM outbox_messages m JOIN letters l ON l.id = m.id
        WHERE m.kind = 'letter' AND m.state IN ('sent', 'delivered', 'handed_over')
          AND m.changed_at BETWEEN clock_timestamp() - :until AND clock_timestamp() - :after
    ), due AS (
        SELECT s.id, s.campaign_id FROM lately JOIN signatures s ON s.id = lately.signature_id
        JOIN consents c ON c.signature_id = s.id AND c.kind = 'updates' AND c.given
        WHERE s.state = 'confirmed' AND s.email <> :nobody
          AND NOT EXISTS (SELECT FROM follow_ups f WHERE f.signature_id = s.id)
          AND NOT EXISTS (SELECT FROM refusals r WHERE r.campaign_id = s.campaign_id AND r.address_hash = s.email_hash)
          AND NOT EXISTS (
            SELECT FROM letters l JOIN outbox_messages m ON m.id = l.id WHERE l.signature_id = s.id
            AND (m.state IN ('held', 'queued', 'sending', 'unsure') OR m.changed_at > clock_timestamp() - :after))
        LIMIT :most
    ), planned AS (
        INSERT INTO follow_ups (id, signature_id, campaign_id, due_at)
        SELECT gen_random_uuid(), id, campaign_id, :now FROM due
        ON CONFLICT (signature_id) DO NOTHING RETURNING id, signature_id
    ), about AS (
        INSERT INTO follow_up_letters (letter_id, follow_up_id, post_id)
        SELECT l.id, planned.id, l.post_id FROM planned JOIN letters l ON l.signature_id = planned.signature_id
        JOIN outbox_messages m ON m.id = l.id WHERE m.state IN ('sent', 'delivered', 'handed_over')
    )
    SELECT count(*) FROM planned
    """
)


def plan() -> int:
    """Note whose turn it is to be asked; answers how many. Call it in a transaction."""
    values = {"after": AFTER, "until": UNTIL, "most": PLANNED, "now": now(), "nobody": seal("")}
    return session().scalar(_PLAN, values) or 0


def ask() -> int:
    """Write the next mails, to those of whose answers we do not all know; answers how many were looked at."""
    query = (
        select(FollowUp.id, FollowUp.campaign_id, Signature.domain, Signature.email_hash)
        .join(Signature, Signature.id == FollowUp.signature_id)
        .where(FollowUp.written_at.is_(None))
        .order_by(FollowUp.id)
        .limit(CHUNK)
        .with_for_update(skip_locked=True, of=FollowUp)
    )
    rows = session().execute(query).all()
    if rows:
        ids = [row.id for row in rows]
        session().execute(update(FollowUp).where(FollowUp.id.in_(ids)).values(written_at=now()))
        open_ = select(FollowUpLetter.follow_up_id).where(FollowUpLetter.follow_up_id.in_(ids), ~_KNOWN)
        unknown = set(session().scalars(open_))
        outbox.set_rate(STREAM, PACE, Lane.PEOPLE)
        same: dict[str, Any] = {"kind": "follow_up", "lane": Lane.PEOPLE, "stream": STREAM}
        outbox.write(
            [
                Draft(ref=row.id, owner=row.campaign_id, domain=row.domain, recipient_hash=row.email_hash, **same)
                for row in rows
                if row.id in unknown
            ]
        )
    return len(rows)


def writer(follow_up_id: UUID) -> Signed:
    """Whom it asks; raises Gone where her signature does not stand or is erased."""
    signature_id = session().scalar(select(FollowUp.signature_id).where(FollowUp.id == follow_up_id))
    found = signatures.signed(signature_id) if signature_id else None
    if found is None or found.state != SignatureState.CONFIRMED or not found.email:
        raise Gone(_("This signature is no longer here."))
    return found


def asked(follow_up_id: UUID) -> list[Asked]:
    """What it asks about, and what was said so far."""
    columns = (FollowUpLetter.letter_id, FollowUpLetter.post_id, FollowUpLetter.said, FollowUpLetter.said_at, _KNOWN)
    query = select(*columns).where(FollowUpLetter.follow_up_id == follow_up_id).order_by(FollowUpLetter.letter_id)
    return [Asked(*row) for row in session().execute(query)]


def say(follow_up_id: UUID, words: Mapping[UUID, Said]) -> None:
    """Keep what a writer says of her letters; the same again changes nothing, and no other's letter is touched."""
    for letter_id, said in words.items():
        mine = (FollowUpLetter.follow_up_id == follow_up_id, FollowUpLetter.letter_id == letter_id)
        other = FollowUpLetter.said.is_distinct_from(said)
        changed = update(FollowUpLetter).where(*mine, other)
        session().execute(changed.values(said=said, said_at=now()))


def of_signature(signature_id: UUID) -> list[Asked]:
    """What the writer of a signature was asked and has said."""
    id_ = session().scalar(select(FollowUp.id).where(FollowUp.signature_id == signature_id))
    return asked(id_) if id_ else []


def forget(signature_ids: Sequence[UUID]) -> None:
    """Take out who was asked, and what they said."""
    session().execute(delete(FollowUp).where(FollowUp.signature_id.in_(signature_ids)))


def rates(campaign_id: UUID) -> dict[UUID, Answered]:
    """By office, how many of the letters asked about were answered; none where there are few. Kept for a minute."""
    return remembered(("rates", campaign_id), lambda: _rates(campaign_id), RATE_SECONDS)


def _rates(campaign_id: UUID) -> dict[UUID, Answered]:
    answered = or_(FollowUpLetter.said == Said.YES, _KNOWN)
    query = (
        select(FollowUpLetter.post_id, func.count().label("asked"), func.count().filter(answered).label("answered"))
        .join(FollowUp, FollowUp.id == FollowUpLetter.follow_up_id)
        .join(Signature, Signature.id == FollowUp.signature_id)
        .where(FollowUp.campaign_id == campaign_id, Signature.state == SignatureState.CONFIRMED)
        .group_by(FollowUpLetter.post_id)
        .having(func.count() >= RATE_FROM)
    )
    return {row.post_id: Answered(row.asked, row.answered) for row in session().execute(query)}


_KNOWN = select(Reply.id).where(Reply.letter_id == FollowUpLetter.letter_id, ~Reply.automatic).exists()
