"""The newest version of a model letter as staff work on it, placeholders unfilled."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from campaign.core.db import session
from campaign.letters.models import ModelLetterVariant, ModelLetterVersion
from campaign.letters.parts import Checked, Variant


def newest(campaign_id: UUID, lang: str) -> ModelLetterVersion | None:
    """The newest version in exactly that language."""
    query = select(ModelLetterVersion).where(
        ModelLetterVersion.campaign_id == campaign_id, ModelLetterVersion.lang == lang
    )
    return session().scalar(query.order_by(ModelLetterVersion.number.desc()).limit(1))


def newest_of(campaign_id: UUID) -> dict[str, ModelLetterVersion]:
    """The newest version in each language that has one."""
    query = select(ModelLetterVersion).where(ModelLetterVersion.campaign_id == campaign_id)
    query = query.ext(distinct_on(ModelLetterVersion.lang))
    query = query.order_by(ModelLetterVersion.lang, ModelLetterVersion.number.desc())
    return {version.lang: version for version in session().scalars(query)}


def as_checked(version: ModelLetterVersion) -> Checked:
    """A version with its variants, in the form in which a new one is made."""
    return all_checked([version])[version.id]


def all_checked(versions: Sequence[ModelLetterVersion]) -> dict[UUID, Checked]:
    """The same for several versions at once, by their ids."""
    ids = [version.id for version in versions]
    query = select(ModelLetterVariant).where(ModelLetterVariant.version_id.in_(ids))
    rows = session().scalars(query.order_by(ModelLetterVariant.position)).all()
    return {each.id: _checked(each, [row for row in rows if row.version_id == each.id]) for each in versions}


def _checked(version: ModelLetterVersion, rows: Sequence[ModelLetterVariant]) -> Checked:
    return Checked(
        subject=version.subject,
        opening=version.opening,
        body=version.body,
        closing=version.closing,
        tips=version.tips,
        weight=version.weight,
        variants=tuple(Variant(row.subject, row.body, row.weight, row.post_id) for row in rows),
    )
