"""Every mail in every language is, word for word, the one in golden/; a change to a mail shows there.

After a change that is meant: `REWRITE_GOLDEN=1 make test ARGS=tests/mail`, then read what git shows.
"""

import os
import re
from pathlib import Path

import pytest
from flask import Flask

from campaign.core.i18n import CODES
from tests.mail.page import Page
from tests.mail.writing import part, read, shown, write_all

GOLDEN = Path(__file__).parent / "golden"
# Mails to supporters, with how many links each has.
TO_SUPPORTERS = {"confirmation": 2, "already-signed": 1, "access": 1, "news": 1}
LONGEST_LINE = 998  # octets without CRLF: RFC 5322, 2.1.1

Mails = dict[str, bytes]


@pytest.fixture(params=CODES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def mails(seeded: Flask, monkeypatch: pytest.MonkeyPatch, lang: str) -> Mails:
    return write_all(seeded, monkeypatch, lang)


def test_every_mail_is_the_golden_one(mails: Mails, lang: str) -> None:
    folder = GOLDEN / lang
    if os.environ.get("REWRITE_GOLDEN") == "1":
        rewrite(folder, mails)
    assert {path.stem for path in folder.glob("*.txt")} == mails.keys()
    for name, raw in mails.items():
        assert shown(raw) == (folder / f"{name}.txt").read_text(encoding="utf-8"), f"{lang}/{name} has changed"


def rewrite(folder: Path, mails: Mails) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.txt"):
        path.unlink()
    for name, raw in mails.items():
        (folder / f"{name}.txt").write_text(shown(raw), encoding="utf-8")


def test_text_and_html_say_the_same(mails: Mails) -> None:
    both = {name: raw for name, raw in mails.items() if part(raw, "html")}
    assert both.keys() == set(TO_SUPPORTERS)
    for raw in both.values():
        page, text = Page(part(raw, "html")), part(raw, "plain")
        assert page.heading.strip() == read(raw)["Subject"], "which the text need not repeat"
        assert page.words.split() == [word for word in text.split() if word != "-"], "but for the marks of a list"
        assert page.button.strip(), "the button says in words where the link leads"


def test_a_mail_has_few_links_and_each_stands_on_a_line_of_its_own(mails: Mails) -> None:
    for name, number in TO_SUPPORTERS.items():
        html, text = part(mails[name], "html"), part(mails[name], "plain")
        links = Page(html).links
        assert len(links) == number
        assert set(links) <= set(text.splitlines())
        assert set(re.findall(r"\w+://[^\s\"'<>)]+", html)) == set(links), "nothing is fetched from anywhere"


def test_what_was_not_asked_for_can_be_ended_with_one_click(mails: Mails) -> None:
    for name, raw in mails.items():
        assert (read(raw)["List-Unsubscribe"] is not None) == (name == "news"), name
    ended = read(mails["news"])
    assert ended["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert ended["List-Unsubscribe"] == f"<{Page(part(mails['news'], 'html')).links[0]}>"


def test_html_needs_neither_pictures_nor_tables_and_knows_the_dark(mails: Mails, lang: str) -> None:
    for name in TO_SUPPORTERS:
        html = part(mails[name], "html")
        assert not {"img", "table", "script", "link", "form"} & set(Page(html).tags)
        assert '<meta name="color-scheme" content="light dark">' in html
        assert "prefers-color-scheme: dark" in html, "kept when the other rules are inlined"
        assert f'<html lang="{lang}">' in html


def test_a_letter_is_plain_text_and_its_footer_is_a_signature(mails: Mails) -> None:
    for name in mails.keys() - TO_SUPPORTERS.keys():
        assert read(mails[name]).get_content_type() == "text/plain"
        _letter, _mark, footer = part(mails[name], "plain").partition("\n-- \n")
        assert len(footer.splitlines()) == 4, "short, and folded away by mail programs"


def on_the_wire(raw: bytes) -> None:
    """Any server on the way takes it as it is."""
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= LONGEST_LINE


def test_mails_are_ascii_in_short_lines_on_the_wire(mails: Mails) -> None:
    for raw in mails.values():
        on_the_wire(raw)


def test_so_are_the_longest_that_anybody_can_write(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    longest = {"name": "Ő" * 100, "subject": "ű" * 150, "body": "é" * 8000}
    for raw in write_all(seeded, monkeypatch, "nl", **longest).values():
        on_the_wire(raw)
        assert "Ő" * 100 in part(raw, "plain")


def test_markup_in_a_name_stays_text(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    name = '<b>Zoé</b> & "Co"'
    raw = write_all(seeded, monkeypatch, "fr", name=name)["confirmation"]
    assert name in Page(part(raw, "html")).words
    assert name in part(raw, "plain")
