"""What comes back by mail: bounces to the ledger, answers of offices to their writers and, if staff say so, to all."""

from campaign.replies import composers
from campaign.replies.boxes import BoxAway, connect
from campaign.replies.commands import publish, unpublish
from campaign.replies.models import Reply
from campaign.replies.queries import Answer, Published, answer, draft, of_letter, of_signature, page, published
from campaign.replies.take import BYTES_MAX, Outcome, take

__all__ = [
    "BYTES_MAX",
    "Answer",
    "BoxAway",
    "Outcome",
    "Published",
    "Reply",
    "answer",
    "composers",
    "connect",
    "draft",
    "of_letter",
    "of_signature",
    "page",
    "publish",
    "published",
    "take",
    "unpublish",
]
