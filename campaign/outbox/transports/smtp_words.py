"""Reply codes (RFC 5321, 4.2.3) and enhanced status codes (RFC 3463 and its registry) in words for staff."""

import re

# How servers say it that have no status code for it, or do not use it.
MAILBOX_FULL = re.compile(
    r"(?:mailbox|inbox|account|user)\S* (?:is |has )?(?:over ?)?(?:full|quota)|quota exceeded|over ?quota",
    re.IGNORECASE,
)

BY_STATUS = {
    "1.1": "no such mailbox",
    "1.2": "no such domain",
    "1.3": "not a valid address",
    "1.4": "the address means more than one mailbox",
    "1.6": "the mailbox has moved",
    "1.7": "our sender address is not valid to them",
    "1.8": "our sender domain is not known to them",
    "1.10": "the domain takes no mail",
    "2.0": "the mailbox cannot take it",
    "2.1": "the mailbox is closed",
    "2.2": "the mailbox is full",
    "2.3": "the message is too large for the mailbox",
    "3.0": "the mail system has a problem",
    "3.1": "the mail system is full",
    "3.2": "the mail system takes no mail now",
    "3.4": "the message is too large",
    "4.1": "the receiving server does not answer",
    "4.2": "the connection was bad",
    "4.3": "the directory does not answer",
    "4.4": "no way leads there",
    "4.5": "the mail system is overloaded",
    "4.6": "the mail goes in circles",
    "4.7": "it waited for too long",
    "5.3": "too many recipients",
    "6.0": "the content is not taken",
    "7.0": "a rule of the receiver forbids it",
    "7.1": "the receiver does not allow it",
    "7.8": "the log-in was not accepted",
    "7.9": "this way of logging in is too weak for them",
    "7.20": "no valid DKIM signature",
    "7.23": "SPF does not allow our server",
    "7.25": "our server has no name in reverse DNS",
    "7.26": "the message is not authenticated: check SPF, DKIM and DMARC",
    "7.27": "the sender domain takes no mail",
    "7.28": "too much mail at once",
    "7.509": "the DMARC policy forbids it",
    "7.515": "the sending domain is not authenticated: check SPF, DKIM and DMARC",
}
BY_SUBJECT = {
    "1": "a problem with the address",
    "2": "a problem with the mailbox",
    "3": "a problem with the mail system",
    "4": "a problem on the way there",
    "5": "a misunderstanding between mail servers",
    "6": "a problem with the content",
    "7": "a rule of the receiver forbids it",
}
BY_CODE = {
    421: "the mail server takes nothing now",
    450: "the mailbox cannot be reached now",
    451: "the mail server has a problem",
    452: "the mail server has no room now",
    454: "the mail server cannot do this now",
    521: "the host takes no mail",
    530: "the mail server wants a log-in or encryption first",
    535: "the log-in was not accepted",
    550: "the mailbox is not there for us",
    551: "the mailbox is elsewhere",
    552: "over its storage limit",
    553: "the address is not allowed",
    554: "the mail server declined",
    556: "the domain takes no mail",
}


def in_words(code: int, status: str) -> str:
    """What a reply means; `status` is its enhanced code, such as 5.1.1, or empty."""
    subject = status.partition(".")[2]
    known = BY_STATUS.get(subject) or (BY_CODE.get(code) if subject[-2:] == ".0" or not subject else None)
    return known or BY_SUBJECT.get(subject.partition(".")[0]) or BY_CODE.get(code) or "the mail server declined"
