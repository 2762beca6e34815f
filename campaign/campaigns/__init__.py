"""What is asked: campaigns, their texts, facts and life."""

from campaign.campaigns.commands import change_status, create, follow_calendar, set_moderation
from campaign.campaigns.lifecycle import MOVES, PUBLIC, Status
from campaign.campaigns.models import Accent, Campaign, CampaignTarget, CampaignText, Fact, FactSource
from campaign.campaigns.queries import FactView, Page, by_id, facts, find, open_campaigns
from campaign.campaigns.staff import StaffCampaign, all_of, of_organisation, owners

__all__ = [
    "MOVES",
    "PUBLIC",
    "Accent",
    "Campaign",
    "CampaignTarget",
    "CampaignText",
    "Fact",
    "FactSource",
    "FactView",
    "Page",
    "StaffCampaign",
    "Status",
    "all_of",
    "by_id",
    "change_status",
    "create",
    "facts",
    "find",
    "follow_calendar",
    "of_organisation",
    "open_campaigns",
    "owners",
    "set_moderation",
]
