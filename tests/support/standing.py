"""Figures of the demonstration campaign, another campaign beside it, and time that passes."""

from datetime import timedelta

from sqlalchemy import select, text

from campaign import campaigns, counters, letters, signatures
from campaign.campaigns import Accent, Campaign, CampaignTarget, CampaignText, Status
from campaign.core.db import session, transaction
from campaign.signatures import SignatureState
from tests.support import people
from tests.support.people import all_signatures


def states() -> list[SignatureState]:
    """Where each signature stands."""
    return [signature.state for signature in all_signatures()]


def figures() -> dict[str, int]:
    """The campaign's figures, without shares."""
    session().rollback()
    found = counters.figures(signatures.campaign_key(people.page().id)).get("", {})
    return {name: n for name, n in found.items() if name != "own"}  # shares: tests/letters/test_share.py


def time_passes(**amount: float) -> None:
    """Everything in the ledger was written so long ago."""
    with transaction():
        session().execute(text("UPDATE outbox_messages SET created_at = created_at - :by"), {"by": timedelta(**amount)})


def second_campaign(slug: str = "another") -> None:
    """A campaign to the same posts, with a letter."""
    with transaction():
        first = session().scalars(select(Campaign)).first()
        assert first
        made = campaigns.create(
            Campaign(organisation_id=first.organisation_id, slug=slug, goal=100, accent=Accent.SLATE, country="BE"),
            [CampaignText(lang="en", title="T", kicker="", lead="L", story="S", picture_alt="", picture_credit="")],
            list(session().scalars(select(CampaignTarget.post_id).where(CampaignTarget.campaign_id == first.id))),
            actor="cli",
        )
        parts = {"subject": "A", "opening": "{salutation},", "body": "B", "closing": "{name}"}
        letters.save_model(made.id, "en", **parts, actor="cli")
        campaigns.change_status(made.id, Status.OPEN, actor="cli")
