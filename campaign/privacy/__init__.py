"""What is kept for how long, and its end."""

from campaign.privacy import purge
from campaign.privacy.erase import erase
from campaign.privacy.export import export
from campaign.privacy.retention import ADDRESS_DAYS, PAUSED_DAYS, RECEIPT_DAYS, REPLY_DAYS, TEXT_DAYS, UNCONFIRMED_DAYS

__all__ = [
    "ADDRESS_DAYS",
    "PAUSED_DAYS",
    "RECEIPT_DAYS",
    "REPLY_DAYS",
    "TEXT_DAYS",
    "UNCONFIRMED_DAYS",
    "erase",
    "export",
    "purge",
]
