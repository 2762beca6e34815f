"""Every page at three widths, light and dark, in four languages: it fits, axe finds nothing, and there is a picture."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from campaign import accounts
from campaign.accounts import Role
from campaign.core import tokens
from campaign.core.addresses import parse
from campaign.core.db import transaction
from campaign.core.tokens import Purpose
from tests.support.forms import CAMPAIGN
from tests.support.installation import Installation
from tests.support.mail import link, wait_for_mails
from tests.support.pages import assert_accessible, assert_fits, fill_in

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(300)]

Window = Callable[..., Page]
PASSWORD = "a password for one test"
# Widths, themes and languages by pairs. `make pictures` takes all of them and renews the picture in the README.
EVERY = os.environ.get("PICTURES") == "all"
LOOKS = [(360, "dark", "fr"), (1280, "light", "de")]
if EVERY:
    LOOKS += [
        (360, "light", "nl"),
        (768, "dark", "de"),
        (1280, "light", "en"),
        (360, "light", "de"),
        (768, "light", "fr"),
        (768, "light", "nl"),
        (1280, "dark", "nl"),
        (1280, "dark", "en"),
    ]
LONG_NAME = "Marie-Antoinette van den Broecke-Vandenbroucke d’Hooghvorst de la Croix-Blanche"


def look(page: Page, name: str, pictures: Path) -> None:
    """Check the page and take its picture."""
    assert_fits(page)
    assert_accessible(page)
    page.screenshot(path=pictures / f"{name}.png", full_page=True)


def press(page: Page, button: Locator) -> None:
    """Click on what leads to another page, and be there."""
    with page.expect_navigation():
        button.click()


@pytest.mark.parametrize(("width", "theme", "lang"), LOOKS)
def test_pages_look_right(
    open_window: Window, everything: Installation, tmp_path: Path, pictures: Path, width: int, theme: str, lang: str
) -> None:
    page = open_window(viewport={"width": width, "height": 844}, color_scheme=theme)
    campaign = CAMPAIGN.replace("/en/", f"/{lang}/")
    mark = f"{width}-{theme}-{lang}"

    def shot(name: str) -> None:
        look(page, f"{name}-{mark}", pictures)

    page.goto(f"/{lang}/")
    shot("home")
    page.goto(campaign)
    shot("campaign")
    if EVERY and mark == "1280-light-en":
        page.screenshot(path="docs/pictures/campaign.png")
    press(page, page.locator("form.sign button[name=by]"))
    shot("campaign-errors")
    fill_in(page, "marie@example.org")
    page.fill("#name", LONG_NAME)
    press(page, page.get_by_role("button").and_(page.locator("[formaction$='/check']")))
    shot("check")
    press(page, page.locator("main button[name=by]"))
    shot("check-mail")
    (asked,) = wait_for_mails(tmp_path / "mail", 1)
    page.goto(link(asked))
    shot("confirm")
    press(page, page.locator("main button[type=submit]").first)
    wait_for_mails(tmp_path / "mail", 3)
    page.reload()
    shot("thanks")
    holder = tokens.sign(Purpose.MINE, parse("marie@example.org").hash.hex())
    for name, path in {
        "mine": f"/{lang}/mine?asked=yes",
        "mine-page": f"/{lang}/mine/{holder}",
        "mine-erase": f"/{lang}/mine/{holder}/erase",
        "own-mail": f"{campaign}/own-mail",
        "own-mail-thanks": f"{campaign}/own-mail/thanks",
        "live": f"{campaign}/live",
        "privacy": f"/{lang}/privacy",
        "demo-mail": "/demo/mail",
        "bad-link": "/confirm/nothing",
        "not-there": f"/{lang}/campaigns/nothing",
    }.items():
        page.goto(path)
        shot(name)
    page.goto(f"/{lang}/mine/{holder}")
    press(page, page.locator("main .row a").first)
    shot("mine-correct")
    her = tokens.read(Purpose.CONFIRM, link(asked).rpartition("/")[2])
    for name, purpose in {"not-me": Purpose.NOT_ME, "unsubscribe": Purpose.UNSUBSCRIBE}.items():
        page.goto(f"/{name}/{tokens.sign(purpose, her)}")
        shot(name)
    page.goto("/demo/mail")
    press(page, page.locator(".mails a").first)
    shot("demo-mail-open")
    staff_pages(page, shot)


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
