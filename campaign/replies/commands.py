"""Publish an office's answer, and take it back."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from campaign import letters, signatures
from campaign.core import audit, clock
from campaign.core.db import session
from campaign.core.errors import Conflict, Gone, NotFound
from campaign.core.text import BadText, prose
from campaign.replies.anonymous import names
from campaign.replies.models import Reply

PUBLISHED_MAX = 10_000


def publish(campaign_id: UUID, organisation_id: UUID, reply_id: UUID, text: str, *, actor: str) -> None:
    """Show this text on the campaign's page as the office's answer. Call it in a transaction.

    Raises NotFound; Conflict for an automatic answer; BadText where it is empty, too long, or names the writer.
    """
    reply = _locked(campaign_id, reply_id)
    if reply.automatic:
        raise Conflict(_("A program wrote this. It is no answer of the office."))
    text = _checked(prose(text), reply.letter_id)
    before = {"published": reply.published_at is not None}
    values = {"published_at": reply.published_at or clock.now(), "published_text": text}
    session().execute(update(Reply).where(Reply.id == reply_id).values(**values))
    subject = f"reply:{reply_id}"
    audit.record(actor, "replies.publish", subject, organisation_id, before=before, after={"published": True})


def unpublish(campaign_id: UUID, organisation_id: UUID, reply_id: UUID, *, actor: str) -> None:
    """Show it no longer; its text stays for another time. Doing it twice changes nothing. Raises NotFound."""
    if _locked(campaign_id, reply_id).published_at is None:
        return
    session().execute(update(Reply).where(Reply.id == reply_id).values(published_at=None))
    before, after = {"published": True}, {"published": False}
    audit.record(actor, "replies.unpublish", f"reply:{reply_id}", organisation_id, before=before, after=after)


def _locked(campaign_id: UUID, reply_id: UUID) -> Reply:
    query = select(Reply).where(Reply.id == reply_id, Reply.campaign_id == campaign_id).with_for_update()
    reply = session().scalar(query.execution_options(populate_existing=True))
    if reply is None:
        raise NotFound(_("There is no such answer."))
    return reply


def _checked(text: str, letter_id: UUID) -> str:
    wrong = ""
    if not text.strip():
        wrong = _("Write what the office answered.")
    elif len(text) > PUBLISHED_MAX:
        wrong = _("Please use at most %(limit)s characters here.", limit=PUBLISHED_MAX)
    elif names(text, *_writer(letter_id)):
        wrong = _("This text names the person who wrote the letter. Take the name and the address out.")
    if wrong:
        raise BadText(wrong, fields={"text": wrong})
    return text


def _writer(letter_id: UUID) -> tuple[str, str]:
    try:
        writer = signatures.signed(letters.letter(letter_id).signature_id)
    except (NotFound, Gone):
        return "", ""
    return writer.name, writer.email
