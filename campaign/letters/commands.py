"""Write model letters and supporters' texts."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from campaign.campaigns import Campaign, CampaignTarget
from campaign.core import audit, rows
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import DomainError
from campaign.core.ids import new_id
from campaign.letters import share
from campaign.letters.models import Letter, LetterText, ModelLetterVariant, ModelLetterVersion
from campaign.letters.newest import as_checked, newest
from campaign.letters.parts import MAIN, Checked, Variant, checked, spread
from campaign.letters.variants import Model


def save_model(
    campaign_id: UUID,
    lang: str,
    *,
    subject: str,
    opening: str,
    body: str,
    closing: str,
    tips: str = "",
    weight: int = 1,
    variants: Sequence[Variant] = (),
    actor: str,
) -> ModelLetterVersion:
    """A new version of the model letter in one language; raises DomainError with the names of wrong fields."""
    main = Checked(
        subject=subject, opening=opening, body=body, closing=closing, tips=tips, weight=weight, variants=tuple(variants)
    )
    letter = checked(spread(main))
    check_offices(campaign_id, letter)
    return save_checked(campaign_id, lang, letter, actor=actor)


def save_checked(campaign_id: UUID, lang: str, letter: Checked, *, actor: str) -> ModelLetterVersion:
    """A new version of what `parts.checked` passed."""
    # Two who save at once get a version each; signers, who only refer to the campaign, do not wait.
    lock = select(Campaign.organisation_id).where(Campaign.id == campaign_id).with_for_update(key_share=True)
    organisation_id = session().scalar(lock)
    before = newest(campaign_id, lang)
    version = ModelLetterVersion(
        campaign_id=campaign_id,
        lang=lang,
        number=(before.number if before else 0) + 1,
        **{name: getattr(letter, name) for name in MAIN},
        created_at=now(),
        created_by=actor,
    )
    session().add(version)
    session().flush()
    session().add_all(
        ModelLetterVariant(version_id=version.id, position=position, **asdict(one))
        for position, one in enumerate(letter.variants)
    )
    session().flush()
    _note(version, letter, before, organisation_id, actor)
    return version


def check_offices(campaign_id: UUID, letter: Checked) -> None:
    """A text is only for an office that this campaign writes to; raises DomainError with the names of wrong fields."""
    query = select(CampaignTarget.post_id).where(CampaignTarget.campaign_id == campaign_id)
    known = {None, *session().scalars(query)}
    words = _("Choose an office from the list.")
    wrong = {f"office_{n}": words for n, one in enumerate(letter.variants, 2) if one.post_id not in known}
    if wrong:
        raise DomainError(words, fields=wrong)


def _note(
    version: ModelLetterVersion,
    letter: Checked,
    before: ModelLetterVersion | None,
    organisation_id: UUID | None,
    actor: str,
) -> None:
    """The log gets the fields that changed, as they were and as they are."""
    old, new = spread(as_checked(before)) if before else {}, spread(letter)
    changed = [name for name, value in new.items() if old.get(name, "") != value]
    audit.record(
        actor,
        "letters.save_model",
        f"campaign:{version.campaign_id}",
        organisation_id,
        {name: old.get(name, "") for name in changed},
        {name: new[name] for name in changed},
        lang=version.lang,
        number=version.number,
    )


def keep_text(model: Model, subject: str, body: str, beside_id: UUID | None = None) -> UUID:
    """Store a supporter's text, already cleaned by the form; answers its id.

    `beside_id`: the version in the writer's own language, where the letter is in another.
    """
    row = {
        "id": new_id(),
        "version_id": model.version_id,
        "variant_id": model.variant_id,
        "subject": subject,
        "body": body,
        "edited": (subject, body) != (model.subject, model.body),
        "own": share.of_version(model.version_id, body),
        "beside_id": beside_id,
    }
    rows.add(LetterText, row)
    return UUID(str(row["id"]))


def rewrite(text_id: UUID, subject: str, body: str) -> None:
    """Let a supporter's text say something else. What it was counted as is for the caller to correct."""
    version = select(LetterText.version_id).where(LetterText.id == text_id)
    own = share.of_version(session().scalars(version).one(), body)
    values = {"subject": subject, "body": body, "edited": True, "own": own}
    session().execute(update(LetterText).where(LetterText.id == text_id).values(values))


def address(signature_id: UUID, text_id: UUID, post_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """One letter for each post; answers pairs of letter and post."""
    pairs = [(new_id(), post_id) for post_id in post_ids]
    same = {"signature_id": signature_id, "text_id": text_id}
    rows.add(Letter, *({"id": id_, "post_id": post_id, **same} for id_, post_id in pairs))
    return pairs
