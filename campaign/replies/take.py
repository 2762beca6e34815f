"""Take in what comes back by mail: reports of mail servers, automatic answers, and answers that people wrote."""

import hashlib
from collections.abc import Sequence
from email.message import Message as Parsed
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from campaign import config, letters, outbox, signatures
from campaign.core import clock, mailread, metrics
from campaign.core.db import session
from campaign.core.errors import Gone, NotFound
from campaign.core.ids import new_id
from campaign.letters import Addressed
from campaign.outbox import Draft, Lane, receipts
from campaign.replies.models import Reply
from campaign.signatures import SignatureState, Signed

# Where servers write whom a mail was for, nearest to the envelope first.
RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
# An office and a program of its own do not fill a mailbox here, nor the writer's.
MOST_KEPT, MOST_RELAYED = 20, 5
BYTES_MAX = 30 * 1024 * 1024


class Outcome(StrEnum):
    """What a mail that came in was."""

    RECEIPT = "receipt"  # a report on delivery
    REPLY = "reply"  # somebody answered a letter
    AUTOMATIC = "automatic"  # a program did
    DUPLICATE = "duplicate"  # it was here before
    UNKNOWN = "unknown"  # to no letter of ours
    IGNORED = "ignored"  # to a letter of ours, and nothing to keep


def take(raw: bytes, recipients: Sequence[str] = ()) -> Outcome:
    """Find what a mail belongs to, and keep it there. Call it in a transaction; safe to call again with the same mail.

    `recipients` is the envelope's, where it is known. Raises Unreadable for what is no mail.
    """
    mail = mailread.parse(raw)
    places = [*recipients, *(str(value) for name in RECIPIENTS for value in mail.get_all(name, []))]
    message_id = next((id_ for place in places if (id_ := outbox.message_of(place))), None)
    outcome = Outcome.UNKNOWN if message_id is None else _take(mail, message_id)
    metrics.REPLIES.labels(outcome.value).inc()
    return outcome


def _take(mail: Parsed, message_id: UUID) -> Outcome:
    if receipts.dsn.is_report(mail):
        reports = receipts.dsn.read(mail, message_id)
        receipts.store(reports)
        receipts.apply(receipts.messages_of(reports))
        return Outcome.RECEIPT if reports else Outcome.IGNORED
    try:
        letter = letters.letter(message_id)
        writer = signatures.signed(letter.signature_id)
    except (NotFound, Gone):
        return Outcome.UNKNOWN
    if writer.state != SignatureState.CONFIRMED or _is_ours(mail) or _count(letter.id) >= MOST_KEPT:
        return Outcome.IGNORED
    return _keep(mail, letter, writer)


def _is_ours(mail: Parsed) -> bool:
    """A mail of our own that came round: it must not start the next round."""
    domain = mailread.sender(mail)[1].rpartition("@")[2]
    return domain in {config.current().sending_domain.lower(), config.current().inbound_domain}


def _count(letter_id: UUID, *, relayed: bool = False) -> int:
    query = select(func.count()).select_from(Reply).where(Reply.letter_id == letter_id)
    return session().scalar(query.where(Reply.relayed) if relayed else query) or 0


def _keep(mail: Parsed, letter: Addressed, writer: Signed) -> Outcome:
    automatic = mailread.automatic(mail)
    relay = not automatic and _reachable(writer) and _count(letter.id, relayed=True) < MOST_RELAYED
    row = _row(mail, letter, writer) | {"automatic": automatic, "relayed": relay}
    statement = insert(Reply).values(row).on_conflict_do_nothing(index_elements=["digest"]).returning(Reply.id)
    id_ = session().scalar(statement)
    if id_ is None:
        return Outcome.DUPLICATE
    if relay:
        _relay(id_, writer)
    return Outcome.AUTOMATIC if automatic else Outcome.REPLY


def _reachable(writer: Signed) -> bool:
    return bool(writer.email) and not outbox.suppressions.bars(writer.email)


def _row(mail: Parsed, letter: Addressed, writer: Signed) -> dict[str, object]:
    text, cut = mailread.text(mail)
    name, address = mailread.sender(mail)
    own = mailread.mark(mail)
    return {
        "id": new_id(),
        "digest": hashlib.sha256(f"{letter.id}\0{own}".encode()).digest(),
        "letter_id": letter.id,
        "campaign_id": writer.campaign_id,
        "post_id": letter.post_id,
        "lang": letters.text(letter.text_id).lang,
        "sender": address,
        "sender_name": name,
        "subject": mailread.header(mail, "Subject", 200),
        "body": text,
        "attachments": "\n".join(mailread.attachments(mail)),
        "cut": cut,
        "received_at": clock.now(),
    }


def _relay(reply_id: UUID, writer: Signed) -> None:
    """Write it on to the supporter. Only answers of people are, so that no two programs can write to each other."""
    domain = writer.email.rpartition("@")[2].lower()
    stream = Lane.PEOPLE.limit
    owner = writer.campaign_id
    outbox.write([Draft(kind="reply", ref=reply_id, lane=Lane.PEOPLE, stream=stream, domain=domain, owner=owner)])
