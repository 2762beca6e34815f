"""The office's respect channel: why it is written to, whether a letter is real, and what it wants instead."""

from campaign.offices import answers, composers, follow_up
from campaign.offices.commands import ask, confirm
from campaign.offices.follow_up import Answered, Asked
from campaign.offices.models import AnswerCopy, FollowUp, FollowUpLetter, OfficeNotice, Said, Wish, WishKind
from campaign.offices.queries import About, WishView, about, is_digested, published, wish, wishes

__all__ = [
    "About",
    "AnswerCopy",
    "Answered",
    "Asked",
    "FollowUp",
    "FollowUpLetter",
    "OfficeNotice",
    "Said",
    "Wish",
    "WishKind",
    "WishView",
    "about",
    "answers",
    "ask",
    "composers",
    "confirm",
    "follow_up",
    "is_digested",
    "published",
    "wish",
    "wishes",
]
