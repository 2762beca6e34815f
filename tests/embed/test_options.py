"""Hostile values change nothing but a typed parameter: 200 of them through every widget."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.campaigns import Accent
from campaign.config import ROOT
from campaign.web.embed import options
from campaign.web.embed.colours import ACCENTS, DARK, LIGHT, Colour, checks
from campaign.web.embed.options import Options, Size, Theme
from tests.support.forms import SLUG

BREAKERS = [
    '"><script>alert(1)</script>',
    "' onload=alert(1) x='",
    "red;}body{display:none",
    "url(https://evil.example/x)",
    "expression(alert(1))",
    "javascript:alert(1)",
    "</title></svg><script>alert(1)</script>",
    "<!--",
    "]]>",
    "&lt;script&gt;",
    "{{7*7}}",
    "{% include 'x' %}",
    "${7*7}",
    "%00",
    "\x00",
    "\r\nSet-Cookie: a=b",
    "\u202edark",
    "ｄａｒｋ",
    "dark\n",
    " dark",
    "DARK",
    "dark dark",
    "__proto__",
    "constructor",
    "toString",
    "../../etc/passwd",
    "//evil.example",
    "https://evil.example",
    "*",
    "'none'; frame-ancestors *",
    "A" * 5000,
    "İ",
    "#fffffg",
    "#fff",
    "##a61b2b",
    "#a61b2b;",
    "rgb(0,0,0)",
    "٣٣٣٣٣٣",
    "-1",
    "1e9",
]
HOSTILE = [(name, value) for value in BREAKERS for name in ("theme", "lang", "size", "color", "source")]
WIDGETS = ("counter", "badge.svg", "badge.png", "form", "form/sent")


def test_there_are_two_hundred() -> None:
    assert len(HOSTILE) == 200


@pytest.mark.parametrize("name", ["theme", "lang", "size", "color", "source"])
def test_a_hostile_value_is_as_if_it_were_not_there(name: str) -> None:
    for _name, value in (pair for pair in HOSTILE if pair[0] == name):
        found = options.read({name: value})
        if name == "source" and re.fullmatch(r"[A-Za-z0-9._-]{1,40}", value):
            found = replace(found, source="")  # a word like any other
        assert found == Options(), value


@pytest.mark.parametrize("widget", WIDGETS)
def test_it_changes_no_byte_of_a_widget(client: FlaskClient, widget: str) -> None:
    def shown(**query: str) -> bytes:
        answer = client.get(f"/embed/{SLUG}/{widget}", query_string=query, headers={"Accept-Language": "en"})
        assert answer.status_code == 200
        return re.sub(rb'(name="csrf_token"[^>]*value=")[^"]+', rb"\1", answer.data)

    plain = shown()
    tried = [(name, value) for name, value in HOSTILE if not options.read({name: value}).source]
    assert len(tried) > 190
    assert [pair for pair in tried if shown(**dict([pair])) != plain] == []


def test_what_is_offered_is_taken() -> None:
    found = options.read({"theme": "dark", "size": "large", "lang": "nl", "color": "A61B2B", "source": "site-1"})
    assert found == Options("nl", Theme.DARK, Size.LARGE, Colour("#a61b2b"), "site-1")
    assert options.read(found.arguments()) == found
    assert Options().arguments() == {}


def test_the_accents_are_those_of_the_style_sheet(plain: Flask) -> None:
    tokens = Path(ROOT / "static/css/tokens.css").read_text()
    assert set(ACCENTS) == {accent.value for accent in Accent}
    for name, (day, night) in ACCENTS.items():
        block = tokens.split(f'[data-accent="{name}"]', 1)[1].split("}", 1)[0]
        assert f"--accent: light-dark({day}, {night});" in block
    assert f"--sheet: light-dark({LIGHT}, {DARK});" in tokens


def test_words_on_a_button_can_always_be_read() -> None:
    for red in range(0, 256, 15):
        for green in range(0, 256, 15):
            for blue in (0, 60, 120, 180, 255):
                colour = Colour(f"#{red:02x}{green:02x}{blue:02x}")
                assert colour.contrast(colour.ink) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert Colour("#000000").contrast("#ffffff") == pytest.approx(21)
    assert Colour("#777777").contrast("#ffffff") == pytest.approx(4.48, abs=0.01)
    assert {each.on: each.fine for each in checks(Colour("#ffee00"))} == {"light": False, "dark": True, "button": True}


def test_the_campaigns_own_accents_are_clear() -> None:
    for day, night in ACCENTS.values():
        assert Colour(day).contrast(LIGHT) >= 4.5
        assert Colour(night).contrast(DARK) >= 4.5
