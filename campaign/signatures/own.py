"""My signatures and letters: what the holder of an address sees, corrects and takes back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from campaign import campaigns, letters, outbox, targets
from campaign.core.addresses import Address
from campaign.core.db import session
from campaign.core.errors import Conflict, NotFound
from campaign.core.tokens import keyed_hash
from campaign.outbox import Message
from campaign.signatures import commands, consent, guards, standing, tally
from campaign.signatures.models import Consent, ConsentKind, Signature
from campaign.signatures.states import LIVE, Public, Review, SignatureState, public_name

# Links to one's own data have a cap of their own: asking for them must work after three confirmations, too.
ACCESS_A_DAY = 3
DOUBLE_CLICK = timedelta(minutes=2)


@dataclass(frozen=True)
class Own:
    """One signature as its writer sees it."""

    id: UUID
    campaign_id: UUID
    reference: str
    text_id: UUID
    state: SignatureState
    email: str
    name: str
    postcode: str
    country: str
    place: str
    lang: str
    public: Public
    comment: str
    created_at: datetime
    confirmed_at: datetime | None
    updates: bool

    @property
    def live(self) -> bool:
        """Whether it can still be taken back."""
        return self.state in LIVE


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a writer wants to be there instead; the text only where they may change it still."""

    name: str
    postcode: str
    public: Public
    comment: str
    updates: bool
    subject: str | None = None
    body: str | None = None


def mailbox(email: str) -> bytes:
    """What a link is bound to: the very address it was mailed to, capitals apart, by a keyed hash.

    Addresses that differ by a +tag count as one in all limits, but may be mailboxes of two people.
    """
    return keyed_hash("mailbox", email.lower())


def same_mailbox(one: UUID, other: UUID) -> bool:
    """Whether two signatures were given with the very same address, which may see what is behind both."""
    found = session().scalars(select(Signature.email).where(Signature.id.in_([one, other]))).all()
    return one == other or (len(found) == 2 and all(found) and len({mailbox(email) for email in found}) == 1)


def holder(email_hash: bytes, email: str) -> str:
    """What the token of a link to one's own data says."""
    return f"{email_hash.hex()}.{mailbox(email).hex()}"


def ask(address: Address) -> None:
    """Mail the link to everything that is here of this address. Says nothing of whether anything is."""
    guards.lock(address.hash)
    id_ = _recipient(address)
    if id_ is None or _asked(address, timedelta(days=1)) >= ACCESS_A_DAY or _asked(address, DOUBLE_CLICK):
        return
    commands.mail("access", id_, None, address.hash, address.domain)


def _recipient(address: Address) -> UUID | None:
    """The signature whose address gets the link, which opens what was signed with that very address.

    It goes to the address as it was asked for; where nothing was signed with that, to one that differs by its +tag: one
    where a link of ours was opened already, if there is one.
    """
    mine = select(Signature.id, Signature.email, Signature.confirmed_at).where(Signature.email_hash == address.hash)
    rows = session().execute(mine.order_by(Signature.id.desc()).limit(100)).all()
    typed = address.email.lower()
    found = [(row.email.lower() == typed, row.confirmed_at is not None, row.id) for row in rows if row.email]
    return max(found)[2] if found else None


def _asked(address: Address, since: timedelta) -> int:
    mine = (Message.recipient_hash == address.hash, Message.kind == "access")
    recent = Message.created_at > func.clock_timestamp() - since
    return session().scalar(select(func.count()).select_from(Message).where(*mine, recent)) or 0


def mine(email_hash: bytes, only: bytes | None = None) -> list[Own]:
    """All signatures of an address, newest first. `only`: of one mailbox among those that count as that address."""
    rows = session().execute(_OWN.where(Signature.email_hash == email_hash).order_by(Signature.id.desc()))
    found = [Own(**row) for row in rows.mappings()]
    return [own for own in found if only is None or mailbox(own.email) == only]


def one(email_hash: bytes, signature_id: UUID, only: bytes | None = None) -> Own:
    """One of them; raises NotFound for what is somebody else's."""
    for own in mine(email_hash, only):
        if own.id == signature_id:
            return own
    raise NotFound(_("There is no such signature here."))


def may_rewrite(own: Own) -> bool:
    """Whether no letter of it has been taken up by a worker, as far as can be seen now."""
    return own.live and not outbox.begun([letter.id for letter in letters.of_signature(own.id)])


def withdraw(email_hash: bytes, signature_id: UUID, only: bytes | None = None) -> int:
    """Take a signature back: it no longer counts, its letters that have not left do not leave. Answers how many.

    What is taken back already stays so: a second click changes nothing. Raises NotFound for what is somebody else's,
    Conflict where there is nothing to take back.
    """
    guards.lock(email_hash)
    own = one(email_hash, signature_id, only)
    if own.state == SignatureState.WITHDRAWN:
        return 0
    moved = standing.move([own.id], SignatureState.WITHDRAWN, cause="taken back by its writer", actor="supporter")
    if not moved.ids:
        raise Conflict(_("There is nothing to take back: this signature no longer counts."))
    return moved.letters


def correct(email_hash: bytes, signature_id: UUID, wanted: Correction, only: bytes | None = None) -> None:
    """Put right what is wrong. Letters that leave later carry it; what has left stays as it was read.

    Raises NotFound for what is somebody else's, Conflict where the signature or its text can no longer be changed.
    """
    guards.lock(email_hash)
    # Staff may hold it or take it out at this moment: it comes off the figures and on again by the same state.
    session().execute(select(Signature.id).where(Signature.id == signature_id).with_for_update())
    own = one(email_hash, signature_id, only)
    if not own.live:
        raise Conflict(_("This signature no longer counts, so there is nothing to correct."))
    if wanted.body is not None and wanted.subject is not None:
        _rewrite(own, wanted.subject, wanted.body)
    _details(own, wanted)
    if wanted.updates != own.updates:
        page = campaigns.by_id(own.campaign_id, own.lang)
        consent.record(own.id, ConsentKind.UPDATES, wanted.updates, page)


def _rewrite(own: Own, subject: str, body: str) -> None:
    text = letters.text(own.text_id)
    if (text.subject, text.body) == (subject, body):
        return
    if outbox.begun([letter.id for letter in letters.of_signature(own.id)], lock=True):
        raise Conflict(_("One of your letters has left already, so the text stays as it is."))
    _tally(own.id, -1)
    letters.rewrite(own.text_id, subject, body)
    _on_paper(own)
    session().execute(update(Signature).where(Signature.id == own.id).values(edited=True))
    _tally(own.id, 1)


def _details(own: Own, wanted: Correction) -> None:
    page = campaigns.by_id(own.campaign_id, own.lang)
    shown = public_name(wanted.name, wanted.public)
    again = page.moderation and shown is not None and (wanted.name, wanted.public) != (own.name, own.public)
    values: dict[str, Any] = {"name": wanted.name, "postcode": wanted.postcode, "public": wanted.public}
    values |= {"public_name": shown, "place": targets.place_of(own.country, wanted.postcode, own.lang)}
    values |= {"area": targets.area_of(own.country, wanted.postcode)}
    comment = wanted.comment if wanted.public != Public.HIDDEN else ""
    if comment != own.comment:
        values |= {"comment": comment, "comment_state": Review.WAITING}
    if again:
        values["name_state"] = Review.WAITING
    _tally(own.id, -1)
    session().execute(update(Signature).where(Signature.id == own.id).values(**values))
    _tally(own.id, 1)
    if (wanted.name, wanted.postcode) != (own.name, own.postcode):
        _on_paper(own)


def _on_paper(own: Own) -> None:
    """Letters that were printed and not handed over yet wait for another pack, with the new words."""
    outbox.handovers.corrected([letter.id for letter in letters.of_signature(own.id)])


def _tally(signature_id: UUID, sign: int) -> None:
    """Off the figures as it was, on again as it is; only what counts is in them."""
    confirmed = (Signature.id == signature_id, Signature.state == SignatureState.CONFIRMED)
    if session().scalar(select(Signature.id).where(*confirmed)) is not None:
        for row in tally.counted([signature_id]):
            tally.count(row, sign)


def unsubscribe(signature_id: UUID) -> None:
    """No more news of this campaign to this address; nothing else changes, and a second time is the same."""
    row = session().execute(select(Signature.campaign_id, Signature.lang).where(Signature.id == signature_id)).first()
    if row is not None:
        page = campaigns.by_id(row.campaign_id, row.lang)
        consent.record(signature_id, ConsentKind.UPDATES, False, page)


_UPDATES = (
    select(Consent.given)
    .where(Consent.signature_id == Signature.id, Consent.kind == ConsentKind.UPDATES)
    .scalar_subquery()
)
_OWN = select(
    *(getattr(Signature, name) for name in Own.__dataclass_fields__ if name != "updates"),
    func.coalesce(_UPDATES, False).label("updates"),
)
