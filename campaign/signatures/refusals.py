"""I did not ask for this: the holder of a mailbox takes back what was signed in their name, and gets no more mail."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from campaign import outbox
from campaign.core import clock
from campaign.core.db import session
from campaign.signatures import guards, own, standing
from campaign.signatures.journey_models import Refusal
from campaign.signatures.models import Signature
from campaign.signatures.queries import signed
from campaign.signatures.states import LIVE, SignatureState

REASON = "they did not ask for it"


def refuse(signature_id: UUID, *, everywhere: bool) -> None:
    """No more mail to this address about the campaign, or about anything; what waits or stands in its name goes.

    What was signed with an address that differs by its +tag stands: it may be another's mailbox. Only the keyed hash of
    the address is kept. Raises Gone where the signature is no longer here.
    """
    one = signed(signature_id)
    email_hash = session().scalars(select(Signature.email_hash).where(Signature.id == signature_id)).one()
    guards.lock(email_hash)
    mine = select(Signature.id).where(Signature.email_hash == email_hash, Signature.state.in_(LIVE))
    if everywhere:
        outbox.suppressions.suppress(email_hash, None, reason=REASON, actor="recipient")
    else:
        mine = mine.where(Signature.campaign_id == one.campaign_id)
        row = {"campaign_id": one.campaign_id, "address_hash": email_hash, "at": clock.now()}
        session().execute(insert(Refusal).values(row).on_conflict_do_nothing())
    box = own.mailbox(one.email)
    rows = session().execute(mine.add_columns(Signature.email).order_by(Signature.id))
    ids = [row.id for row in rows if row.id == one.id or own.mailbox(row.email) == box]
    standing.move(ids, SignatureState.WITHDRAWN, cause=REASON, actor="recipient")
