"""One colour that an organiser chooses, and whether people can see it (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from dataclasses import dataclass

# What widgets stand on, as in static/css/tokens.css: `--sheet` by day and by night.
LIGHT, DARK = "#fffefb", "#25221d"
# The campaign's accents there (`--accent`), the same.
ACCENTS = {
    "crimson": ("#a61b2b", "#f58a91"),
    "ocean": ("#12568a", "#7fbdec"),
    "forest": ("#24603a", "#85cb9c"),
    "plum": ("#76306f", "#dca0d5"),
    "amber": ("#8a4b00", "#f0b259"),
    "slate": ("#3f4c5a", "#adbccb"),
}
# Of words on a button, and of a bar against what is around it.
WORDS, SHAPES = 4.5, 3.0


@dataclass(frozen=True)
class Colour:
    """A colour as `#rrggbb`, in small letters."""

    hex: str

    @classmethod
    def parse(cls, value: str) -> "Colour | None":
        """The colour of `#rrggbb` or `rrggbb`; none for anything else."""
        found = re.fullmatch(r"#?([0-9a-fA-F]{6})", value)
        return cls(f"#{found[1].lower()}") if found else None

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 to 1 (WCAG 2.2, glossary)."""
        parts = [int(self.hex[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    @property
    def ink(self) -> str:
        """White or black, whichever is easier to read on it: always at least 4.5 to 1."""
        return "#ffffff" if self.contrast("#ffffff") >= self.contrast("#000000") else "#000000"

    def contrast(self, other: str) -> float:
        """The contrast with another colour, 1 to 21."""
        high, low = sorted((self.luminance, Colour(other).luminance), reverse=True)
        return (high + 0.05) / (low + 0.05)


@dataclass(frozen=True)
class Check:
    """One pair that was looked at; `on` is what the colour stands on: `light`, `dark` or `button`."""

    on: str
    contrast: float
    needed: float

    @property
    def fine(self) -> bool:
        """Whether it is enough."""
        return self.contrast >= self.needed


def checks(colour: Colour) -> list[Check]:
    """The bar by day and by night, and the words on the button."""
    return [
        Check("light", colour.contrast(LIGHT), SHAPES),
        Check("dark", colour.contrast(DARK), SHAPES),
        Check("button", colour.contrast(colour.ink), WORDS),
    ]
