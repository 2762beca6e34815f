"""An office's one answer to all: staff publish it, and then those writers who agreed to hear of it are told."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from campaign import outbox
from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.core.ids import new_id
from campaign.core.rates import Rate
from campaign.core.text import BadText, prose
from campaign.letters import Letter
from campaign.offices.commands import TEXT_MAX
from campaign.offices.models import AnswerCopy, Wish, WishKind
from campaign.outbox import Draft, Lane
from campaign.signatures import Consent, ConsentKind, Signature, SignatureState

# So long staff can take an answer back before anybody is written to.
GRACE = timedelta(minutes=10)
CHUNK = 200
FORGOTTEN_AFTER = timedelta(days=30)
# Nobody waits for these: they keep a pace of their own beside the mail that people wait for.
STREAM = "answers"
PACE = Rate(120, "minute")


def publish(campaign_id: UUID, organisation_id: UUID, wish_id: UUID, said: str, *, actor: str) -> None:
    """Show this text as the office's answer to all; after some minutes the writers who agreed are told.

    Call it in a transaction. Raises NotFound, and BadText where it is empty or too long.
    """
    row, said = _locked(campaign_id, wish_id), prose(said)
    wrong = ""
    if not said.strip():
        wrong = _("Write what the office answered.")
    elif len(said) > TEXT_MAX:
        wrong = _("Please use at most %(limit)s characters here.", limit=TEXT_MAX)
    if wrong:
        raise BadText(wrong, fields={"text": wrong})
    before = {"published": row.published_at is not None}
    row.published_at, row.published_text = row.published_at or now(), said
    session().flush()
    subject = f"office_wish:{wish_id}"
    audit.record(actor, "offices.publish", subject, organisation_id, before=before, after={"published": True})


def unpublish(campaign_id: UUID, organisation_id: UUID, wish_id: UUID, *, actor: str) -> None:
    """Show it no longer, and tell nobody more. Doing it twice changes nothing. Raises NotFound."""
    row = _locked(campaign_id, wish_id)
    if row.published_at is None:
        return
    row.published_at = None
    session().flush()
    subject = f"office_wish:{wish_id}"
    before, after = {"published": True}, {"published": False}
    audit.record(actor, "offices.unpublish", subject, organisation_id, before=before, after=after)


def _locked(campaign_id: UUID, wish_id: UUID) -> Wish:
    mine = (Wish.id == wish_id, Wish.campaign_id == campaign_id, Wish.kind == WishKind.ANSWER)
    query = select(Wish).where(*mine, Wish.confirmed_at.is_not(None)).with_for_update()
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(_("There is no such answer."))
    return row


def spread() -> int:
    """Tell the next writers of one published answer; answers how many were looked at. Call it in a transaction."""
    ready = (Wish.published_at <= now() - GRACE, Wish.spread_at.is_(None))
    query = select(Wish).where(*ready).order_by(Wish.published_at).limit(1).with_for_update(skip_locked=True)
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        return 0
    found = _agreed(row)
    if not found:
        row.spread_at = now()
    else:
        row.reached = found[-1].id
        _write(row, found)
    session().flush()
    return len(found)


def _agreed(row: Wish) -> Sequence[Any]:
    """The next of those who wrote to this office in this campaign and said yes to hear how it goes on."""
    query = (
        select(Signature.id, Signature.domain, Signature.email_hash)
        .join(Letter, Letter.signature_id == Signature.id)
        .join(Consent, Consent.signature_id == Signature.id)
        .where(
            Signature.campaign_id == row.campaign_id,
            Signature.state == SignatureState.CONFIRMED,
            Letter.post_id == row.post_id,
            Consent.kind == ConsentKind.UPDATES,
            Consent.given,
        )
    )
    beyond = query.where(Signature.id > row.reached) if row.reached else query
    return session().execute(beyond.order_by(Signature.id).limit(CHUNK)).all()


def _write(row: Wish, found: Sequence[Any]) -> None:
    outbox.set_rate(STREAM, PACE, Lane.PEOPLE)
    copies = [AnswerCopy(id=new_id(), wish_id=row.id, signature_id=one.id) for one in found]
    session().add_all(copies)
    session().flush()
    outbox.write(
        [
            Draft(
                kind="office_answer",
                ref=copy.id,
                owner=row.campaign_id,
                lane=Lane.PEOPLE,
                stream=STREAM,
                domain=one.domain,
                recipient_hash=one.email_hash,
            )
            for copy, one in zip(copies, found, strict=True)
        ]
    )


def forget() -> int:
    """Drop wishes that nobody confirmed in a month; answers how many. Call it in a transaction."""
    old = (Wish.confirmed_at.is_(None), Wish.created_at < now() - FORGOTTEN_AFTER)
    return len(session().scalars(delete(Wish).where(*old).returning(Wish.id)).all())
