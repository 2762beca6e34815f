"""Debian's Chromium, driven by Playwright, against real processes."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.installation import Installation

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module: while it is open, no other test of this process may run an event loop of its own."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def everything(installation: Installation) -> Installation:
    """All processes of an installation, up."""
    installation.everything()
    return installation


@pytest.fixture
def open_window(chromium: Browser, everything: Installation) -> Iterator[Callable[..., Page]]:
    """Opens windows, each a visitor of its own; any error in a page's console fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def window(**options: Any) -> Page:
        context = chromium.new_context(base_url=everything.url, **{"viewport": PHONE, "locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield window
    for context in contexts:
        context.close()
    expected = ("404 (", "422 (", "410 (")
    assert [text for text in complaints if not any(part in text for part in expected)] == []


@pytest.fixture(scope="session", autouse=True)
def pictures() -> Iterator[Path]:
    """Where pictures of the pages go, for people to look at; not committed. They take time, so only when asked for."""
    folder = Path("pictures")
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        if "PICTURES" not in os.environ:
            patch.setattr(Page, "screenshot", lambda page, **options: b"")
        yield folder
