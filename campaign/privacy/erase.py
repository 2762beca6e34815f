"""Erase all that is here of a person: afterwards her name is nowhere."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from campaign import letters, offices, outbox, signatures
from campaign.core.db import session
from campaign.core.errors import Conflict
from campaign.outbox import Message
from campaign.replies import Reply

ACTOR = "supporter"


def erase(email_hash: bytes, only: bytes | None = None) -> int:
    """Take a person out of everything; answers how many signatures. Call it in a transaction, under no lock.

    `only`: what was signed with one mailbox, of those that count as that address (signatures.own.mailbox).

    Letters that have not left are cancelled. Of what has left stays that it left. An address that must not be written
    to stays so by its keyed hash. Raises Conflict while a mail of hers is leaving.
    """
    ids, others = signatures.erasure.of_address(email_hash, only)
    own = [letter.id for id_ in ids for letter in letters.of_signature(id_)]
    mails = _mails(email_hash, ids, own, others)
    if outbox.leaving(mails):
        raise Conflict(_("One of your letters is leaving at this moment. Please try again in a minute."))
    signatures.erasure.forget(ids)
    offices.follow_up.forget(ids)
    outbox.erase(mails, actor=ACTOR)
    if not others:
        outbox.suppressions.forget_address(email_hash)
    empty: dict[str, Any] = {"sender": "", "sender_name": "", "subject": "", "body": "", "attachments": ""}
    session().execute(update(Reply).where(Reply.letter_id.in_(own)).values(**empty, erased=True))
    return len(ids)


def _mails(email_hash: bytes, ids: Sequence[UUID], own: Sequence[UUID], others: Sequence[UUID]) -> list[UUID]:
    """Her letters, mails to her, answers that were passed on to her; beside `others` only what names her signatures."""
    answers = session().scalars(select(Reply.id).where(Reply.letter_id.in_(own)))
    refs = [*ids, *own, *answers, *signatures.erasure.mails_of(ids)]
    by_ref = select(Message.id).where(Message.ref.in_(refs))
    if others:
        return sorted(session().scalars(by_ref))
    to_her = select(Message.id).where(Message.recipient_hash == email_hash)
    return sorted({*session().scalars(by_ref), *session().scalars(to_her)})
