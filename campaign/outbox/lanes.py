"""The lanes: mail that a person waits for never stands behind ten thousand letters."""

from enum import StrEnum


class Lane(StrEnum):
    """Each lane has its own RQ queue and its own workers."""

    PEOPLE = "people"
    LETTERS = "letters"

    @property
    def limit(self) -> str:
        """The key of the pace that the whole lane keeps to: what the provider takes."""
        return f"lane:{self.value}"
