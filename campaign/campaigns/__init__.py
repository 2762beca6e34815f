"""What is asked: campaigns, their texts, facts and life."""

from campaign.campaigns import (
    checklist,
    drafts,
    embedders,
    evidence,
    evidence_check,
    making,
    modes,
    pictures,
    previews,
    pursuit,
    readiness,
    rules,
    slugs,
)
from campaign.campaigns.commands import change_status, create, follow_calendar, set_moderation, when_opening
from campaign.campaigns.embed_models import Embedder
from campaign.campaigns.lifecycle import MOVES, PUBLIC, DeliveryMode, Outcome, Status
from campaign.campaigns.models import Accent, Campaign, CampaignTarget, CampaignText, Fact, FactSource, OldSlug
from campaign.campaigns.queries import FactView, Moved, Page, Picture, by_id, draft, facts, find, open_campaigns
from campaign.campaigns.readiness import Standing, standing
from campaign.campaigns.staff import StaffCampaign, all_of, of_organisation, owners

__all__ = [
    "MOVES",
    "PUBLIC",
    "Accent",
    "Campaign",
    "CampaignTarget",
    "CampaignText",
    "DeliveryMode",
    "Embedder",
    "Fact",
    "FactSource",
    "FactView",
    "Moved",
    "OldSlug",
    "Outcome",
    "Page",
    "Picture",
    "StaffCampaign",
    "Standing",
    "Status",
    "all_of",
    "by_id",
    "change_status",
    "checklist",
    "create",
    "draft",
    "drafts",
    "embedders",
    "evidence",
    "evidence_check",
    "facts",
    "find",
    "follow_calendar",
    "making",
    "modes",
    "of_organisation",
    "open_campaigns",
    "owners",
    "pictures",
    "previews",
    "pursuit",
    "readiness",
    "rules",
    "set_moderation",
    "slugs",
    "standing",
    "when_opening",
]
