"""Web addresses that staff write: whole, encrypted, of a named site, in plain ASCII; anything else is explained."""

import pytest
from flask import Flask

from campaign.core import links
from campaign.core.text import BadText

GOOD = [
    "https://www.example.org/report",
    "https://example.org",
    "https://example.org/a?b=c&d=%20#part-2",
    "https://xn--bcher-kva.example/",
    "https://a-b.example.co.uk/~me/(1)",
    "HTTPS://EXAMPLE.ORG/",
]
ODD = [
    "", "x", "www.example.org", "example.org/report", "//example.org", "/report", "#part", "?a=b",
    "http://example.org", "ftp://example.org", "HTTP://EXAMPLE.ORG", "https:/example.org", "https:example.org",
    "https//example.org", "https://", "https:///report", "https://?a", "https://#a", "https://localhost",
    "https://example", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1", "https://2130706433/",
    "https://user@example.org", "https://user:pass@example.org/", "https://example.org@evil.example/",
    "https://example.org:8443/", "https://example.org:x/", "https://example.org:99999/", "https://[example.org",
    "https://exam ple.org", "https://example.org/a b", "https://example.org/\na",
    "https://example.org/<script>", 'https://example.org/"onclick="x', "https://example.org/`x`", "https://a\\b.example",
    "https://example.org/{name}", "https://example.org/|", "https://example.org/^", "https://exämple.org",
    "https://example.org/café", "https://еxample.org", "https://example.org/\u202egpj", "https://example\u3002org",
    "https://example.org/\u200b", "https://example.org\u2044a", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)", "data:text/html,x", "data:text/html;base64,AAAA", "vbscript:x", "file:///etc/passwd",
    "mailto:a@b.example", "tel:+32", "blob:https://example.org/x", "about:blank", "view-source:https://example.org",
    "https://-example.org", "https://example-.org", "https://example..org", "https://.example.org", "https://example.org.",
    "https://example.o", "https://" + "a" * 64 + ".org", "https://example.org/" + "a" * 500, "ht\u0000tps://example.org",
    "https:\\\\example.org", "https://example.org\\@evil.example", "https://%65xample.org", "https://exa%6dple.org",
    "https://example.123", "<https://example.org>", "[x](https://example.org)",
]  # fmt: skip


@pytest.mark.parametrize("link", GOOD)
def test_the_address_of_a_page_stays_as_it_is(plain: Flask, link: str) -> None:
    assert links.https(f" {link} ") == link


@pytest.mark.parametrize("link", ODD, ids=ascii)
def test_anything_else_is_refused_in_words(plain: Flask, link: str) -> None:
    with pytest.raises(BadText) as caught:
        links.https(link)
    assert caught.value.words.endswith(".")
    assert len(caught.value.words) < 200


@pytest.mark.parametrize(
    "text", ["See https://example.org/a.", "(https://example.org/a)", "No link: a/b, 1:2, e.g. this"]
)
def test_a_text_may_hold_such_addresses(plain: Flask, text: str) -> None:
    links.check_text(text, "body")


@pytest.mark.parametrize(
    "text",
    ["See http://example.org.", "go to www.example.org", "javascript:alert(1)", "ftp://x", "https://user@example.org",
     "https://exämple.org", "a data:text/html,x", "mailto:a@b.example", "HTTP://X.Y", "https://localhost/x"],
)  # fmt: skip
def test_a_text_with_any_other_is_refused_with_its_field(plain: Flask, text: str) -> None:
    with pytest.raises(BadText) as caught:
        links.check_text(text, "body_2")
    assert list(caught.value.fields) == ["body_2"]


def test_what_ends_a_sentence_is_no_part_of_its_address() -> None:
    assert links.in_text("(see https://example.org/a, “https://example.org/b”).") == [
        "https://example.org/a",
        "https://example.org/b",
    ]
