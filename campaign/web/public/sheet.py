"""A letter's locked parts as the page shows them, around the part that is edited."""

from dataclasses import dataclass
from typing import Protocol

from campaign.letters import fill
from campaign.targets import Target


class Locked(Protocol):
    """What has an opening and a closing: a model letter or a supporter's text."""

    @property
    def lang(self) -> str:
        """The language it is written in."""

    @property
    def opening(self) -> str:
        """What stands before the supporter's words."""

    @property
    def closing(self) -> str:
        """What stands after them."""


@dataclass(frozen=True)
class Sheet:
    """The locked parts for one target; the signature follows below them."""

    lang: str
    opening: str
    closing_lines: tuple[str, ...]
    target: Target


def sheet(text: Locked, target: Target, campaign_title: str) -> Sheet:
    """The locked parts as this target gets them, without the lines that name the writer."""
    values = {
        "salutation": target.salutation,
        "office": target.office,
        "holder": target.holder or target.office,
        "campaign": campaign_title,
    }
    lines = [line for line in text.closing.splitlines() if line.strip()]
    before_name = []
    for line in lines:
        if "{name}" in line:
            break
        before_name.append(fill(line, values))
    return Sheet(text.lang, fill(text.opening, values), tuple(before_name), target)
