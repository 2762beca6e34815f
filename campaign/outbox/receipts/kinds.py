"""What a receipt may say."""

from enum import StrEnum


class Source(StrEnum):
    """Who reported."""

    SENDGRID = "sendgrid"
    SMTP = "smtp"


class Kind(StrEnum):
    """What became of a message, in one word whoever reports it."""

    PROCESSED = "processed"  # the provider has it
    DEFERRED = "deferred"  # the receiver asked the provider to come back later
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    DROPPED = "dropped"  # the provider did not even try
    COMPLAINED = "complained"
    OTHER = "other"  # whatever else a provider reports; kept for its number only


class Failure(StrEnum):
    """Why a message came back."""

    ADDRESS = "address"  # there is no such mailbox or domain
    LISTED = "listed"  # the provider keeps the address on a list of its own
    FULL = "full"  # the mailbox has no room now
    BLOCKED = "blocked"  # a rule, a reputation, too much at once
    OTHER = "other"


# Nobody reads mail there: writing on does harm.
FINAL = frozenset({Failure.ADDRESS, Failure.LISTED})
