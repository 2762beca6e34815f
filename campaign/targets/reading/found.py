"""What a file says, in a neutral form; and what is wrong with it, each with its place in the file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _

from campaign.core.errors import DomainError
from campaign.core.i18n import CODES
from campaign.core.text import header_text, one_line
from campaign.targets.succession import functional

LONGEST = 300
MOST_PROBLEMS = 100
MOST_ROWS = 20_000
YEARS = range(1800, 2101)
# Full dates as Belgian spreadsheets write them; and Popolo's, which may leave the month and the day out.
EUROPEAN = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", re.ASCII)
POPOLO = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T[0-9:.+Z-]*)?", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """Where in the file, and what is wrong there."""

    where: str
    words: str


class Unreadable(DomainError):
    """A file that cannot be imported, with every place that is wrong."""

    code = "unreadable"

    def __init__(self, words: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(words, fields={"file": words})


@dataclass
class Found:
    """Rows by the file's own keys; they point to each other by those keys. Columns that a file lacks are left out."""

    areas: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    persons: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    tenures: list[dict[str, Any]] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def problem(self, where: str, words: str) -> None:
        """Note something that must be put right before the file can be imported."""
        self.problems.append(Problem(where, words))

    def check(self) -> None:
        """Raises Unreadable where there is any problem."""
        if self.problems:
            raise Unreadable(_("Some of the file cannot be used. Nothing was changed."), self.problems[:MOST_PROBLEMS])

    def text(self, where: str, value: Any, *, required: bool = False, limit: int = LONGEST) -> str:
        """One line of text; what is none is a problem, and empty here."""
        if value is None or value == "":
            if required:
                self.problem(where, _("This is missing."))
            return ""
        if not isinstance(value, str):
            self.problem(where, _("This is not a text."))
            return ""
        try:
            found = header_text(one_line(value), limit=limit)
        except DomainError as error:
            self.problem(where, error.words)
            return ""
        if required and not found:
            self.problem(where, _("This is missing."))
        return found

    def day(self, where: str, value: Any) -> date | None:
        """A day: 2026-11-22, 22/11/2026, or a month or a year, which begin on their first day."""
        words = self.text(where, value)
        if not words:
            return None
        try:
            return _day(words)
        except ValueError:
            self.problem(where, _("Write a day such as 2026-11-22 or 22/11/2026."))
            return None

    def email(self, where: str, value: Any) -> str:
        """An office's address."""
        words = self.text(where, value)
        try:
            return functional(words) if words else ""
        except DomainError as error:
            self.problem(where, error.words)
            return ""

    def lang(self, where: str, value: Any) -> str:
        """A language of ours; another one is left out."""
        words = self.text(where, value).lower()[:2]
        return words if words in CODES else ""


def _day(words: str) -> date:
    if found := EUROPEAN.fullmatch(words):
        day, month, year = map(int, found.groups())
    elif found := POPOLO.fullmatch(words):
        year, month, day = (int(part or 1) for part in found.groups())
    else:
        raise ValueError(words)
    if year not in YEARS:
        raise ValueError(words)
    return date(year, month, day)
