"""Failures that a person can understand; edges turn them into a page or JSON in one place."""

from collections.abc import Mapping


class DomainError(Exception):
    """An expected failure: a code for machines, words for people, an HTTP status, and words per field where known."""

    status = 400
    code = "invalid"

    def __init__(self, words: str, *, fields: Mapping[str, str] | None = None) -> None:
        self.words = words
        self.fields = dict(fields or {})
        super().__init__(words)


class NotFound(DomainError):
    """There is no such thing, or not for this person."""

    status, code = 404, "not_found"


class Conflict(DomainError):
    """The thing is not in a state that allows this."""

    status, code = 409, "conflict"


class Gone(DomainError):
    """A link that no longer works or never did."""

    status, code = 410, "gone"


class TooMany(DomainError):
    """A limit was reached; `retry_after` says in how many seconds to try again."""

    status, code = 429, "too_many"

    def __init__(self, words: str, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(words)
