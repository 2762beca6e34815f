"""How each page is looked at: width, theme and language by pairs, so that a few looks show what any two do together."""

from dataclasses import dataclass

from campaign.core.i18n import CODES

WIDTHS = (360, 768, 1280)
THEMES = ("light", "dark")
LANGS = tuple(CODES)


@dataclass(frozen=True)
class Look:
    """A window, a theme and a language; its text names pictures."""

    width: int
    theme: str
    lang: str

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.lang}"


def look(number: int, lang: str) -> Look:
    """How the page of that number is looked at in a language.

    Over all languages each page has every width and theme; over six pages each language has every width in every theme.
    """
    turn = number + LANGS.index(lang)
    return Look(WIDTHS[turn % len(WIDTHS)], THEMES[turn % len(THEMES)], lang)
