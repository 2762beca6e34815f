"""How well each colour of the palette can be read. The values are those of static/css/tokens.css."""

import re
from dataclasses import dataclass
from functools import cache

from flask_babel import lazy_gettext as _

from campaign.campaigns import Accent
from campaign.config import ROOT

NAMES = {
    Accent.CRIMSON: _("Crimson"),
    Accent.OCEAN: _("Ocean"),
    Accent.FOREST: _("Forest"),
    Accent.PLUM: _("Plum"),
    Accent.AMBER: _("Amber"),
    Accent.SLATE: _("Slate"),
}
ENOUGH = 4.5  # WCAG 2.2, 1.4.3
_PAIR = r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"


@dataclass(frozen=True)
class Shade:
    """A colour with the contrast of its words on paper, by day and by night."""

    accent: Accent
    name: str
    light: float
    dark: float

    @property
    def enough(self) -> bool:
        """Whether everybody can read it in both."""
        return min(self.light, self.dark) >= ENOUGH


def accents() -> list[Shade]:
    """The palette."""
    return [Shade(accent, str(NAMES[accent]), *_contrasts()[accent]) for accent in Accent]


def ratio(one: str, other: str) -> float:
    """The contrast of two colours such as #12568a (WCAG 2.2: from 1 to 21)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@cache
def _contrasts() -> dict[Accent, tuple[float, float]]:
    css = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    paper = re.search(rf"--paper: {_PAIR}", css)
    found = dict.fromkeys(Accent, (0.0, 0.0))
    for accent in Accent:
        own = re.search(rf'data-accent="{accent}"\] \{{\s*--accent: {_PAIR}', css)
        if own and paper:
            found[accent] = (ratio(own[1], paper[1]), ratio(own[2], paper[2]))
    return found


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
