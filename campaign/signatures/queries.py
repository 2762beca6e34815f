"""Read signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from campaign import letters, outbox
from campaign.core.db import session
from campaign.core.errors import Gone
from campaign.letters import Writer
from campaign.signatures.models import Signature
from campaign.signatures.states import STANDING, SignatureState


@dataclass(frozen=True)
class Signed:
    """A signature as its own pages and mails need it."""

    id: UUID
    reference: str
    campaign_id: UUID
    text_id: UUID
    state: SignatureState
    email: str
    name: str
    postcode: str
    place: str
    lang: str
    email_hash: bytes
    share_code: str

    @property
    def writer(self) -> Writer:
        """Who signs the letter."""
        return Writer(self.name, self.postcode, self.place)


@dataclass(frozen=True)
class LetterStatus:
    """Where one letter stands."""

    post_id: UUID
    state: outbox.State
    at: datetime
    id: UUID


_TABLE = Signature.__table__
_SELECT = select(*(_TABLE.c[name] for name in Signed.__dataclass_fields__))
_SIGNED = _SELECT.where(_TABLE.c.id == bindparam("id"))
_SEVERAL = _SELECT.where(_TABLE.c.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))


def signed(id_: UUID) -> Signed:
    """One signature; raises Gone where it has been purged or erased."""
    row = session().execute(_SIGNED, {"id": id_}).one_or_none()
    if row is None:
        raise Gone(_("This signature is no longer here."))
    return Signed(*row)


def signed_by_id(ids: Sequence[UUID]) -> dict[UUID, Signed]:
    """Those of the signatures that are here."""
    return {row.id: Signed(*row) for row in session().execute(_SEVERAL, {"ids": list(ids)})}


def stands_instead(id_: UUID) -> UUID | None:
    """The signature of the same address that stands on that campaign; None where there is none."""
    mine = select(Signature.campaign_id, Signature.email_hash).where(Signature.id == id_).subquery()
    query = select(Signature.id).join(
        mine, (mine.c.campaign_id == Signature.campaign_id) & (mine.c.email_hash == Signature.email_hash)
    )
    return session().scalar(query.where(Signature.state.in_(STANDING)))


def brought(share_code: str) -> int:
    """How many have signed by the links that somebody shared."""
    if not share_code:
        return 0
    mine = (Signature.ref == share_code, Signature.ref != "", Signature.state == SignatureState.CONFIRMED)
    return session().scalar(select(func.count()).select_from(Signature).where(*mine)) or 0


def letter_states(signature_id: UUID) -> list[LetterStatus]:
    """Where each letter of a signature stands, in the order of its targets."""
    mine = letters.of_signature(signature_id)
    states = outbox.states_of([letter.id for letter in mine])
    return [LetterStatus(letter.post_id, *states[letter.id], letter.id) for letter in mine if letter.id in states]


def confirmed_count(campaign_id: UUID) -> int:
    """How many rows are confirmed: for the nightly recount, never for a page."""
    query = select(func.count()).select_from(Signature)
    return (
        session().scalar(query.where(Signature.campaign_id == campaign_id, Signature.state == SignatureState.CONFIRMED))
        or 0
    )
