"""Hand a campaign's letters over on paper: order a pack, say that it was handed over, take that back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from campaign import outbox, signatures
from campaign.campaigns import StaffCampaign
from campaign.core import audit
from campaign.core.db import session
from campaign.core.ids import new_id
from campaign.letters import Letter
from campaign.outbox import State
from campaign.signatures import Conditions, Signature, SignatureState

KIND = "handover"
# Why a letter does not wait again whose signature was taken out while it counted as handed over.
TAKEN_OUT = "its signature does not stand any more"


@dataclass(frozen=True)
class Who:
    """Who does it, and for which organisation it stands in the audit log."""

    actor: str
    organisation_id: UUID


def order(campaign: StaffCampaign, who: Who) -> int:
    """Ask for a pack of all letters that wait; answers how many. Its file is made in the background.

    Call it in a transaction. Raises Conflict where nothing waits.
    """
    id_ = new_id()
    number = outbox.handovers.order(id_, campaign.id, actor=who.actor)
    wanted, layout = Conditions(states=(SignatureState.CONFIRMED,)), signatures.tables.LAYOUTS["plain"]
    signatures.exports.order(
        campaign.id, wanted, layout, [], kind=KIND, id_=id_, letters=number, actor=who.actor,
        organisation_id=who.organisation_id,
    )  # fmt: skip
    return number


def say(campaign: StaffCampaign, id_: UUID, on: date, who: Who) -> int:
    """A pack was handed over on that day; answers how many letters. Call it in a transaction; raises DomainError."""
    number = outbox.handovers.hand_over(campaign.id, id_, on, actor=who.actor)
    if number:
        after = {"handed_on": on.isoformat(), "letters": number}
        audit.record(who.actor, "printing.hand_over", f"handover:{id_}", who.organisation_id, after=after)
    return number


def take_back(campaign: StaffCampaign, id_: UUID, who: Who) -> int:
    """It was not: its letters wait again where their signature stands. Call it in a transaction; raises DomainError."""
    moved = outbox.handovers.take_back(campaign.id, id_, actor=who.actor)
    gone = select(Letter.id).join(Signature, Signature.id == Letter.signature_id).where(Letter.id.in_(moved))
    ids = session().scalars(gone.where(Signature.state != SignatureState.CONFIRMED)).all()
    outbox.withhold(ids, State.CANCELLED, cause=TAKEN_OUT, actor=who.actor)
    if moved:
        before = {"letters": len(moved)}
        audit.record(who.actor, "printing.take_back", f"handover:{id_}", who.organisation_id, before=before)
    return len(moved)
