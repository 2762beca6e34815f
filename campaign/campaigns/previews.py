"""Links that show a campaign to somebody before it is public: signed, for a week, all revoked by one count."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from campaign.campaigns.models import Campaign
from campaign.core.db import session
from campaign.core.errors import Gone


def subject(campaign_id: UUID) -> str:
    """What a preview link is signed for: the campaign, and how often links were revoked."""
    version = session().scalar(select(Campaign.preview_version).where(Campaign.id == campaign_id))
    return f"{campaign_id.hex} {version}"


def campaign_of(signed: str) -> UUID:
    """The campaign of a link; raises Gone for one that was revoked, or whose campaign is gone."""
    hex_, _space, version = signed.partition(" ")
    id_ = UUID(hex=hex_)
    present = session().scalar(select(Campaign.preview_version).where(Campaign.id == id_))
    if str(present) != version:
        raise Gone(_("This preview was taken back. Ask for a new link."))
    return id_
