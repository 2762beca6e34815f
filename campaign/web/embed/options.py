"""How a widget looks: a few typed values. Whatever else stands in an address is as if it were not there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from campaign.core.i18n import CODES
from campaign.web.embed.colours import Colour

Choice = TypeVar("Choice", bound=StrEnum)
SOURCE = re.compile(r"[A-Za-z0-9._-]{1,40}")


class Theme(StrEnum):
    """Light, dark, or as the reader's system is."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Size(StrEnum):
    """How large the number stands."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(frozen=True)
class Options:
    """What may be chosen. An empty `lang` is the campaign's own, no colour its accent."""

    lang: str = ""
    theme: Theme = Theme.AUTO
    size: Size = Size.MEDIUM
    colour: Colour | None = None
    source: str = ""

    def arguments(self) -> dict[str, Any]:
        """What differs from the ordinary, for an address."""
        values = {
            "lang": self.lang,
            "theme": "" if self.theme == Theme.AUTO else self.theme.value,
            "size": "" if self.size == Size.MEDIUM else self.size.value,
            "color": self.colour.hex[1:] if self.colour else "",
            "source": self.source,
        }
        return {name: value for name, value in values.items() if value}


def read(values: Mapping[str, str]) -> Options:
    """The options in an address; a value that is none of ours counts as not given."""
    lang, source = values.get("lang", ""), values.get("source", "")
    return Options(
        lang=lang if lang in CODES else "",
        theme=_one_of(Theme, values.get("theme", ""), Theme.AUTO),
        size=_one_of(Size, values.get("size", ""), Size.MEDIUM),
        colour=Colour.parse(values.get("color", "")),
        source=source if SOURCE.fullmatch(source) else "",
    )


def _one_of(kind: type[Choice], value: str, otherwise: Choice) -> Choice:
    return kind(value) if value in list(kind) else otherwise
