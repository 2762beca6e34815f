"""A tenure ends: who follows is shown before, and the letters that wait go to the successor after."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from campaign import accounts
from campaign.accounts import Device, Role
from campaign.core.db import transaction
from campaign.targets import plan_import
from tests.support import people
from tests.support.console import member
from tests.support.installation import Installation
from tests.support.mail import wait_for_mails
from tests.support.pages import assert_accessible, assert_fits
from tests.support.register import as_file, chamber, done, organisation, post

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(300)]

OFFICE = "Minister for Asylum and Migration"
LOOKS = [(360, "light"), (768, "dark"), (1280, "light")]
LONG_NAME = "Marie-Antoinette van den Broecke-Vandenbroucke d’Hooghvorst de la Croix-Blanche"


@pytest.fixture
def window(chromium: Browser, installation: Installation) -> Iterator[Page]:
    """The console of an owner, and two letters to each office that wait because no worker runs."""
    for name in ("marie", "jan"):
        people.supporter(f"{name}@example.org", name=name.title())
    id_ = member(Role.OWNER, "owner@demo.example")
    with transaction():
        secret = accounts.begin(id_, accounts.ensure_organisation("demo", "demo").id, Device("Firefox", "Linux"))
    installation.web()
    context = chromium.new_context(base_url=installation.url, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "staff", "value": secret, "url": installation.url}])
    yield context.new_page()
    context.close()


def test_a_tenure_ends_and_the_letters_that_wait_follow(
    window: Page, installation: Installation, tmp_path: Path
) -> None:
    window.goto("/staff/register?q=asylum")
    window.get_by_role("link", name=OFFICE).click()
    window.get_by_role("link", name="End the tenure of Anneleen Van Bossuyt").click()
    window.get_by_role("button", name="See what would happen").click()
    expect(window.get_by_text("2 letters that have not left will wait.")).to_be_visible()
    expect(window.get_by_text("Shelter is the law").first).to_be_visible()
    window.get_by_role("button", name="Do this").click()
    expect(window.get_by_role("heading", name="Letters to this office wait")).to_be_visible()

    window.get_by_role("link", name="New holder").click()
    window.get_by_label("Name", exact=True).fill("Nele Next")
    window.get_by_role("button", name="See what would happen").click()
    expect(window.get_by_text("2 letters that have not left go to Nele Next.")).to_be_visible()
    window.get_by_role("button", name="Do this").click()
    expect(window.get_by_role("link", name="Nele Next", exact=True)).to_be_visible()

    installation.worker("letters", 1)
    written = wait_for_mails(tmp_path / "mail", 4, 60)
    assert sorted(letter["To"].partition("<")[0].strip(' "') for letter in written) == [
        "Bart De Wever", "Bart De Wever", "Nele Next", "Nele Next",
    ]  # fmt: skip


def test_each_page_of_the_register_fits_and_can_be_read_by_everybody(window: Page, pictures: Path) -> None:
    whose, data = organisation(), chamber(60)
    data["persons"][0]["name"] = LONG_NAME
    done(plan_import(whose, "chamber.json", as_file(data)), whose)
    pages = ["", "/bodies", "/persons", "/check", "/changes", "/import", "/bodies/add", "?q=nothing"]
    pages += [f"/posts/{post()}{act}" for act in ("", "/holder", "/contact", "/change")]
    window.goto(f"/staff/register/posts/{post()}/holder")
    window.get_by_label("Name", exact=True).fill(LONG_NAME)
    window.get_by_role("button", name="See what would happen").click()
    pages.append(window.url.partition("/staff/register")[2])
    window.goto("/staff/register/changes")
    window.get_by_role("link", name="chamber.json").click()
    pages.append(window.url.partition("/staff/register")[2])
    for number, path in enumerate(pages):
        width, theme = LOOKS[number % len(LOOKS)]
        window.set_viewport_size({"width": width, "height": 844})
        window.emulate_media(color_scheme=theme)
        window.goto(f"/staff/register{path}")
        assert_fits(window)
        assert_accessible(window)
        window.screenshot(path=pictures / f"register-{number}-{width}-{theme}.png", full_page=True)
