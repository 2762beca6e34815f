"""Letters that staff send to themselves before a campaign opens: asked for here, sent by the outbox like any other."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from campaign import outbox
from campaign.campaigns import StaffCampaign
from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.ids import new_id
from campaign.letters.models import LetterTest
from campaign.letters.variants import Model

KIND = "test_letter"
LEFT = frozenset({outbox.State.SENT, outbox.State.DELIVERED})


@dataclass(frozen=True)
class TestView:
    """A test letter: of which version, to whom, and where it stands."""

    id: UUID
    version_id: UUID
    variant_id: UUID | None
    post_id: UUID
    user_id: UUID
    created_at: datetime
    state: outbox.State


def ask(campaign: StaffCampaign, model: Model, post_id: UUID, user_id: UUID, domain: str, *, actor: str) -> UUID:
    """Write a test letter to somebody of the staff, at their own address. It leaves after the commit."""
    row = LetterTest(
        id=new_id(),
        campaign_id=campaign.id,
        version_id=model.version_id,
        variant_id=model.variant_id,
        post_id=post_id,
        user_id=user_id,
        created_at=now(),
    )
    session().add(row)
    session().flush()
    lane = outbox.Lane.PEOPLE
    outbox.write(
        [
            outbox.Draft(
                id=row.id, kind=KIND, ref=row.id, owner=campaign.id, lane=lane, stream=lane.limit, domain=domain.lower()
            )
        ]
    )
    subject = f"campaign:{campaign.id}"
    audit.record(actor, "letters.test", subject, campaign.organisation_id, lang=model.lang, post=str(post_id))
    return row.id


def of_campaign(campaign_id: UUID) -> list[TestView]:
    """The test letters of a campaign, the last first; at most fifty."""
    query = select(LetterTest).where(LetterTest.campaign_id == campaign_id)
    rows = list(session().scalars(query.order_by(LetterTest.created_at.desc()).limit(50)))
    states = outbox.states_of([row.id for row in rows])
    return [
        TestView(row.id, row.version_id, row.variant_id, row.post_id, row.user_id, row.created_at, states[row.id][0])
        for row in rows
        if row.id in states
    ]


def tested(campaign_id: UUID) -> set[UUID]:
    """The versions of which a test letter has left."""
    query = select(LetterTest.id, LetterTest.version_id).where(LetterTest.campaign_id == campaign_id)
    versions = {row.id: row.version_id for row in session().execute(query)}
    states = outbox.states_of(list(versions)) if versions else {}
    return {versions[id_] for id_, (state, _at) in states.items() if state in LEFT}
