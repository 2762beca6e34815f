"""What may stand in each field of a fact and its source. Values are words, as a form sends them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel import Locale
from flask_babel import gettext as _

from campaign.core import links
from campaign.core.errors import DomainError
from campaign.core.text import BadText, header_text, one_line

# In characters.
LIMITS = {"figure": 40, "statement": 400, "sentence": 300, "publisher": 120, "dated": 60, "title": 300}
LOCAL = ("figure", "statement", "sentence", "publisher", "dated")
SHARED = ("title", "title_lang", "link", "reviewed_on", "review_on")
FIRST_YEAR, LAST_YEAR = 1990, 2100


def checked(words: Mapping[str, str]) -> dict[str, Any]:
    """The values of a fact as they are stored; raises DomainError with words for every field that is wrong."""
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name in (*LOCAL, *SHARED):
        try:
            values[name] = _value(name, one_line(words.get(name, "").replace("\r", "").replace("\n", " ")))
        except DomainError as error:
            wrong[name] = error.words
    needed = {
        "statement": _("Write what is the case."),
        "publisher": _("Write who published the source."),
        "title": _("Write the title of the source."),
    }
    wrong |= {name: text for name, text in needed.items() if name not in wrong and not values[name]}
    if not wrong and values["reviewed_on"] and values["review_on"] and values["review_on"] <= values["reviewed_on"]:
        wrong["review_on"] = _("The reminder must come after the day of the last look.")
    if wrong:
        raise DomainError(_("Some fields need a correction."), fields=wrong)
    return values


def _value(name: str, words: str) -> Any:
    if name in LIMITS:
        words = header_text(words, limit=LIMITS[name])
        return _sentence(words) if name == "sentence" else words
    if name == "link":
        return links.https(words) if words else None
    return _language(words) if name == "title_lang" else _day(words)


def _sentence(words: str) -> str:
    """It goes into letters as it is: one sentence, nothing to fill in, no link."""
    if not words:
        return ""
    if "{" in words or "}" in words:
        raise BadText(_("Placeholders do not work here."))
    if links.in_text(words):
        raise BadText(_("Leave the link out: the letter names the source."))
    if words[-1] not in '.!?…»”"':
        raise BadText(_("Write a whole sentence, with a full stop."))
    return words


def _language(words: str) -> str:
    code = words.lower()
    if code and code not in Locale("en").languages:
        raise BadText(_("Write the language as a code, such as fr."))
    return code


def _day(words: str) -> date | None:
    if not words:
        return None
    try:
        day = date.fromisoformat(words)
    except ValueError as error:
        raise BadText(_("Write a date such as 2026-11-22.")) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadText(_("Write a date such as 2026-11-22."))
    return day
