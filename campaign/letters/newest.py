"""The newest version of a model letter as staff work on it, placeholders unfilled."""

from uuid import UUID

from sqlalchemy import select

from campaign.core.db import session
from campaign.letters.models import ModelLetterVariant, ModelLetterVersion
from campaign.letters.parts import Checked, Variant


def newest(campaign_id: UUID, lang: str) -> ModelLetterVersion | None:
    """The newest version in exactly that language."""
    query = select(ModelLetterVersion).where(
        ModelLetterVersion.campaign_id == campaign_id, ModelLetterVersion.lang == lang
    )
    return session().scalar(query.order_by(ModelLetterVersion.number.desc()).limit(1))


def as_checked(version: ModelLetterVersion) -> Checked:
    """A version with its variants, in the form in which a new one is made."""
    rows = session().scalars(
        select(ModelLetterVariant)
        .where(ModelLetterVariant.version_id == version.id)
        .order_by(ModelLetterVariant.position)
    )
    return Checked(
        subject=version.subject,
        opening=version.opening,
        body=version.body,
        closing=version.closing,
        tips=version.tips,
        weight=version.weight,
        variants=tuple(Variant(row.subject, row.body, row.weight, row.post_id) for row in rows),
    )
