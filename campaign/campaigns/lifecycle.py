"""The life of a campaign and the only moves in it."""

from enum import StrEnum


class Status(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Outcome(StrEnum):
    """How a campaign ended, where staff have said so."""

    WON = "won"
    LOST = "lost"
    HANDED_OVER = "handed_over"


class DeliveryMode(StrEnum):
    """How a campaign's letters leave."""

    INDIVIDUAL = "individual"  # each by itself, at the pace of its office
    DIGEST = "digest"  # all of a day to an office in one mail
    PRINT = "print"  # on paper: staff print them and hand them over


S = Status

MOVES: dict[Status, frozenset[Status]] = {
    S.DRAFT: frozenset({S.SCHEDULED, S.OPEN, S.ARCHIVED}),
    S.SCHEDULED: frozenset({S.DRAFT, S.OPEN}),
    S.OPEN: frozenset({S.PAUSED, S.CLOSED}),
    S.PAUSED: frozenset({S.OPEN, S.CLOSED}),
    S.CLOSED: frozenset({S.OPEN, S.ARCHIVED}),
    # Back to what it was: see `making.unarchive`.
    S.ARCHIVED: frozenset({S.DRAFT, S.CLOSED}),
}

# Who is not staff sees a campaign in these.
PUBLIC = frozenset({S.SCHEDULED, S.OPEN, S.PAUSED, S.CLOSED})
