"""Take a person out: the rows stay as numbers, with nothing that leads to anybody."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from campaign.core.db import session
from campaign.core.errors import Conflict
from campaign.core.ids import reference
from campaign.letters import LetterText
from campaign.signatures import guards, own, standing
from campaign.signatures.journey_models import NewsMail
from campaign.signatures.models import Consent, Signature
from campaign.signatures.records import Export
from campaign.signatures.states import LIVE, SignatureState

# What is left of a signature when its writer has been erased.
EMPTY = {"email": "", "name": "", "postcode": "", "place": "", "domain": "", "comment": "", "source": "", "ref": ""}


def of_address(email_hash: bytes, only: bytes | None = None) -> tuple[list[UUID], list[UUID]]:
    """The signatures of an address, locked until the transaction ends: hers, and those of other mailboxes.

    `only`: her mailbox among those that count as that address (signatures.own.mailbox); without it all are hers.
    """
    guards.lock(email_hash)
    found = own.mine(email_hash)
    hers = sorted(one.id for one in found if only is None or own.mailbox(one.email) == only)
    return hers, sorted({one.id for one in found} - set(hers))


def mails_of(ids: Sequence[UUID]) -> list[UUID]:
    """What mails about these signatures refer to, beside the signatures themselves."""
    return list(session().scalars(select(NewsMail.id).where(NewsMail.signature_id.in_(ids))))


def forget(ids: Sequence[UUID]) -> None:
    """Withdraw these and take out who they are; files that staff have ordered go too, they can be ordered again.

    Raises Conflict where staff are at one of them at this moment.
    """
    standing.move(ids, SignatureState.WITHDRAWN, cause="erased by its writer", actor="supporter", only_from=LIVE)
    alive = select(Signature.id).where(Signature.id.in_(ids), Signature.state.in_(LIVE))
    if session().scalars(alive.limit(1)).first() is not None:
        raise Conflict(_("Something of yours is being worked on at this moment. Please try again in a minute."))
    campaigns = select(Signature.campaign_id).where(Signature.id.in_(ids))
    session().execute(delete(Export).where(Export.campaign_id.in_(campaigns)))
    texts = select(Signature.text_id).where(Signature.id.in_(ids))
    session().execute(update(LetterText).where(LetterText.id.in_(texts)).values(subject="", body=""))
    session().execute(delete(Consent).where(Consent.signature_id.in_(ids)))
    session().execute(delete(NewsMail).where(NewsMail.signature_id.in_(ids)))
    for id_ in ids:
        random = {"email_hash": secrets.token_bytes(32), "reference": reference(), "share_code": ""}
        nothing = {"digest": b"", "public_name": None, "note": None, "area": "", "country": ""}
        session().execute(update(Signature).where(Signature.id == id_).values(**EMPTY, **random, **nothing))
