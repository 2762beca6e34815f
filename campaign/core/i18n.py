"""Languages, and how numbers and dates are written in each."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale

from campaign.config import ROOT

DEFAULT = "en"
# Codes that Unicode lists beside the countries: unions, pseudo-locales, the unknown.
NO_COUNTRY = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


@dataclass(frozen=True)
class Language:
    """One of the languages of the interface: its code in addresses, its own name, its regional form."""

    code: str
    name: str
    locale: str


# English as in Europe, French and Dutch as in Belgium: dates and thousands follow these.
LANGUAGES = (
    Language("en", "English", "en_GB"),
    Language("fr", "Français", "fr_BE"),
    Language("nl", "Nederlands", "nl_BE"),
    Language("de", "Deutsch", "de_BE"),
)
CODES = tuple(language.code for language in LANGUAGES)
_LOCALES = {language.code: language.locale for language in LANGUAGES}


def init_app(app: Flask) -> None:
    """Set up translation; the language of a request is `g.lang`, else the browser's wish."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "campaign" / "translations")
    app.config["BABEL_DEFAULT_LOCALE"] = _LOCALES[DEFAULT]
    Babel(app, locale_selector=lambda: _LOCALES[language()])


def language() -> str:
    """The language code of the present request, or of the `speaking` block around us."""
    code: str | None = g.get("lang")
    if code is None and has_request_context():
        code = request.accept_languages.best_match(CODES)
    return code if code in CODES else DEFAULT


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Use another language for a while: for mail, which follows its reader and not the request."""
    before = g.get("lang")
    g.lang = code
    try:
        with force_locale(_LOCALES.get(code, _LOCALES[DEFAULT])):
            yield
    finally:
        g.lang = before


def pick(texts: dict[str, str] | None, code: str) -> str:
    """The text in that language, else in English, else in any; empty where there is none."""
    if not texts:
        return ""
    return texts.get(code) or texts.get(DEFAULT) or next(iter(texts.values()))


def _locale() -> Locale:
    return Locale.parse(_LOCALES.get(language(), _LOCALES[DEFAULT]))


def number(value: float) -> str:
    """A number as the reader writes it: 8,412 or 8 412 or 8.412."""
    return format_decimal(value, locale=_locale())


def percent(value: float, decimals: int = 0) -> str:
    """A share (0 to 1) in per cent, with at most so many decimals."""
    locale = _locale()
    pattern = locale.percent_formats[None].pattern.replace("0", f"0.{'#' * decimals}" if decimals else "0", 1)
    return format_percent(value, format=pattern, locale=locale)


def day(value: date) -> str:
    """A date in words: 22 November 2026."""
    return format_date(value, format="long", locale=_locale())


def short_day(value: date) -> str:
    """A date without its year: 22 Nov."""
    return format_skeleton("MMMd", value, locale=_locale())


def weekday(value: date) -> str:
    """The name of its day of the week."""
    return format_date(value, format="EEEE", locale=_locale())


def moment(value: datetime, zone: str = "Europe/Brussels") -> str:
    """A date and time, in the campaign's time zone."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local)}, {local:%H:%M}"


@cache
def _countries(code: str) -> dict[str, str]:
    names = Locale.parse(_LOCALES[code]).territories
    pairs = [(key, name) for key, name in names.items() if re.fullmatch("[A-Z]{2}", key) and key not in NO_COUNTRY]
    return dict(sorted(pairs, key=lambda pair: unicodedata.normalize("NFKD", pair[1]).casefold()))


def language_name(code: str) -> str:
    """A language's name in the reader's: French, français, Frans."""
    return str(_locale().languages.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Codes and names of the countries, by name, in the reader's language."""
    return list(_countries(language()).items())


def is_country(code: str) -> bool:
    """Whether a code is on the list of countries."""
    return code in _countries(DEFAULT)


def country_name(code: str, lang: str) -> str:
    """A country's name in that language; the code where it is not known."""
    return _countries(lang).get(code, code)
