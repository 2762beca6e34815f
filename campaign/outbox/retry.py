"""When to try again, and when to give up."""

from datetime import timedelta

from campaign.outbox.lanes import Lane

# One message: 1, 2, 4 ... minutes, at most 4 hours apart.
FIRST_SECONDS, LONGEST_SECONDS = 60.0, 4 * 3600.0
MAX_ATTEMPTS = 20
# Counted from the first attempt, not from when it was written: a letter may wait for days for its turn.
# RFC 5321, 4.5.4.1: give up after four or five days. A link that somebody waits for is of no use by then.
MAX_AGE = {Lane.LETTERS: timedelta(days=5), Lane.PEOPLE: timedelta(days=1)}

# A whole lane whose provider fails: 2, 4, 8 ... seconds, at most a quarter of an hour, then one letter tries.
FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 2.0, 900.0

# A full mailbox: somebody must first tidy it.
FULL_SECONDS = 3600.0


def after(attempts: int) -> float:
    """Seconds until a message is tried again that has been tried so many times."""
    return min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** max(0, min(attempts - 1, 30)))


def exhausted(lane: Lane, attempts: int, age: float) -> bool:
    """Whether a message tried so often, over so many seconds, is not tried again."""
    return attempts >= MAX_ATTEMPTS or too_old(lane, age)


def too_old(lane: Lane, age: float) -> bool:
    """Whether a message first tried so many seconds ago is not tried again, however seldom it was."""
    return age > MAX_AGE[lane].total_seconds()
