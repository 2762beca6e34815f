"""Why a message came back: from status codes first, from words last."""

import re

from campaign.outbox.receipts.kinds import Failure
from campaign.outbox.transports.smtp_words import MAILBOX_FULL

# An enhanced status code (RFC 3463, 2) and a reply code (RFC 5321, 4.2), wherever they stand in a line.
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
CODE = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")

# By subject and detail of the status code; the first digit says for how long, and does not count here.
BY_DETAIL = {
    "2.2": Failure.FULL,
    **dict.fromkeys(("1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "2.1", "4.4"), Failure.ADDRESS),
}
BY_SUBJECT = {"6": Failure.BLOCKED, "7": Failure.BLOCKED}
BY_CODE = {550: Failure.ADDRESS, 551: Failure.ADDRESS, 553: Failure.ADDRESS, 556: Failure.ADDRESS}


def status_of(*texts: str) -> str:
    """The first enhanced status code that says something, else the first at all; empty where there is none."""
    found = [status for text in texts for status in STATUS.findall(text)]
    return next((status for status in found if not status.endswith(".0.0")), found[0] if found else "")


def failure_of(status: str, words: str) -> Failure:
    """The failure that a status code and a server's words mean."""
    detail = status.partition(".")[2]
    if detail in BY_DETAIL:
        return BY_DETAIL[detail]
    if MAILBOX_FULL.search(words):
        return Failure.FULL
    if detail.partition(".")[0] in BY_SUBJECT:
        return BY_SUBJECT[detail.partition(".")[0]]
    code = CODE.search(words)
    if detail in ("", "0.0") and code:
        return BY_CODE.get(int(code[1]), Failure.OTHER)
    return Failure.OTHER
