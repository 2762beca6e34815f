"""Erase what has been kept long enough. Each step may run twice and any number of copies may run."""

import secrets

from sqlalchemy import delete, func, select, update

from campaign.campaigns import Campaign
from campaign.core import clock
from campaign.core.db import session
from campaign.letters import Letter, LetterText
from campaign.outbox import FINAL, Message
from campaign.privacy.retention import ADDRESS, TEXT, UNCONFIRMED
from campaign.signatures import Signature, SignatureState

BATCH = 1000


def unconfirmed() -> int:
    """Signatures that nobody confirmed in time go, with their texts and the mails that asked."""
    rows = (
        session()
        .execute(
            select(Signature.id, Signature.text_id)
            .where(
                Signature.state.in_([SignatureState.PENDING, SignatureState.REPLACED]),
                Signature.created_at < clock.now() - UNCONFIRMED,
            )
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        .all()
    )
    ids, texts = [row.id for row in rows], [row.text_id for row in rows]
    session().execute(delete(Message).where(Message.ref.in_(ids)))
    session().execute(delete(Signature).where(Signature.id.in_(ids)))
    session().execute(delete(LetterText).where(LetterText.id.in_(texts)))
    return len(ids)


def texts() -> int:
    """Mails that reached their end lose their content; the ledger keeps that and when they left."""
    old = (
        select(Message.id)
        .where(Message.mail.is_not(None), Message.state.in_(FINAL), Message.changed_at < func.clock_timestamp() - TEXT)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = list(session().scalars(old))
    session().execute(update(Message).where(Message.id.in_(ids)).values(mail=None))
    written = select(Letter.text_id).where(Letter.id.in_(ids))
    session().execute(update(LetterText).where(LetterText.id.in_(written)).values(subject="", body=""))
    return len(ids)


def addresses() -> int:
    """Campaigns closed long ago keep their count and lose the people: names, addresses and what finds them again."""
    rows = session().scalars(
        select(Signature.id)
        .join(Campaign, Campaign.id == Signature.campaign_id)
        .where(Campaign.closed_at < clock.now() - ADDRESS, Signature.email != "")
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Signature)
    )
    ids = list(rows)
    for id_ in ids:
        session().execute(
            update(Signature)
            .where(Signature.id == id_)
            .values(email="", email_hash=secrets.token_bytes(32), digest=b"", name="", postcode="", public_name=None)
        )
    session().execute(update(Message).where(Message.ref.in_(ids)).values(recipient_hash=None))
    return len(ids)
