"""Languages: whose words, and how numbers and dates are written."""

import re
from datetime import UTC, date, datetime

import pytest
from flask import Flask, g

from campaign.core import i18n

NARROW, WIDE = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("lang", "number", "percent", "day", "moment"),
    [
        ("en", "8,412", "37%", "22 November 2026", "22 November 2026, 03:30"),
        ("fr", "8 412", "37 %", "22 novembre 2026", "22 novembre 2026, 03:30"),
        ("nl", "8.412", "37%", "22 november 2026", "22 november 2026, 03:30"),
        ("de", "8.412", "37 %", "22. November 2026", "22. November 2026, 03:30"),
    ],
)
def test_numbers_and_dates_are_written_as_their_reader_writes_them(
    plain: Flask, lang: str, number: str, percent: str, day: str, moment: str
) -> None:
    with i18n.speaking(lang):
        spaces = re.compile(f"[{NARROW}{WIDE}]")
        assert spaces.sub(" ", i18n.number(8412)) == number
        assert spaces.sub(" ", i18n.percent(0.37)) == percent
        assert i18n.day(date(2026, 11, 22)) == day
        assert i18n.moment(datetime(2026, 11, 22, 2, 30, tzinfo=UTC)) == moment


@pytest.mark.parametrize(
    ("accept", "lang"),
    [
        ("fr-BE,fr;q=0.9,en;q=0.8", "fr"),
        ("nl", "nl"),
        ("de-AT", "de"),
        ("es,it;q=0.5", "en"),
        ("", "en"),
        ("*", "en"),
        ("x" * 5000, "en"),
        ("en;q=abc,,;;=", "en"),
        ("\u00e9", "en"),
    ],
    ids=lambda text: text[:20],
)
def test_a_reader_without_a_choice_gets_the_language_of_the_browser(plain: Flask, accept: str, lang: str) -> None:
    with plain.test_request_context("/", headers={"Accept-Language": accept}):
        assert i18n.language() == lang


def test_the_language_of_the_address_wins_over_the_browsers(plain: Flask) -> None:
    with plain.test_request_context("/", headers={"Accept-Language": "fr"}):
        g.lang = "de"
        assert i18n.language() == "de"
        g.lang = "xx"
        assert i18n.language() in i18n.CODES


def test_speaking_ends_where_it_began_also_after_a_failure(plain: Flask) -> None:
    with i18n.speaking("nl"):
        with pytest.raises(RuntimeError), i18n.speaking("fr"):
            assert i18n.number(1.5) == "1,5"
            raise RuntimeError
        assert i18n.language() == "nl"
    assert i18n.language() == "en"
    with i18n.speaking("xx"):
        assert i18n.number(1.5) == "1.5"


def test_a_text_falls_back_to_english_and_then_to_any(plain: Flask) -> None:
    assert i18n.pick({"en": "a", "fr": "b"}, "fr") == "b"
    assert i18n.pick({"en": "a", "fr": ""}, "fr") == "a"
    assert i18n.pick({"nl": "c"}, "fr") == "c"
    assert i18n.pick({}, "fr") == i18n.pick(None, "fr") == ""


@pytest.mark.parametrize("lang", i18n.CODES)
def test_the_list_of_countries_has_the_countries_and_nothing_else(plain: Flask, lang: str) -> None:
    with i18n.speaking(lang):
        codes = [code for code, _name in i18n.countries()]
    assert {"BE", "FR", "NL", "DE", "LU", "GB", "CD", "XK"} <= set(codes)
    assert not {"EU", "UN", "ZZ", "EZ", "XA"} & set(codes)
    assert len(codes) == len(set(codes)) > 190
