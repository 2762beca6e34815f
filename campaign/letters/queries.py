"""Read model letters and letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Uuid, and_, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from campaign.campaigns import CampaignText
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.letters.models import Letter, LetterText, ModelLetterVersion
from campaign.letters.placeholders import fill


@dataclass(frozen=True)
class Text:
    """A supporter's text with the locked parts of the version it was made from."""

    lang: str
    subject: str
    opening: str
    body: str
    closing: str
    edited: bool
    own: int = 0
    beside_id: UUID | None = None


@dataclass(frozen=True)
class Beside:
    """The model letter in the writer's own language, where the letter is in another."""

    lang: str
    subject: str
    body: str


@dataclass(frozen=True)
class Addressed:
    """A letter: which text, from whom, to which post."""

    id: UUID
    signature_id: UUID
    text_id: UUID
    post_id: UUID


def text(text_id: UUID) -> Text:
    """A supporter's text; raises NotFound."""
    row = session().execute(_TEXT, {"id": text_id}).one_or_none()
    if row is None:
        raise NotFound(_("This letter is no longer here."))
    return Text(*row)


def beside(text: Text) -> Beside | None:
    """What lay beside a supporter's text; none where it is in their own language."""
    row = session().execute(_BESIDE, {"id": text.beside_id}).one_or_none() if text.beside_id else None
    if row is None:
        return None
    values = {"campaign": row.title or ""}
    return Beside(row.lang, fill(row.subject, values), fill(row.body, values))


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
    *(_VERSION.c.lang, _OWN.c.subject, _VERSION.c.opening, _OWN.c.body, _VERSION.c.closing, _OWN.c.edited),
    *(_OWN.c.own, _OWN.c.beside_id),
).join_from(_OWN, _VERSION, _VERSION.c.id == _OWN.c.version_id)
_TITLES = CampaignText.__table__
_BESIDE = (
    select(_VERSION.c.lang, _VERSION.c.subject, _VERSION.c.body, _TITLES.c.title)
    .outerjoin(_TITLES, and_(_TITLES.c.campaign_id == _VERSION.c.campaign_id, _TITLES.c.lang == _VERSION.c.lang))
    .where(_VERSION.c.id == bindparam("id"))
)
_TEXT = _PARTS.where(_OWN.c.id == bindparam("id"))
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_SEVERAL = _ADDRESSED.where(Letter.__table__.c.id == any_(_IDS))
_TEXTS = _PARTS.add_columns(_OWN.c.id).where(_OWN.c.id == any_(_IDS))
