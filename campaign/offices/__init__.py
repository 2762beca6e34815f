"""The office's respect channel: why it is written to, whether a letter is real, and what it wants instead."""

from campaign.offices import answers, composers
from campaign.offices.commands import ask, confirm
from campaign.offices.models import AnswerCopy, OfficeNotice, Wish, WishKind
from campaign.offices.queries import About, WishView, about, is_digested, published, wish, wishes

__all__ = [
    "About",
    "AnswerCopy",
    "OfficeNotice",
    "Wish",
    "WishKind",
    "WishView",
    "about",
    "answers",
    "ask",
    "composers",
    "confirm",
    "is_digested",
    "published",
    "wish",
    "wishes",
]
