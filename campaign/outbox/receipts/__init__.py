"""What providers and mail servers report of what left: kept as it comes, applied so that order is nothing."""

from campaign.outbox.receipts import dsn, sendgrid, signature
from campaign.outbox.receipts.apply import apply
from campaign.outbox.receipts.consequences import on_supporter_refused, on_target_refused
from campaign.outbox.receipts.kinds import Failure, Kind, Source
from campaign.outbox.receipts.listing import ReceiptView, of_message
from campaign.outbox.receipts.models import Receipt
from campaign.outbox.receipts.report import Report
from campaign.outbox.receipts.store import messages_of, store
from campaign.outbox.receipts.sweep import catch_up, retry_bounced

__all__ = [
    "Failure",
    "Kind",
    "Receipt",
    "ReceiptView",
    "Report",
    "Source",
    "apply",
    "catch_up",
    "dsn",
    "messages_of",
    "of_message",
    "on_supporter_refused",
    "on_target_refused",
    "retry_bounced",
    "sendgrid",
    "signature",
    "store",
]
