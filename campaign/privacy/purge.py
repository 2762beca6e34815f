"""Erase what has been kept long enough. Each step may run twice and any number of copies may run."""

import secrets

from sqlalchemy import and_, delete, func, or_, select, update

from campaign.campaigns import Campaign, patience
from campaign.core import clock
from campaign.core.db import session
from campaign.core.ids import first_id
from campaign.letters import Letter, LetterText
from campaign.outbox import FINAL, Message, receipts as reports
from campaign.privacy.retention import ADDRESS, CAPPED, PAUSED, RECEIPT, REPLY, TEXT, UNCONFIRMED
from campaign.replies import Reply
from campaign.signatures import Signature, SignatureState

BATCH = 1000


def unconfirmed() -> int:
    """Signatures that nobody confirmed in time go, with their texts and the mails that asked; those taken back, too.

    That mails were written stays for as long as the caps on mail to one address look back, without the address.
    """
    # An address that was mistyped, or whose holder did not ask for it, is a stranger's.
    refused = and_(Signature.state == SignatureState.WITHDRAWN, Signature.confirmed_at.is_(None))
    waits = Signature.state.in_([SignatureState.PENDING, SignatureState.REPLACED])
    # A pause is no reason to lose anybody: they have a week from its end, but all in all no more than a month.
    paused = Signature.campaign_id.in_(patience.waiting(UNCONFIRMED, PAUSED))
    young = and_(Signature.state == SignatureState.PENDING, paused, Signature.created_at >= clock.now() - PAUSED)
    rows = (
        session()
        .execute(
            select(Signature.id, Signature.text_id)
            .where(or_(waits, refused), Signature.created_at < clock.now() - UNCONFIRMED, ~young)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        .all()
    )
    ids, texts = [row.id for row in rows], [row.text_id for row in rows]
    session().execute(update(Message).where(Message.ref.in_(ids)).values(mail=None))
    orphaned = Message.recipient_hash.is_not(None) & ~select(Signature.id).where(Signature.id == Message.ref).exists()
    session().execute(delete(Message).where(orphaned, Message.created_at < func.clock_timestamp() - CAPPED))
    session().execute(delete(Signature).where(Signature.id.in_(ids)))
    session().execute(delete(LetterText).where(LetterText.id.in_(texts)))
    return len(ids)


def texts() -> int:
    """Mails that reached their end lose their content; the ledger keeps that and when they left.

    A supporter's text goes when the last of its letters has been at its end for so long.
    """
    old = (
        select(Message.id)
        .where(Message.mail.is_not(None), Message.state.in_(FINAL), Message.changed_at < func.clock_timestamp() - TEXT)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = list(session().scalars(old))
    session().execute(update(Message).where(Message.id.in_(ids)).values(mail=None))
    _written()
    return len(ids)


def _written() -> None:
    """What supporters wrote goes with the last of its letters: one that still waits is made from it."""
    letters = select(Letter.id).join(Message, Message.id == Letter.id).where(Letter.text_id == LetterText.id)
    young = or_(Message.state.not_in(FINAL), Message.changed_at >= func.clock_timestamp() - TEXT)
    # A text is older than the end of its letters: the many of this month need no look at theirs.
    old = and_(LetterText.body != "", LetterText.id < first_id(clock.now() - TEXT))
    over = select(LetterText.id).where(old, letters.exists(), ~letters.where(young).exists())
    done = over.limit(BATCH).with_for_update(skip_locked=True).scalar_subquery()
    session().execute(update(LetterText).where(LetterText.id.in_(done)).values(subject="", body=""))


def addresses() -> int:
    """Campaigns closed long ago keep their count and lose the people: names, addresses and what finds them again.

    How long ago is what staff have set for the campaign, else what is usual here.
    """
    kept = func.coalesce(func.make_interval(0, 0, 0, Campaign.retention_days), ADDRESS)
    rows = session().scalars(
        select(Signature.id)
        .join(Campaign, Campaign.id == Signature.campaign_id)
        .where(Campaign.closed_at < clock.now() - kept, Signature.email != "")
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Signature)
    )
    ids = list(rows)
    for id_ in ids:
        session().execute(
            update(Signature)
            .where(Signature.id == id_)
            .values(
                email="",
                email_hash=secrets.token_bytes(32),
                digest=b"",
                name="",
                postcode="",
                public_name=None,
                domain="",
                comment="",
                note=None,
                share_code="",
                ref="",
            )
        )
    session().execute(update(Message).where(Message.ref.in_(ids)).values(recipient_hash=None))
    return len(ids)


def receipts() -> int:
    """What providers reported goes once it says nothing new: the states of its messages and their history stay."""
    old = select(reports.Receipt.id).where(reports.Receipt.received_at < func.clock_timestamp() - RECEIPT)
    ids = list(session().scalars(old.limit(BATCH).with_for_update(skip_locked=True)))
    session().execute(delete(reports.Receipt).where(reports.Receipt.id.in_(ids)))
    return len(ids)


def replies() -> int:
    """What offices wrote goes, with who wrote it. That they answered and when stays, and what staff have published."""
    old = select(Reply.id).where(~Reply.erased, Reply.received_at < clock.now() - REPLY)
    ids = list(session().scalars(old.limit(BATCH).with_for_update(skip_locked=True)))
    empty = {"sender": "", "sender_name": "", "subject": "", "body": "", "attachments": "", "erased": True}
    session().execute(update(Reply).where(Reply.id.in_(ids)).values(**empty))
    return len(ids)
