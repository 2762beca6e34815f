"""The life of a campaign and the only moves in it."""

from enum import StrEnum


class Status(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


S = Status

MOVES: dict[Status, frozenset[Status]] = {
    S.DRAFT: frozenset({S.SCHEDULED, S.OPEN}),
    S.SCHEDULED: frozenset({S.DRAFT, S.OPEN}),
    S.OPEN: frozenset({S.CLOSED}),
    S.CLOSED: frozenset({S.OPEN, S.ARCHIVED}),
    S.ARCHIVED: frozenset(),
}

# Who is not staff sees a campaign in these.
PUBLIC = frozenset({S.SCHEDULED, S.OPEN, S.CLOSED})
