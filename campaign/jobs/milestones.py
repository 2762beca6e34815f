"""Every few seconds: which campaigns have reached a milestone, or have lost one."""

from campaign import reports
from campaign.core.db import transaction


def follow_milestones() -> None:
    """Bring milestones in line with the tallies, a campaign in a transaction each."""
    with transaction():
        late = reports.behind()
    for campaign_id in late:
        with transaction():
            reports.follow(campaign_id)
