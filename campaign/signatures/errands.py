"""What somebody may still do after the form is sent: confirm by code, ask for the mail again, correct the address.

An errand names the form that was sent, not a row: it looks the same whether its address is new, waits or has signed,
and so does every answer.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import RowMapping, func, select, text, update

from campaign.campaigns import Page
from campaign.core import clock, rows
from campaign.core.addresses import Address, parse
from campaign.core.db import session
from campaign.core.errors import Conflict
from campaign.core.ids import new_id, reference
from campaign.core.tokens import BadToken
from campaign.letters import LetterText
from campaign.signatures import codes, commands, consent, guards, standing
from campaign.signatures.models import Consent, ConsentKind, Signature
from campaign.signatures.states import STANDING, SignatureState

NOBODY = UUID(int=0)
CHANGED = "the address was corrected"
_TABLE = Signature.__table__


@dataclass(frozen=True)
class Errand:
    """A form that was sent: to which campaign, with which address, with which answers."""

    campaign_id: UUID
    email_hash: bytes
    digest: bytes

    def dump(self) -> str:
        """As a token holds it."""
        return f"{self.campaign_id.hex}.{self.email_hash.hex()}.{self.digest.hex()}"

    @classmethod
    def load(cls, value: str) -> "Errand":
        """Read what `dump` wrote; raises BadToken for anything else."""
        try:
            campaign, email_hash, digest = value.split(".")
            return cls(UUID(hex=campaign), bytes.fromhex(email_hash), bytes.fromhex(digest))
        except ValueError as error:
            raise BadToken(_("A part of the link may be missing.")) from error


def of_form(page: Page, form: commands.Form) -> Errand:
    """The errand of a form that has just been sent."""
    return Errand(page.id, form.address.hash, form.digest)


def by_code(errand: Errand, typed: str, page: Page) -> UUID | None:
    """Confirm by the code from the mail; None where it does not fit, whatever the reason.

    The caller commits either way: a wrong code is counted.
    """
    guards.lock(errand.email_hash)
    row = _find(errand)
    id_ = row["id"] if row else NOBODY
    tries = session().scalar(_TRIES, {"hash": errand.email_hash}) or 0
    fits = codes.fits(typed, id_, errand.email_hash)
    if not fits:
        more = {"code_tries": Signature.code_tries + 1}
        session().execute(update(Signature).where(Signature.id == id_).values(**more))
        return None
    if row is None or row["code_tries"] >= codes.TRIES or tries >= codes.TRIES_OF_ADDRESS:
        return None
    if row["state"] in STANDING:
        return UUID(str(id_))
    return commands.confirm(id_, page) if row["state"] == SignatureState.PENDING else None


def again(errand: Errand, page: Page) -> None:
    """Send the mail again, within the caps; the same silence for every address."""
    row = _find(errand)
    if row is not None and page.is_open:
        _admit(page, parse(row["email"]), errand.digest, row)


def elsewhere(errand: Errand, address: Address, page: Page) -> Errand:
    """The same letter for another address: a new signature with a link of its own, the old link dies.

    Answers the errand of the new one. Raises Conflict when the campaign is not open.
    """
    if not page.is_open:
        raise Conflict(_("This campaign does not take letters now."))
    new = Errand(errand.campaign_id, address.hash, errand.digest)
    row = _find(errand)
    if row is not None:
        _admit(page, address, errand.digest, row)
        if address.hash != errand.email_hash:
            waits = [SignatureState.PENDING]
            to = SignatureState.WITHDRAWN
            standing.move([row["id"]], to, cause=CHANGED, actor="supporter", only_from=waits)
    return new


def _admit(page: Page, address: Address, digest: bytes, row: RowMapping) -> None:
    commands.admit(page, address, digest, lambda state: _copy(page, row, address, state))


def _find(errand: Errand) -> RowMapping | None:
    """The signature of that form: the one that stands, else the one that waits, else the newest."""
    mine = (
        _TABLE.c.campaign_id == errand.campaign_id,
        _TABLE.c.email_hash == errand.email_hash,
        _TABLE.c.digest == errand.digest,
    )
    order = (_TABLE.c.state.in_(STANDING).desc(), (_TABLE.c.state == SignatureState.PENDING).desc(), _TABLE.c.id.desc())
    return session().execute(select(_TABLE).where(*mine).order_by(*order).limit(1)).mappings().first()


def _copy(page: Page, row: RowMapping, address: Address, state: SignatureState) -> UUID:
    """The same signature for another address, with a text of its own: what is purged with one stays with the other."""
    id_, text_id = new_id(), new_id()
    kept = session().execute(select(LetterText.__table__).where(LetterText.id == row["text_id"])).mappings().one()
    rows.add(LetterText, {**kept, "id": text_id})
    own: dict[str, Any] = {"id": id_, "text_id": text_id, "reference": reference(), "share_code": commands.share_code()}
    own |= {"email": address.email, "email_hash": address.hash, "domain": address.domain}
    own |= {"state": state, "created_at": clock.now(), "confirmed_at": None, "code_tries": 0}
    rows.add(Signature, {**row, **own, "note": None, "batch_id": None})
    asked = select(func.bool_or(Consent.given)).where(Consent.signature_id == row["id"])
    wanted = bool(session().scalar(asked.where(Consent.kind == ConsentKind.UPDATES)))
    consent.record(id_, ConsentKind.UPDATES, wanted, page)
    return id_


_TRIES = text("SELECT coalesce(sum(code_tries), 0) FROM signatures WHERE email_hash = :hash")
