"""Column types that carry a rule with them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Dialect, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

# Marks how a value was sealed. Encryption at rest adds a second mark here, and nothing else changes.
PLAIN = "0:"


def seal(value: str) -> str:
    """The stored form of a personal value."""
    return PLAIN + value


def unseal(stored: str) -> str:
    """The value of a stored form; raises ValueError for a mark that is not known."""
    if not stored.startswith(PLAIN):
        raise ValueError("sealed in a way that this version does not know")
    return stored[len(PLAIN) :]


class Sealed(TypeDecorator[str]):
    """Personal text. Look it up by a keyed hash in a column of its own, never by this one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Seal on the way in."""
        return None if value is None else seal(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        """Unseal on the way out."""
        return None if value is None else unseal(value)


class Moment(TypeDecorator[datetime]):
    """An aware time; a naive one is refused, because nobody can tell what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse naive times."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        return value


class Choice(TypeDecorator[StrEnum]):
    """A StrEnum stored as its text; `choice_check` adds the constraint that keeps other writers honest."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        self.kind = kind
        super().__init__()

    def process_bind_param(self, value: StrEnum | str | None, _dialect: Dialect) -> str | None:
        """Store the plain text; raises ValueError for a word that is not one of the kind."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, _dialect: Dialect) -> StrEnum | None:
        """Give the member back."""
        return None if value is None else self.kind(value)


def choice_check(column: str, kind: type[StrEnum]) -> CheckConstraint:
    """A CHECK that the column holds one of the kind's words."""
    words = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({words})", name=column)


def localised(**options: Any) -> Any:
    """A short text per language: `{"en": "Prime Minister", "fr": "Premier ministre"}`."""
    return mapped_column(JSONB, **options)
