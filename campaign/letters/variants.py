"""Which text a writer starts from: chosen by a keyed hash, and the same one for as long as they write.

A page is rendered once per variant and remembered, not once per visitor; the form carries the `lot` of its text. So no
cookie is needed, and a form that comes back with an error, or a page found by the back button, has the text it had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from campaign.core.cache import remembered
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.core.ids import new_id
from campaign.core.tokens import AGES, Purpose, keyed_hash
from campaign.letters.models import ModelLetterVariant, ModelLetterVersion
from campaign.letters.parts import Checked
from campaign.letters.placeholders import fill


@dataclass(frozen=True)
class Model:
    """A text of a version of the model letter, its editable parts filled for the page.

    `lot` tells it from the others and travels in the form; `variant_id` is none for the main text.
    """

    version_id: UUID
    lang: str
    subject: str
    opening: str
    body: str
    closing: str
    tips: str = ""
    variant_id: UUID | None = None
    lot: str = ""


@dataclass(frozen=True)
class Choice:
    """One text of the newest version, and when it is drawn."""

    model: Model
    weight: int
    post_id: UUID | None


def model(campaign_id: UUID, lang: str, campaign_title: str, lot: str = "", posts: Sequence[UUID] = ()) -> Model:
    """The text of the model letter in that language, else in English; raises NotFound where there is none.

    `lot`: what a form carries; the same lot gives the same text, also when a new version came while somebody wrote.
    Any string may come: one that names no text here chooses one by its keyed hash, evenly by weight; none gives the
    main text.
    `posts`: where the letter goes. A variant for an office is for letters that go to it alone.
    """
    choices = _choices(campaign_id, lang, campaign_title)
    if not lot:
        return _eligible(choices, posts)[0].model
    mine = next((each.model for each in choices if each.model.lot == lot), None)
    return mine or _earlier(campaign_id, lang, campaign_title, lot) or _by_hash(_eligible(choices, posts), lot)


def all_models(campaign_id: UUID, lang: str, campaign_title: str) -> list[Choice]:
    """Every text of the newest version, the main one first; raises NotFound where there is none."""
    return list(_choices(campaign_id, lang, campaign_title))


def as_model(written: Checked, lang: str, campaign_title: str) -> Model:
    """The main text of what somebody writes, as if it were a version: for a sample."""
    values = {"campaign": campaign_title}
    subject, body = fill(written.subject, values), fill(written.body, values)
    return Model(new_id(), lang, subject, written.opening, body, written.closing, written.tips)


def exactly(version_id: UUID, variant_id: UUID | None, campaign_title: str) -> Model:
    """One text of one version, however old; raises NotFound."""
    version = session().get(ModelLetterVersion, version_id)
    variant = session().get(ModelLetterVariant, variant_id) if variant_id else None
    if version is None or (variant_id is not None and variant is None):
        raise NotFound(_("This campaign has no letter yet."))
    return _model(version, campaign_title, variant)


def _eligible(choices: Sequence[Choice], posts: Sequence[UUID]) -> list[Choice]:
    alone = posts[0] if len(posts) == 1 else None
    own = [each for each in choices if each.post_id is not None and each.post_id == alone]
    return own or [each for each in choices if each.post_id is None]


def _by_hash(choices: Sequence[Choice], lot: str) -> Model:
    """The same for the same lot, whichever process answers; evenly over all lots by weight."""
    point = int.from_bytes(keyed_hash("lot", lot)[:8]) % sum(each.weight for each in choices)
    for each in choices:
        point -= each.weight
        if point < 0:
            return each.model
    return choices[0].model


def _choices(campaign_id: UUID, lang: str, campaign_title: str) -> tuple[Choice, ...]:
    return remembered(("model", campaign_id, lang), lambda: _newest(campaign_id, lang, campaign_title))


def _newest(campaign_id: UUID, lang: str, campaign_title: str) -> tuple[Choice, ...]:
    version = session().scalar(
        select(ModelLetterVersion)
        .where(ModelLetterVersion.campaign_id == campaign_id, ModelLetterVersion.lang.in_([lang, "en"]))
        .order_by(ModelLetterVersion.lang != lang, ModelLetterVersion.number.desc())
        .limit(1)
    )
    if version is None:
        raise NotFound(_("This campaign has no letter yet."))
    variants = session().scalars(
        select(ModelLetterVariant)
        .where(ModelLetterVariant.version_id == version.id)
        .order_by(ModelLetterVariant.position)
    )
    others = [Choice(_model(version, campaign_title, one), one.weight, one.post_id) for one in variants]
    return (Choice(_model(version, campaign_title), version.weight, None), *others)


def _earlier(campaign_id: UUID, lang: str, campaign_title: str, lot: str) -> Model | None:
    """A text that was replaced while somebody wrote: good for as long as their form is."""
    newer = aliased(ModelLetterVersion)
    replaced = (
        select(newer.id)
        .where(
            newer.campaign_id == campaign_id,
            newer.lang == ModelLetterVersion.lang,
            newer.number > ModelLetterVersion.number,
            newer.created_at < _oldest(),
        )
        .exists()
    )
    mark = _id_of(lot)
    if mark is None:
        return None
    query = (
        select(ModelLetterVersion, ModelLetterVariant)
        .outerjoin(
            ModelLetterVariant,
            (ModelLetterVariant.version_id == ModelLetterVersion.id) & (ModelLetterVariant.id == mark),
        )
        .where(ModelLetterVersion.campaign_id == campaign_id, ModelLetterVersion.lang.in_([lang, "en"]), ~replaced)
        .where(or_(ModelLetterVersion.id == mark, ModelLetterVariant.id == mark))
    )
    row = session().execute(query).first()
    return _model(row[0], campaign_title, row[1]) if row else None


def _oldest() -> datetime:
    age: timedelta = AGES[Purpose.SIGN_FORM]
    return now() - age


def _id_of(lot: str) -> UUID | None:
    try:
        return UUID(hex=lot) if len(lot) == 32 else None
    except ValueError:
        return None


def _model(version: ModelLetterVersion, campaign_title: str, variant: ModelLetterVariant | None = None) -> Model:
    values, source = {"campaign": campaign_title}, variant or version
    return Model(
        version.id,
        version.lang,
        fill(source.subject, values),
        version.opening,
        fill(source.body, values),
        version.closing,
        version.tips,
        variant.id if variant else None,
        source.id.hex,
    )
