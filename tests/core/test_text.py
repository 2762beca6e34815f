"""The gates for text from outside."""

import re
import unicodedata
from html.parser import HTMLParser

import nh3
import pytest
from flask import Flask
from hypothesis import example, given, strategies as st

from campaign.core.text import TAGS, BadText, header_text, markdown, one_line, prose, sanitise
from tests.support.generated import QUICK, THOROUGH

CONTROLS = [chr(n) for n in (*range(0x20), 0x7F, *range(0x80, 0xA0))]
BIDI = list("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
INVISIBLE = list("\u200b\u2028\u2029\u2060\u2061\u2064\ufeff\u00ad")
ANY = st.text(st.characters(codec=None), max_size=300)


@pytest.mark.parametrize("kind", [CONTROLS, BIDI, INVISIBLE], ids=["controls", "bidi", "invisible"])
def test_a_header_takes_no_control_bidi_or_invisible_character(plain: Flask, kind: list[str]) -> None:
    for character in kind:
        for text in (f"Ann{character}Peeters", character, f"Ann{character}"):
            with pytest.raises(BadText):
                header_text(text)
                pytest.fail(f"U+{ord(character):04X} passes")


@pytest.mark.parametrize(
    "text",
    ["=?utf-8?q?Ann=0D=0ABcc=3A_v=40x.y?=", "=?UTF-8?B?QQ==?=", "Ann =?x", "a=?", "\ud800", "Ann\udfff"],
    ids=ascii,
)
def test_a_header_takes_no_encoded_word_and_no_half_character(plain: Flask, text: str) -> None:
    with pytest.raises(BadText):
        header_text(text)


@pytest.mark.parametrize(
    "name",
    [
        "Ann O’Neill-Șerban",
        "José Ñuñez",
        "Łukasz Żółć",
        "Đặng Thị Hương",
        "محمد علي",
        "李小龍",
        "O'Brien, Ann (Gent)",
        "a=b?c",
    ],
)
def test_names_of_people_pass_as_they_are(plain: Flask, name: str) -> None:
    assert header_text(name) == unicodedata.normalize("NFC", name)


def test_a_family_joined_by_a_joiner_is_still_a_name(plain: Flask) -> None:
    """Persian and many scripts of India write with U+200C and U+200D inside words; both stand in no attack."""
    assert header_text("نیک‌پور") == "نیک‌پور"


def test_a_header_has_a_length(plain: Flask) -> None:
    assert header_text("é" * 200) == "é" * 200
    with pytest.raises(BadText, match="200"):
        header_text("é" * 201)
    with pytest.raises(BadText):
        header_text("abc", limit=2)


@THOROUGH
@given(ANY)
@example("e\u0301" * 150)
@example("=\u0338?")
def test_what_the_header_gate_lets_through_is_one_clean_line_and_passes_again(plain: Flask, text: str) -> None:
    try:
        passed = header_text(text)
    except BadText:
        return
    assert passed == unicodedata.normalize("NFC", text) == header_text(passed)
    assert passed.splitlines() in ([], [passed])
    assert "=?" not in passed
    assert len(passed) <= 200
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in passed)
    assert not any(unicodedata.bidirectional(character) in _BIDI for character in passed)
    passed.encode()


_BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@QUICK
@given(ANY)
def test_one_line_leaves_controls_for_the_gate_to_refuse(plain: Flask, text: str) -> None:
    line = one_line(text)
    assert line == line.strip()
    assert "  " not in line
    assert one_line(line) == line


@THOROUGH
@given(ANY)
@example("a\r\nb\rc\nd")
@example("a\n\n\n\n\n\n\nb")
@example("\x00\x1b[31mred\x07\u202eevil")
@example("e\u0301\ud800")
def test_prose_keeps_words_and_lines_and_drops_what_nobody_can_see(plain: Flask, text: str) -> None:
    kept = prose(text)
    assert prose(kept) == kept
    assert "\r" not in kept
    assert "\n\n\n\n" not in kept
    assert not any(
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in kept if character not in "\n\t"
    )
    assert all(line == line.rstrip() for line in kept.split("\n"))
    kept.encode()


def test_prose_does_not_glue_words_together_that_an_odd_line_break_held_apart(plain: Flask) -> None:
    assert prose("one\u2028two\u2029three\x0bfour\x0cfive\x85six").split() == [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
    ]


def test_prose_is_text_and_stays_text(plain: Flask) -> None:
    text = "<script>alert(1)</script> {name} {{ 7*7 }} **bold** & < >"
    assert prose(text) == text


MARKDOWN = """\
# Title

A *word* with [a link](https://example.org/a?b=1&c=2), [mail](mailto:a@b.example) and **weight**.

- one
- two

> said

1. first
"""


def test_the_markdown_that_staff_need_becomes_html(plain: Flask) -> None:
    html = markdown(MARKDOWN.replace("# Title", "## Title"))
    for part in (
        "<h2>Title</h2>",
        "<em>word</em>",
        'href="https://example.org/a?b=1&amp;c=2"',
        "<li>one</li>",
        "<blockquote>",
    ):
        assert part in html


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<a href='javascript:alert(1)'>x</a>",
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='https://ok.example' onclick='alert(1)' style='color:red' title='\"><script>'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<style><style/><img src=x onerror=alert(1)>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example>",
    "<object data=javascript:alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<p/onclick=alert(1)>x</p>",
    "<<script>alert(1)//<</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "＜script＞alert(1)＜/script＞",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:x)",
    "[x](//evil.example)",
    "[x](/staff/sign-out)",
    "[x](http://plain.example)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    '<https://ok.example/"onclick=alert(1)>',
    '[x](https://ok.example "title" onclick=alert(1))',
    "[x](https://ok.example '\"><script>alert(1)</script>')",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))",
    "![x](https://tracker.example/pixel.gif)",
    '!["onerror=alert(1)](x)',
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "# <script>alert(1)</script>",
    "> <img src=x onerror=alert(1)>",
    "- <svg onload=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "[a](https://ok.example)<script>alert(1)</script>",
    "**<b onmouseover=alert(1)>x</b>**",
    "{{ 7*7 }}{% for x in range(10) %}",
]


class Seen(HTMLParser):
    """Every tag, attribute and address that a browser would find."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.addresses += [value or "" for name, value in attrs if name == "href"]


def harmless(html: str) -> None:
    """nh3, a parser like a browser's, finds nothing left to strip; and so say our own eyes."""
    seen = Seen(html)
    assert seen.tags <= TAGS, html
    assert seen.attributes <= {"href"}, html
    for address in seen.addresses:
        assert re.match(r"(https://|mailto:)", address), html
    again = nh3.clean(
        html, tags=TAGS, attributes={"a": {"href"}, "*": set()}, url_schemes={"https", "mailto"}, link_rel=None
    )
    assert Seen(again).tags == seen.tags, html
    assert Seen(again).addresses == seen.addresses, html
    assert text_of(again) == text_of(html), html


def text_of(html: str) -> str:
    """What is read of it."""
    found: list[str] = []
    reader = HTMLParser()
    reader.handle_data = found.append  # type: ignore[method-assign]
    reader.feed(html)
    reader.close()
    return "".join(character for character in "".join(found) if character.isprintable())


@pytest.mark.parametrize("gate", [markdown, sanitise], ids=["markdown", "sanitise"])
def test_nothing_of_the_hostile_corpus_gets_through(plain: Flask, gate: "type[object]") -> None:
    for payload in PAYLOADS:
        harmless(str(gate(payload)))


@QUICK
@given(
    st.lists(st.one_of(st.sampled_from(PAYLOADS), st.text("<>\"'=/ ()[]!`*&;:\n\tax", max_size=12)), max_size=4).map(
        "".join
    )
)
def test_no_mixture_of_hostile_pieces_gets_through(plain: Flask, source: str) -> None:
    harmless(str(markdown(source)))
    harmless(str(sanitise(source)))


@QUICK
@given(st.lists(st.sampled_from(PAYLOADS), max_size=3).map("".join))
def test_cleaning_twice_changes_nothing_more(plain: Flask, source: str) -> None:
    once = sanitise(source)
    assert sanitise(once) == once


def test_markdown_answers_before_anybody_gets_tired(plain: Flask) -> None:
    for bomb in ("[" * 20000, "*a_" * 5000, "> " * 2000 + "x", "- " * 2000, "<" * 20000, "`" * 20000, "![[" * 5000):
        harmless(str(markdown(bomb)))
