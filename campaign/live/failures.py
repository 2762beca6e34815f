"""What can be wrong with a request to the live process."""

from campaign.core.errors import DomainError, NotFound


class Unavailable(DomainError):
    """Not now; `retry_after` says in how many seconds to try again."""

    status, code = 503, "unavailable"

    def __init__(self, words: str, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(words)


class NotAllowed(DomainError):
    """There is nothing to send here."""

    status, code = 405, "method_not_allowed"


def no_campaign() -> NotFound:
    """The address names no campaign that is public."""
    return NotFound("There is no campaign here.")
