"""Every public page and state, by pairs of width, theme and language: it fits, axe finds nothing, here is a picture."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from campaign import accounts
from campaign.accounts import Role
from campaign.core.db import session, transaction
from tests.support.installation import Installation
from tests.support.looks import LANGS, look
from tests.support.pages import assert_accessible, assert_fits
from tests.support.walk import CHANGED, changed, execute, press, walk

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(300)]

Window = Callable[..., Page]
PASSWORD = "a password for one test"
# One language here; `make pictures` and `make soak` take all of them, and renew the picture in the README.
EVERY = os.environ.get("PICTURES") == "all"
HERE = LANGS if EVERY else ("de",)


@pytest.mark.parametrize("lang", HERE)
def test_pages_look_right(
    open_window: Window, everything: Installation, tmp_path: Path, pictures: Path, lang: str
) -> None:
    page = open_window()
    seen: list[str] = []

    def shot(name: str) -> None:
        """Check the page at its width and in its theme, and take its picture."""
        seen.append(name)
        session().rollback()  # what was asked of the database meanwhile is over: looking takes its time
        chosen = look(len(seen), lang)
        page.set_viewport_size({"width": chosen.width, "height": 844})
        page.emulate_media(color_scheme=chosen.theme)
        assert_fits(page)
        assert_accessible(page)
        page.screenshot(path=pictures / f"{name}-{chosen}.png", full_page=True)
        if EVERY and (name, lang) == ("campaign", "en"):
            readme_picture(page)

    walk(page, lang, tmp_path / "mail", shot)
    staff_pages(page, shot)
    execute(CHANGED)
    everything.kill("web")
    everything.web()
    changed(page, lang, shot)
    assert len(seen) == len(set(seen)) > 40


def readme_picture(page: Page) -> None:
    """The campaign page as it opens."""
    page.set_viewport_size({"width": 1280, "height": 844})
    page.emulate_media(color_scheme="light")
    page.screenshot(path="docs/pictures/campaign.png")


def staff_pages(page: Page, shot: Callable[[str], None]) -> None:
    """Sign in with a wrong and the right password and look at the outbox."""
    with transaction():
        home = accounts.ensure_organisation("demo", "Demonstration")
        accounts.create_user("staff@postbag.example", PASSWORD, Role.CAMPAIGNER, home, actor="test")
    page.goto("/staff/outbox")
    shot("staff-sign-in")
    page.fill("#email", "staff@postbag.example")
    page.fill("#password", "wrong")
    press(page, page.locator("main button[type=submit]"))
    shot("staff-sign-in-errors")
    page.fill("#password", PASSWORD)
    press(page, page.locator("main button[type=submit]"))
    page.wait_for_url("**/staff/outbox**")
    shot("staff-outbox")
    page.goto("/staff/outbox?state=bounced")
    shot("staff-outbox-empty")
    page.goto("/staff/outbox?state=delivered")
    press(page, page.locator("a.row-link").first)
    shot("staff-message")
