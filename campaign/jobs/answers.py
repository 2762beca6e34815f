"""Tell writers of an office's answer to all, some at a time, once staff have published it."""

from campaign import offices
from campaign.core.db import transaction
from campaign.jobs.stop import stopping


def spread_answers() -> None:
    """Go on with what is published until everybody who agreed has been written to; a batch in a transaction each."""
    done = 1
    while done and not stopping():
        with transaction():
            done = offices.answers.spread()
