"""Write model letters and supporters' texts."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from campaign.campaigns import Campaign
from campaign.core import audit, rows
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import DomainError
from campaign.core.ids import new_id
from campaign.core.text import BadText, header_text, one_line, prose
from campaign.letters import placeholders
from campaign.letters.models import Letter, LetterText, ModelLetterVersion
from campaign.letters.queries import Model


def save_model(
    campaign_id: UUID, lang: str, *, subject: str, opening: str, body: str, closing: str, actor: str
) -> ModelLetterVersion:
    """A new version of the model letter in one language; raises DomainError with the field's name."""
    subject, opening, body, closing = _subject(subject), prose(opening), prose(body), prose(closing)
    if not body:
        raise DomainError(_("Write your letter."), fields={"body": _("Write your letter.")})
    placeholders.check(subject, placeholders.EDITABLE, "subject")
    placeholders.check(body, placeholders.EDITABLE, "body")
    placeholders.check(opening, placeholders.LOCKED, "opening")
    placeholders.check(closing, placeholders.LOCKED, "closing")
    # Two who save at once get a version each; signers, who only refer to the campaign, do not wait.
    session().execute(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update(key_share=True))
    newest = select(func.max(ModelLetterVersion.number)).where(
        ModelLetterVersion.campaign_id == campaign_id, ModelLetterVersion.lang == lang
    )
    version = ModelLetterVersion(
        campaign_id=campaign_id,
        lang=lang,
        number=(session().scalar(newest) or 0) + 1,
        subject=subject,
        opening=opening,
        body=body,
        closing=closing,
        created_at=now(),
        created_by=actor,
    )
    session().add(version)
    session().flush()
    audit.record(actor, "letters.save_model", f"campaign:{campaign_id}", lang=lang, number=version.number)
    return version


def _subject(text: str) -> str:
    try:
        subject = header_text(one_line(text))
        if not subject:
            raise BadText(_("Write a subject."))
    except BadText as error:
        raise BadText(error.words, fields={"subject": error.words}) from error
    return subject


def keep_text(model: Model, subject: str, body: str) -> UUID:
    """Store a supporter's text, already cleaned by the form; answers its id."""
    id_ = new_id()
    edited = (subject, body) != (model.subject, model.body)
    row = {"id": id_, "version_id": model.version_id, "subject": subject, "body": body, "edited": edited}
    rows.add(LetterText, row)
    return id_


def address(signature_id: UUID, text_id: UUID, post_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """One letter for each post; answers pairs of letter and post."""
    pairs = [(new_id(), post_id) for post_id in post_ids]
    same = {"signature_id": signature_id, "text_id": text_id}
    rows.add(Letter, *({"id": id_, "post_id": post_id, **same} for id_, post_id in pairs))
    return pairs
