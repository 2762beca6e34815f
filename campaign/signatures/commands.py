"""Sign, confirm, withdraw."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Row

from campaign import letters, outbox, targets
from campaign.campaigns import Page, Status
from campaign.core import clock, metrics, rows
from campaign.core.addresses import Address
from campaign.core.db import before_commit
from campaign.core.errors import Conflict, Gone
from campaign.core.ids import new_id, reference
from campaign.letters import Model
from campaign.signatures import consent, guards, tally
from campaign.signatures.keys import target_key
from campaign.signatures.models import ConsentKind, Signature
from campaign.signatures.states import Public, Review, SignatureState, public_name


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a supporter sent, checked and cleaned."""

    name: str
    address: Address
    postcode: str
    country: str
    subject: str
    body: str
    updates: bool
    public: Public
    source: str
    lang: str
    comment: str = ""
    ref: str = ""
    beside_id: UUID | None = None  # the model letter in `lang`, where the letter is in another language

    @property
    def digest(self) -> bytes:
        """Tells the same form sent twice from another text by the same address."""
        parts = [self.name, self.postcode, self.country, self.subject, self.body, self.updates, self.public, self.lang]
        parts += [self.comment] if self.comment else []
        return hashlib.sha256("\0".join(map(str, parts)).encode()).digest()


def sign(page: Page, model: Model, form: Form) -> None:
    """Take a signature in and ask for its confirmation by mail. Call it in a transaction.

    The caller answers the same whatever happens here: whether an address has signed is nobody else's business.
    Raises Conflict when the campaign is not open.
    """
    if not page.is_open:
        raise Conflict(_("This campaign does not take letters now."))
    admit(page, form.address, form.digest, lambda state: _insert(page, model, form, state))


def admit(page: Page, address: Address, digest: bytes, insert: Callable[[SignatureState], UUID]) -> None:
    """Mail an address what fits how it stands; `insert` keeps the form in a state where it is not kept yet.

    It is kept whatever the answer, so that what can be done with it next is the same for every address.
    """
    known = guards.standing(page.id, address.hash, digest)
    if known.confirmed_id:
        if not known.kept_id:
            insert(SignatureState.REPLACED)
        kind, ref, wait = "already_signed", known.confirmed_id, known.mailed_lately
    elif known.same_id:
        kind, ref, wait = "confirmation", known.same_id, known.mailed_lately
    else:
        kind, ref, wait = "confirmation", insert(SignatureState.PENDING), False
        metrics.SIGNATURES.labels("pending").inc()
    if not known.may_mail:
        metrics.SIGNATURES.labels("over_mail_cap").inc()
    elif not wait:
        mail(kind, ref, page.id, address.hash, address.domain)


def _insert(page: Page, model: Model, form: Form, state: SignatureState) -> UUID:
    id_ = new_id()
    row = {
        "id": id_,
        "reference": reference(),
        "campaign_id": page.id,
        "text_id": letters.keep_text(model, form.subject, form.body, form.beside_id),
        "state": state,
        "email": form.address.email,
        "email_hash": form.address.hash,
        "digest": form.digest,
        "name": form.name,
        "postcode": form.postcode,
        "country": form.country,
        "place": targets.place_of(form.country, form.postcode, form.lang),
        "area": targets.area_of(form.country, form.postcode),
        "lang": form.lang,
        "source": form.source,
        "public": form.public,
        "public_name": public_name(form.name, form.public),
        "name_state": Review.WAITING if page.moderation and form.public != Public.HIDDEN else Review.SHOWN,
        # It is shown beside a name or not at all, and what is never shown is not kept.
        "comment": form.comment if form.public != Public.HIDDEN else "",
        "domain": form.address.domain,
        "edited": (form.subject, form.body) != (model.subject, model.body),
        "created_at": clock.now(),
        "share_code": share_code(),
        "ref": form.ref,
    }
    rows.add(Signature, row)
    consent.record(id_, ConsentKind.UPDATES, form.updates, page)
    return id_


def share_code() -> str:
    """A random code for the links that somebody shares: it says nothing about them."""
    return reference().replace("-", "")


def mail(kind: str, ref: UUID, owner: UUID | None, address_hash: bytes, domain: str) -> None:
    """Write a mail that the supporter waits for; it counts towards the caps of the address."""
    outbox.write(
        [
            outbox.Draft(
                kind=kind,
                ref=ref,
                owner=owner,
                lane=outbox.Lane.PEOPLE,
                stream=outbox.Lane.PEOPLE.limit,
                domain=domain,
                recipient_hash=address_hash,
            )
        ]
    )


def confirm(signature_id: UUID, page: Page) -> UUID:
    """Confirm a signature: count it and write its letters, once. Answers the signature that stands.

    Opening the link again, or confirming another text of the same address, changes nothing more. Raises Gone when it
    was withdrawn or removed, Conflict when the campaign has closed.
    """
    row = guards.lock_signer(signature_id, _CONFIRMING)
    if row is not None and row.confirmed_id is not None:
        return UUID(str(row.confirmed_id))
    if row is None or row.state != SignatureState.PENDING:
        raise Gone(_("This signature is no longer here."))
    if not page.is_open:
        raise Conflict(shut(page))
    _confirm(signature_id, row, page)
    return signature_id


def shut(page: Page) -> str:
    """Why nothing can be confirmed now, in words for somebody who signed while it could."""
    if page.status == Status.PAUSED:
        return _("This campaign is paused. Your signature waits: confirm it when the campaign goes on.")
    if page.status in (Status.CLOSED, Status.ARCHIVED):
        return _("This campaign has closed. You are not counted, and your letter was not sent.")
    return _("This campaign does not take letters now.")


_CONFIRMING = """
    SELECT s.state, s.text_id, s.email_hash, s.lang, s.source, s.area, s.edited, t.own,
      confirmed.id AS confirmed_id
    FROM signatures s JOIN letter_texts t ON t.id = s.text_id
    LEFT JOIN signatures confirmed ON confirmed.campaign_id = s.campaign_id AND confirmed.email_hash = s.email_hash
      AND confirmed.state IN ('confirmed', 'held')
    WHERE s.id = %(id)s FOR UPDATE OF s
"""
# Every other text of the same address that waits is replaced by the confirmed one.
_CONFIRM = """
    UPDATE signatures SET state = CASE id WHEN %(id)s THEN 'confirmed' ELSE 'replaced' END,
      confirmed_at = CASE id WHEN %(id)s THEN %(now)s::timestamptz END
    WHERE campaign_id = %(campaign)s AND email_hash = %(hash)s AND state = 'pending'
"""


def _confirm(signature_id: UUID, row: Row[Any], page: Page) -> None:
    """All that it writes goes out together at the end: the row is locked until then."""
    now = clock.now()
    values = {"id": signature_id, "campaign": page.id, "hash": row.email_hash, "now": now}
    before_commit(lambda: [(_CONFIRM, values)])
    consent.record(signature_id, ConsentKind.SEND, True, page)
    _write_letters(signature_id, row.text_id, page)
    tally.count(tally.Counted(page.id, now, row.lang, row.source, row.area, row.edited, row.own))
    metrics.SIGNATURES.labels("confirmed").inc()


def _write_letters(signature_id: UUID, text_id: UUID, page: Page) -> None:
    """One letter and one message per target. The holder's name is resolved when the message is first claimed."""
    posts = {target.post_id: target for target in targets.resolve(page.post_ids, clock.today(), page.lang)}
    pairs = letters.address(signature_id, text_id, list(posts))
    outbox.write(
        [
            outbox.Draft(
                id=letter_id,
                kind="letter",
                ref=letter_id,
                owner=page.id,
                lane=outbox.Lane.LETTERS,
                stream=f"target:{post_id}",
                domain=(posts[post_id].email or "").rpartition("@")[2].lower(),
                tally_key=target_key(page.id, post_id),
            )
            for letter_id, post_id in pairs
        ]
    )
