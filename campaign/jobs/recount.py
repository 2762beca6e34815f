"""Nightly: count the rows and compare them with the tallies. The drift must be zero; it is reported and put right."""

from collections.abc import Callable
from uuid import UUID

import structlog
from sqlalchemy import select, text

from campaign import counters, outbox, signatures
from campaign.campaigns import Campaign
from campaign.core import clock
from campaign.core.db import session, transaction

log = structlog.get_logger()


Way = Callable[[str, dict[str, dict[str, int]]], dict[str, int]]

# Rows and tallies move in the same transactions, so one snapshot of both agrees: nobody who confirms has to wait.
SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
# Nobody moves a tally while it is put right.
LOCK = text("LOCK TABLE tallies IN SHARE ROW EXCLUSIVE MODE")


def recount() -> dict[str, int]:
    """Recount every campaign; answers the drift found, which ought to be empty."""
    with transaction():
        ids = list(session().scalars(select(Campaign.id)))
    found: dict[str, int] = {}
    for id_ in ids:
        with transaction():
            _forget_hours(id_)
        with transaction():
            session().execute(SNAPSHOT)
            drift = _each(id_, counters.drift)
        if drift:
            with transaction():
                session().execute(LOCK)
                drift = _each(id_, counters.recount)
            log.error("counter_drift", campaign_id=str(id_), count=sum(abs(n) for n in drift.values()))
        found |= drift
    return found


def _each(id_: UUID, way: Way) -> dict[str, int]:
    """The figures for the public, and those for staff: days, hours, languages, sources and areas."""
    keys = {signatures.campaign_key(id_): _public(id_), signatures.figures_key(id_): signatures.truth(id_)}
    return {f"{key} {name}": n for key, truth in keys.items() for name, n in way(key, truth).items()}


def _public(campaign_id: UUID) -> dict[str, dict[str, int]]:
    """The public number, and letters by target."""
    own = {
        "signatures": signatures.confirmed_count(campaign_id),
        "paper": signatures.paper.total(campaign_id),
        "own": signatures.own_total(campaign_id),
        "own_mail": signatures.own_mail.total(campaign_id),
    }
    return {"": own, **outbox.figures(f"{signatures.campaign_key(campaign_id)}/")}


def _forget_hours(campaign_id: UUID) -> None:
    """Hours that no page shows any more."""
    key = signatures.figures_key(campaign_id)
    counters.drop(key, "hour:", signatures.hour_part(signatures.oldest_hour(clock.now())))
