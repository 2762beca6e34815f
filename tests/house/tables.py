"""Read the tables in docs/."""

import re
from functools import cache

from tests.house.source import ROOT

DOCS = ROOT / "docs"


@cache
def text(name: str) -> str:
    """A document."""
    return (DOCS / name).read_text(encoding="utf-8")


def rows(name: str, heading: str) -> list[list[str]]:
    """The cells of every table under a heading (`## Settings`), to the next heading; its head row is left out."""
    found: list[list[str]] = []
    inside = table = False
    for line in text(name).splitlines():
        if line.startswith("#"):
            inside = line.lstrip("#").strip() == heading
        if not line.startswith("|"):
            table = False
        elif inside and not table:
            table = True  # the head row
        elif inside and not re.fullmatch(r"[|\s:-]+", line):
            found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    assert found, f"{name} has no table under {heading}"
    return found


def code(cell: str) -> str:
    """The first `word` in a cell."""
    match = re.search(r"`([^`]+)`", cell)
    assert match, f"no code in {cell}"
    return match[1]


def column(name: str, heading: str, number: int = 0) -> list[str]:
    """The words in code of one column."""
    return [code(row[number]) for row in rows(name, heading)]
