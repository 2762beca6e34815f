"""The points of a dashboard's charts, in the reader's words."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from campaign import outbox, targets
from campaign.core import clock, i18n, zones
from campaign.core.cache import remembered
from campaign.reports import Day, Figures, Hour, Share

# A chart with more bars than this is a comb.
DAYS = 60
# So many sources and areas by name; the others stand together in one line.
NAMED = 12
# Letters by day are counted from the rows: seldom, and of the last days only.
LETTER_DAYS, LETTER_SECONDS = 30, 60.0

Points = list[dict[str, Any]]


def points(figures: Figures) -> dict[str, Points]:
    """By day and hour as they come, by language, source and area the largest first."""
    lang = i18n.language()
    languages = {language.code: language.name for language in i18n.LANGUAGES}
    return {
        "days": [_day(each) for each in figures.by_day[-DAYS:]],
        "letter_days": _letter_days(figures),
        "letter_states": _letter_states(figures),
        "hours": [_hour(each) for each in figures.by_hour],
        "languages_used": _ranked((languages.get(each.key, each.key), each) for each in figures.by_language),
        "sources": _ranked((each.key or _("(none)"), each) for each in figures.by_source),
        "areas": _ranked((targets.area_name(each.key, lang) or _("(unknown)"), each) for each in figures.by_area),
    }


def _letter_days(figures: Figures) -> Points:
    """Letters by the day on which they left, from the first such day of the last ones until today."""
    left = remembered(
        ("letters by day", figures.campaign_id),
        lambda: outbox.sent_by_day(figures.campaign_id, figures.zone, LETTER_DAYS),
        LETTER_SECONDS,
    )
    if not left:
        return []
    today = max(zones.local(clock.now(), figures.zone).date(), *left)
    days = [min(left) + timedelta(days=n) for n in range((today - min(left)).days + 1)]
    return [{"label": i18n.day(day), "short": i18n.short_day(day), "value": left.get(day, 0)} for day in days]


def _letter_states(figures: Figures) -> Points:
    """Where the letters are, the largest number first; what only left is neither known to have arrived nor back."""
    n = figures.letters
    under_way = max(0, n["sent"] - n["delivered"] - n["bounced"])
    states = [
        (_("Waiting"), n["queued"]),
        (_("Sent, no word yet"), under_way),
        (_("Delivered"), n["delivered"]),
        (_("Came back"), n["bounced"]),
    ]
    ranked = sorted(states, key=lambda state: -state[1])
    return [{"label": label, "value": value} for label, value in ranked if value]


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
