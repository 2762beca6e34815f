"""Every page of the console that can be looked at, found from the routes: it fits, axe finds nothing, keys work."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from werkzeug.routing import Rule

from campaign import accounts, signatures
from campaign.accounts import Device, Role
from campaign.core.db import session, transaction
from campaign.outbox import Message
from campaign.signatures import Signature
from campaign.web import audience
from tests.support import people
from tests.support.console import member
from tests.support.forms import SLUG
from tests.support.installation import Installation
from tests.support.pages import assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(600)]

Window = Callable[..., Page]
EVERY = os.environ.get("PICTURES") == "all"
# Widths, themes and languages by pairs; each page has the next of them, and all of them with PICTURES=all.
LOOKS = [(360, "light", "nl"), (360, "dark", "fr"), (768, "dark", "de"), (1280, "light", "en")]
LONG_NAME = "Marie-Antoinette van den Broecke-Vandenbroucke d’Hooghvorst de la Croix-Blanche"
# States of pages beside the one that their address alone shows.
STATES = ["/staff/outbox?state=bounced", "/staff/search?q=Marie", "/staff/search?q=nobody", "/staff/campaigns/none"]
HOME = f"/staff/campaigns/{SLUG}"


@pytest.fixture
def console(chromium: Browser, installation: Installation) -> Iterator[Window]:
    """Opens windows of a member of staff whose organisation has signatures, or of a new one (`organisation`)."""
    people.supporter("marie@example.org", name=LONG_NAME)
    people.supporter("jan@example.org", name="Jan")
    installation.web()
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def window(lang: str = "en", organisation: str = "demo", **options: object) -> Page:
        id_ = member(Role.OWNER, f"{lang}{len(contexts)}@{organisation}.example", organisation)
        with transaction():
            accounts.save_profile(id_, "Ann", lang)
            home = accounts.ensure_organisation(organisation, organisation).id
            secret = accounts.begin(id_, home, Device("Firefox", "Linux"))
        options = {"viewport": {"width": 1280, "height": 844}, **options}
        context = chromium.new_context(base_url=installation.url, **options)
        context.add_cookies([{"name": "staff", "value": secret, "url": installation.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        return page

    yield window
    for context in contexts:
        context.close()
    # The live process does not run here, and one of the pages is not there.
    assert [text for text in complaints if "404 (" not in text and "ERR_CONNECTION" not in text] == []


def drafted() -> UUID:
    """News that nobody has sent."""
    words = {lang: {"subject": "A first step", "body": "They answered. We go on."} for lang in ("en", "fr", "nl", "de")}
    with transaction():
        return signatures.news.draft(people.page().id, words, actor="test")


def pages(app: Flask) -> list[str]:
    """The address of each page of the console whose arguments are known."""
    known = {
        "slug": SLUG,
        "message_id": session().scalars(select(Message.id)).first(),
        "signature_id": session().scalars(select(Signature.id)).first(),
        "news_id": drafted(),
    }

    def looked_at(rule: Rule) -> bool:
        declared = audience.of(app, rule.endpoint)
        if declared is None or declared.kind != "staff":
            return False
        return "GET" in (rule.methods or ()) and rule.arguments <= known.keys()

    urls = app.url_map.bind("localhost")
    rules = [rule for rule in app.url_map.iter_rules() if looked_at(rule)]
    return sorted({urls.build(rule.endpoint, {name: known[name] for name in rule.arguments}) for rule in rules})


def is_page(window: Page, path: str) -> bool:
    """Whether there is a page at an address, and not a file, data or a part of a page for a script."""
    answer = window.request.get(path)
    return "text/html" in answer.headers.get("content-type", "") and answer.text().startswith("<!doctype html>")


def test_each_page_of_the_console_looks_right(console: Window, seeded: Flask, pictures: Path) -> None:
    addresses = pages(seeded)
    assert {"/staff/", HOME, "/staff/style", "/staff/search"} <= set(addresses)
    windows = [
        console(lang, viewport={"width": width, "height": 844}, color_scheme=theme) for width, theme, lang in LOOKS
    ]
    seen = [path for path in addresses if is_page(windows[0], path)] + STATES
    for number, path in enumerate(seen):
        for window, (width, theme, lang) in zip(windows, LOOKS, strict=True):
            if EVERY or windows[number % len(LOOKS)] is window:
                window.goto(path)
                assert_fits(window)
                assert_accessible(window)
                name = path.strip("/").replace("/", "-").replace("?", "-").replace("=", "-")
                window.screenshot(path=pictures / f"{name}-{width}-{theme}-{lang}.png", full_page=True)


def test_an_organisation_without_anything_reads_what_to_do_next(console: Window, pictures: Path) -> None:
    window = console(organisation="new", viewport={"width": 360, "height": 844})
    for path in ("/staff/", "/staff/outbox"):
        window.goto(path)
        expect(window.locator(".empty")).to_be_visible()
        assert_fits(window)
        assert_accessible(window)
        window.screenshot(path=pictures / f"new{path.replace('/', '-')}.png", full_page=True)


def test_the_keyboard_reaches_everything(console: Window) -> None:
    window = console()
    window.goto(HOME)
    window.keyboard.press("?")
    expect(window.locator("dialog[open]")).to_be_visible()
    assert_accessible(window)
    window.keyboard.press("Escape")
    expect(window.locator("dialog[open]")).to_have_count(0)
    window.keyboard.press("/")
    expect(window.locator("#side-q")).to_be_focused()
    window.keyboard.type("go?j")
    expect(window.locator("#side-q")).to_have_value("go?j")
    expect(window.locator("dialog[open]")).to_have_count(0)
    window.locator("#side-q").blur()
    with window.expect_navigation(url="**/staff/outbox"):
        window.keyboard.press("g")
        window.keyboard.press("o")
    rows_answer(window)


def rows_answer(window: Page) -> None:
    """Rows are walked through and opened."""
    for key in ("j", "j", "k"):
        window.keyboard.press(key)
    expect(window.locator("[data-rows] tbody tr:focus")).to_have_count(1)
    with window.expect_navigation(url=re.compile(r"/staff/outbox[/?]")):
        window.keyboard.press("Enter")


def test_single_keys_can_be_turned_off(console: Window) -> None:
    window = console()
    window.goto(HOME)
    window.get_by_role("button", name="Keys").click()
    window.get_by_label("Use these keys in this browser").uncheck()
    window.reload()
    window.keyboard.press("?")
    expect(window.locator("dialog[open]")).to_have_count(0)
    window.get_by_role("button", name="Keys").click()
    expect(window.get_by_label("Use these keys in this browser")).not_to_be_checked()


def test_undo_is_at_hand_and_the_message_stays_until_it_is_closed(console: Window) -> None:
    window = console()
    window.goto("/staff/style")
    window.get_by_role("button", name="Say something").click()
    toast = window.locator(".toasts .toast")
    expect(toast).to_contain_text("This is what a page says after an act.")
    with window.expect_navigation():
        window.keyboard.press("u")
    expect(toast).to_contain_text("It is as it was before.")
    toast.get_by_role("button", name="Close this message").click()
    expect(toast).to_have_count(0)


def test_the_menu_opens_on_a_phone_without_script(console: Window) -> None:
    window = console(java_script_enabled=False, viewport={"width": 360, "height": 740})
    window.goto(HOME)
    link = window.get_by_role("link", name="Audit log")
    expect(link).to_be_hidden()
    window.locator(".side-menu summary").click()
    expect(link).to_be_visible()
    assert_fits(window)
    with window.expect_navigation(url="**/staff/audit"):
        link.click()


def test_tab_begins_with_the_way_to_the_content(console: Window) -> None:
    window = console()
    window.goto(HOME)
    window.keyboard.press("Tab")
    expect(window.locator(".skip")).to_be_focused()
    window.keyboard.press("Enter")
    expect(window.locator("main")).to_be_focused()
