"""Read model letters and letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.letters.models import Letter, LetterText, ModelLetterVersion
from campaign.letters.placeholders import fill


@dataclass(frozen=True)
class Model:
    """The newest version of a model letter, its editable parts filled for the page."""

    version_id: UUID
    lang: str
    subject: str
    opening: str
    body: str
    closing: str


@dataclass(frozen=True)
class Text:
    """A supporter's text with the locked parts of the version it was made from."""

    lang: str
    subject: str
    opening: str
    body: str
    closing: str
    edited: bool


@dataclass(frozen=True)
class Addressed:
    """A letter: which text, from whom, to which post."""

    id: UUID
    signature_id: UUID
    text_id: UUID
    post_id: UUID


def model(campaign_id: UUID, lang: str, campaign_title: str) -> Model:
    """The model letter in that language, else in English; raises NotFound where there is none."""
    return remembered(("model", campaign_id, lang), lambda: _newest(campaign_id, lang, campaign_title))


def _newest(campaign_id: UUID, lang: str, campaign_title: str) -> Model:
    version = session().scalar(
        select(ModelLetterVersion)
        .where(ModelLetterVersion.campaign_id == campaign_id, ModelLetterVersion.lang.in_([lang, "en"]))
        .order_by(ModelLetterVersion.lang != lang, ModelLetterVersion.number.desc())
        .limit(1)
    )
    if version is None:
        raise NotFound(_("This campaign has no letter yet."))
    values = {"campaign": campaign_title}
    return Model(
        version.id,
        version.lang,
        fill(version.subject, values),
        version.opening,
        fill(version.body, values),
        version.closing,
    )


def text(text_id: UUID) -> Text:
    """A supporter's text; raises NotFound."""
    row = session().execute(_TEXT, {"id": text_id}).one_or_none()
    if row is None:
        raise NotFound(_("This letter is no longer here."))
    return Text(*row)


def letter(id_: UUID) -> Addressed:
    """One letter; raises NotFound."""
    row = session().execute(_ONE, {"id": id_}).one_or_none()
    if row is None:
        raise NotFound(_("This letter is no longer here."))
    return Addressed(*row)


def letters_by_id(ids: Sequence[UUID]) -> list[Addressed]:
    """Those of the letters that are here."""
    return [Addressed(*row) for row in session().execute(_SEVERAL, {"ids": list(ids)})]


def texts_by_id(ids: Sequence[UUID]) -> dict[UUID, Text]:
    """Those of the supporters' texts that are here."""
    return {row[-1]: Text(*row[:-1]) for row in session().execute(_TEXTS, {"ids": list(ids)})}


def of_signature(signature_id: UUID) -> list[Addressed]:
    """The letters of a signature."""
    rows = session().execute(_ADDRESSED.where(Letter.signature_id == signature_id).order_by(Letter.id))
    return [Addressed(*row) for row in rows]


_ADDRESSED = select(*(Letter.__table__.c[name] for name in ("id", "signature_id", "text_id", "post_id")))
_ONE = _ADDRESSED.where(Letter.__table__.c.id == bindparam("id"))
_OWN, _VERSION = LetterText.__table__, ModelLetterVersion.__table__
# Each letter is read when it is confirmed and when it is sent: plain columns, put together once.
_PARTS = select(
    _VERSION.c.lang, _OWN.c.subject, _VERSION.c.opening, _OWN.c.body, _VERSION.c.closing, _OWN.c.edited
).join_from(_OWN, _VERSION, _VERSION.c.id == _OWN.c.version_id)
_TEXT = _PARTS.where(_OWN.c.id == bindparam("id"))
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_SEVERAL = _ADDRESSED.where(Letter.__table__.c.id == any_(_IDS))
_TEXTS = _PARTS.add_columns(_OWN.c.id).where(_OWN.c.id == any_(_IDS))
