"""The points of a dashboard's charts, in the reader's words."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from campaign import targets
from campaign.core import i18n
from campaign.reports import Day, Figures, Hour, Share

# A chart with more bars than this is a comb.
DAYS = 60
# So many sources and areas by name; the others stand together in one line.
NAMED = 12

Points = list[dict[str, Any]]


def points(figures: Figures) -> dict[str, Points]:
    """By day and hour as they come, by language, source and area the largest first."""
    lang = i18n.language()
    languages = {language.code: language.name for language in i18n.LANGUAGES}
    return {
        "days": [_day(each) for each in figures.by_day[-DAYS:]],
        "hours": [_hour(each) for each in figures.by_hour],
        "languages_used": _ranked((languages.get(each.key, each.key), each) for each in figures.by_language),
        "sources": _ranked((each.key or _("(none)"), each) for each in figures.by_source),
        "areas": _ranked((targets.area_name(each.key, lang) or _("(unknown)"), each) for each in figures.by_area),
    }


def _day(each: Day) -> dict[str, Any]:
    return {"label": i18n.day(each.day), "short": i18n.short_day(each.day), "value": each.signatures}


def _hour(each: Hour) -> dict[str, Any]:
    time = f"{each.at:%H:%M}"
    return {"label": f"{i18n.short_day(each.at.date())}, {time}", "short": time, "value": each.signatures}


def _ranked(shares: Iterable[tuple[str, Share]]) -> Points:
    known: Sequence[tuple[str, Share]] = list(shares)
    rest = sum(share.signatures for _label, share in known[NAMED:])
    named = [{"label": label, "value": share.signatures} for label, share in known[:NAMED]]
    return [*named, {"label": _("Others"), "value": rest}] if rest else named
