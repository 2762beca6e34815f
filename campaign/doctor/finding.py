"""What one check found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check ended, from good to bad."""

    OK = "ok"
    SKIPPED = "skipped"  # not looked at, and why
    WARNING = "warning"  # it works, but not as well or as safely as it could
    PROBLEM = "problem"  # something does not work


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is, and what to do next. `check` stays the same from version to version."""

    check: str
    status: Status
    text: str
    advice: str = ""


Findings = Iterator[Finding]


def ok(check: str, text: str) -> Finding:
    """All is well."""
    return Finding(check, Status.OK, text)


def skipped(check: str, text: str) -> Finding:
    """It was not looked at."""
    return Finding(check, Status.SKIPPED, text)


def warning(check: str, text: str, advice: str) -> Finding:
    """It goes on, but somebody should look at it."""
    return Finding(check, Status.WARNING, text, advice)


def problem(check: str, text: str, advice: str) -> Finding:
    """It does not work, or not rightly."""
    return Finding(check, Status.PROBLEM, text, advice)


def worst(findings: Iterable[Finding]) -> Status:
    """The worst status among them, where what was skipped counts as well."""
    statuses = {finding.status for finding in findings}
    return next((status for status in (Status.PROBLEM, Status.WARNING) if status in statuses), Status.OK)
