"""Two hundred odd things that somebody may type get an answer in words; what is meant well passes."""

import pytest
from flask import Flask

from campaign.campaigns import rules, slugs
from campaign.core.errors import DomainError
from tests.support import hostile

MOMENTS = [
    *("tomorrow", "2026-11-22", "22/11/2026 09:00", "2026-13-01T09:00", "2026-02-30T09:00", "2026-11-22T25:00"),
    *("2026-11-22T09:60", "1999-12-31T23:59", "2101-01-01T00:00", "0000-00-00T00:00", "2026-11-22T09:00Z"),
    *("2026-11-22T09:00+01:00", "2026-11-22 09:00", "٢٠٢٦-11-22T09:00", "-2026-11-22T09:00", "2026-11-22T09:00:30"),
    *("9", "T", "2026-11-22T", "2026-11-22T9", "NaN", "∞", "2026-11-22T09:00:00.0", "null"),
]
NUMBERS = ["0", "-1", "1.5", "1,000", "1e3", "٣", "²", "ten", "100000001", "9" * 400, "0x10", "+5", "5;", "NaN", "½"]
LINKS = [
    *("javascript:alert(1)", "JAVASCRIPT:x", "java\tscript:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd"),
    *("http://plain.example", "//elsewhere.example", "/here", "here", "#top", "?a=b", "ftp://x.example", "blob:x"),
    *("https://", "https:///x", "https://localhost", "https://user:pw@x.example", "https://x.example:8443/", "mailto:"),
    *("mailto:nobody", "https:x.example", "https:/x.example", "tel:112", "about:blank", "https://[::1]/x"),
    *("https://x.example:99999/", "ws://x.example", "view-source:https://x.example", "https://\\x", "intent://x#y"),
]
STORIES = [
    *(f"[words]({link})" for link in LINKS),
    *(f"Text\n\n[a]: {link}\n\n[a]" for link in LINKS if "\t" not in link),
    *("![x](https://x.example/a.png)", "![][a]", "<script>alert(1)</script>", "<b>bold</b>", "<img src=x onerror=y>"),
    *("<!-- hidden -->", "</p>", "<svg/onload=x>", "<a href='https://x.example'>x</a>", "<br/>", "<iframe>", "[x]()"),
    *("<javascript:alert(1)>", "<ftp://x.example/>", "[x]( )", "x" * 12_001),
]
SLUGS = [
    *("", "-", "a-", "-a", "a--b", "A", "é", "a b", "a_b", "a.b", "a/b", "../a", "new", "x" * 81, "a\n", "a%20b"),
    *("а", "a?b", "a#b", "1 2", "a\u200b", "\u202ea", "ﬁ", "²", "a'b", '"', "<a>", "{a}", "a\\b", "a:b", "a;b", "a,b"),
]
CONTACTS = [
    "x",
    "x@",
    "@x.example",
    "a b@x.example",
    "x@y",
    "https://x.example",
    "x@x..example",
    "a@b.example, c@d.example",
]
CHOICES = [("accent", "pink"), ("accent", "Crimson"), ("country", "XX"), ("country", "Belgium"), ("outcome", "maybe")]
LINES = [
    one
    for one in hostile.BREAKS + hostile.UNSEEN + hostile.ENCODED
    if one.strip(" \t\r\n") and one not in ("?=", "=0D=0A", "%0d%0a", "&#10;")
]
ODD = [
    *(("opens_at", one) for one in MOMENTS),
    *(("goal", one) for one in NUMBERS),
    *(("retention_days", one) for one in [*NUMBERS, "13", "366"]),
    *(("story", one) for one in STORIES),
    *(("privacy_contact", one) for one in CONTACTS),
    *(("title", f"a{one}b") for one in LINES),
    *(("title", "x" * 121), ("lead", "x" * 401), ("shown_as", "x" * 151)),
    *CHOICES,
]


def test_there_are_two_hundred_of_them() -> None:
    assert len(set(ODD)) + len(SLUGS) > 200


@pytest.mark.parametrize(("column", "value"), ODD)
def test_an_odd_value_is_refused_in_words(plain: Flask, column: str, value: str) -> None:
    with pytest.raises(DomainError) as caught:
        rules.clean(column, value)
    assert 10 < len(caught.value.words) < 200


@pytest.mark.parametrize("slug", SLUGS)
def test_an_odd_address_is_refused_beside_its_field(plain: Flask, slug: str) -> None:
    with pytest.raises(DomainError) as caught:
        slugs.check(slug)
    assert caught.value.fields["slug"]


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [
        ("title", "  Stop   it ", "Stop it"),
        ("lead", "One.\r\nTwo.", "One. Two."),
        (
            "story",
            "a < b and 3 > 2, <3, [x](https://x.example/a?b=c#d) <https://y.example> [m](mailto:a@b.example)",
            None,
        ),
        ("story", "**bold** {braces} [not a link] 100% `code`", None),
        ("opens_at", "2026-11-22T09:00:00", "2026-11-22T09:00"),
        ("goal", "0500", "500"),
        ("country", "BE", None),
        ("privacy_contact", "Privacy@Net.example", "Privacy@net.example"),
        ("outcome", "", ""),
        ("consent_send", "I agree\nthat you count me.", "I agree that you count me."),
    ],
)
def test_what_is_meant_well_passes(plain: Flask, column: str, value: str, kept: str | None) -> None:
    assert rules.clean(column, value) == (value if kept is None else kept)
