"""Nightly: count the rows and compare them with the tallies. The drift must be zero; it is reported and put right."""

from uuid import UUID

import structlog
from sqlalchemy import select, text

from campaign import counters, outbox, signatures
from campaign.campaigns import Campaign
from campaign.core import clock
from campaign.core.db import session, transaction

log = structlog.get_logger()


def recount() -> dict[str, int]:
    """Recount every campaign; answers the drift found, which ought to be empty."""
    with transaction():
        ids = list(session().scalars(select(Campaign.id)))
    found: dict[str, int] = {}
    for id_ in ids:
        with transaction():
            # Nobody moves a tally while rows and slots are compared.
            session().execute(text("LOCK TABLE tallies IN SHARE ROW EXCLUSIVE MODE"))
            drift = _public(id_) | _for_staff(id_)
        if drift:
            log.error("counter_drift", campaign_id=str(id_), count=sum(abs(n) for n in drift.values()))
        found |= drift
    return found


def _public(campaign_id: UUID) -> dict[str, int]:
    """The public number, and letters by target."""
    key = signatures.campaign_key(campaign_id)
    own = {
        "signatures": signatures.confirmed_count(campaign_id),
        "paper": signatures.paper.total(campaign_id),
        "own": signatures.own_total(campaign_id),
    }
    own["own_mail"] = signatures.own_mail.total(campaign_id)
    truth = {"": own, **outbox.figures(f"{key}/")}
    return {f"{key} {name}": n for name, n in counters.recount(key, truth).items()}


def _for_staff(campaign_id: UUID) -> dict[str, int]:
    """Days, hours, languages, sources and areas. Hours that no page shows any more go first."""
    key = signatures.figures_key(campaign_id)
    counters.drop(key, "hour:", signatures.hour_part(signatures.oldest_hour(clock.now())))
    return {f"{key} {name}": n for name, n in counters.recount(key, signatures.truth(campaign_id)).items()}
