"""Every minute: put digests together, tell offices of milestones that want to know, tell staff of what was stopped."""

from campaign import campaigns, counters, outbox, reports, signatures
from campaign.core.db import transaction

STEPS = [step * 10**power for power in range(2, 8) for step in (1, 2.5, 5)]


def follow_plans() -> None:
    """Do what the delivery plans ask for at this time, a target in a transaction each."""
    with transaction():
        campaigns.modes.follow()
        kept = outbox.plans.kept()
        whole = set(outbox.digests.streams())
    for stream, plan in kept.items():
        if plan.digest_above is not None or stream in whole:
            with transaction():
                outbox.digests.gather(stream)
        if plan.summary:
            with transaction():
                _sum_up(stream)
    with transaction():
        reports.tell_of_pauses()
    with transaction():
        outbox.turns.heal()


def _sum_up(stream: str) -> None:
    for owner, domain in outbox.digests.owners_of(stream):
        signed = counters.figures(signatures.campaign_key(owner)).get("", {}).get("signatures", 0)
        step = max((int(step) for step in STEPS if step <= signed), default=0)
        if step:
            outbox.digests.sum_up(stream, owner, step, domain)
