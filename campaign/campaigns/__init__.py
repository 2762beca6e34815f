"""What is asked: campaigns, their texts, facts and life."""

from campaign.campaigns.commands import change_status, create, follow_calendar
from campaign.campaigns.lifecycle import MOVES, Status
from campaign.campaigns.models import Accent, Campaign, CampaignTarget, CampaignText, Fact, FactSource
from campaign.campaigns.queries import FactView, Page, by_id, facts, find, open_campaigns

__all__ = [
    "MOVES",
    "Accent",
    "Campaign",
    "CampaignTarget",
    "CampaignText",
    "Fact",
    "FactSource",
    "FactView",
    "Page",
    "Status",
    "by_id",
    "change_status",
    "create",
    "facts",
    "find",
    "follow_calendar",
    "open_campaigns",
]
