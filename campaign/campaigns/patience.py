"""What waits while a campaign is paused: for so long it is not given up."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Exists, Select, Text, cast, exists, or_, select

from campaign.campaigns.lifecycle import Status
from campaign.campaigns.models import Campaign
from campaign.core import clock
from campaign.core.audit import AuditEntry
from campaign.core.db import session


def waiting(within: timedelta, longest: timedelta) -> Select[UUID]:
    """The campaigns that are paused, and those that went on less than `within` ago.

    A pause that began more than `longest` ago counts for nothing once it is over.
    """
    went_on = (Campaign.status == Status.OPEN) & _became(Status.OPEN, within) & _became(Status.PAUSED, longest)
    return select(Campaign.id).where(or_(Campaign.status == Status.PAUSED, went_on))


def waits(campaign_id: UUID, within: timedelta, longest: timedelta) -> bool:
    """Whether a campaign is one of these."""
    return session().scalar(waiting(within, longest).where(Campaign.id == campaign_id)) is not None


def _became(status: Status, within: timedelta) -> Exists:
    """The log is where the times of moves are kept."""
    return exists().where(
        AuditEntry.subject == "campaign:" + cast(Campaign.id, Text),
        AuditEntry.action == "campaigns.change_status",
        AuditEntry.detail["to"].astext == status.value,
        AuditEntry.at > clock.now() - within,
    )
