"""What writers hear of answers: an office's answer to all once staff have published it, and whether they got one."""

from campaign import offices
from campaign.core.db import transaction
from campaign.jobs.stop import stopping


def spread_answers() -> None:
    """Go on with what is published until everybody who agreed has been written to; a batch in a transaction each."""
    done = 1
    while done and not stopping():
        with transaction():
            done = offices.answers.spread()


def follow_up() -> None:
    """Ask those writers whose turn it is whether the offices answered; a batch in a transaction each."""
    for step in (offices.follow_up.plan, offices.follow_up.ask):
        done = 1
        while done and not stopping():
            with transaction():
                done = step()
