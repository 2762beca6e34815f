"""Making a campaign in a browser: from a title to letters that offices get, and two people at one text."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from campaign import accounts
from campaign.accounts import Device, Role
from campaign.core.db import transaction
from tests.support.console import member
from tests.support.installation import Installation
from tests.support.mail import link, text, wait_for_mails
from tests.support.pages import assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(300)]

LOOKS = [(360, "light"), (768, "dark"), (1280, "light")]
LONG = "Keep-Donaudampfschifffahrtsgesellschaftskapitaen and everybody’s reception places open this winter"
SEEDED = "/staff/campaigns/shelter-is-the-law/making"
STEPS = ["", "/basics", "/story", "/targets", "/languages", "/privacy", "/check", "/closing", "/preview"]


@pytest.fixture
def console(chromium: Browser, installation: Installation) -> Iterator[Callable[[str], Page]]:
    """The consoles of members of staff, by the names of their mailboxes; the web process runs."""
    installation.web()
    contexts: list[BrowserContext] = []

    def window(name: str) -> Page:
        id_ = member(Role.OWNER, f"{name}@demo.example")
        with transaction():
            secret = accounts.begin(id_, accounts.ensure_organisation("demo", "demo").id, Device("Firefox", "Linux"))
        context = chromium.new_context(base_url=installation.url, viewport={"width": 390, "height": 844})
        context.add_cookies([{"name": "staff", "value": secret, "url": installation.url}])
        contexts.append(context)
        return context.new_page()

    yield window
    for context in contexts:
        context.close()


def begin(page: Page, title: str) -> str:
    """A draft; answers the address of its steps."""
    page.goto("/staff/")
    page.get_by_role("link", name="New campaign").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Make a draft").click()
    page.wait_for_url(re.compile("/making/story"))
    return page.url.rpartition("/")[0]


def test_two_people_edit_the_same_text_and_nothing_is_lost(console: Callable[[str], Page]) -> None:
    ann, bob = console("ann"), console("bob")
    path = begin(ann, "Keep it open")
    bob.goto(f"{path}/story")
    ann.get_by_label("Ask").fill("Ann wrote this.")
    expect(ann.locator("[data-saved]")).to_have_text("Saved.")
    ann.get_by_label("Story").fill("Why **now**.")
    expect(ann.locator("[data-said] strong")).to_have_text("now")
    bob.get_by_label("Ask").fill("Bob wrote that.")
    bob.get_by_role("button", name="Look at both texts").click()
    expect(bob.get_by_text("Ann wrote this.")).to_be_visible()
    assert_accessible(bob)
    assert_fits(bob)
    bob.get_by_label("Yours. Change it to put both together.").fill("Ann wrote this. Bob wrote that.")
    bob.get_by_role("button", name="Save these").click()
    expect(bob.get_by_label("Ask")).to_have_value("Ann wrote this. Bob wrote that.")
    bob.reload()
    expect(bob.get_by_label("Story")).to_have_value("Why **now**.")


def test_each_step_fits_and_can_be_read_by_everybody(console: Callable[[str], Page], pictures: Path) -> None:
    page = console("ann")
    path = begin(page, LONG)
    paths = [f"{path}{step}" for step in STEPS] + [
        "/staff/campaigns/new",
        "/staff/campaigns/shelter-is-the-law/making/languages?lang=de",
    ]
    for number, address in enumerate(paths):
        width, theme = LOOKS[number % len(LOOKS)]
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=theme)
        page.goto(address)
        page.screenshot(path=pictures / f"making-{number}-{width}-{theme}.png", full_page=True)
        assert_fits(page)
        assert_accessible(page)


BODY = "Please keep every reception place open this winter.\n\nI would be grateful to hear what you will do."
FRENCH = "Merci de garder toutes les places d’accueil ouvertes cet hiver."


def write_letter(page: Page, path: str, lang: str, subject: str, opening: str, body: str) -> None:
    """The letter in one language, ending with the writer's name."""
    page.goto(f"{path.removesuffix('/making')}/letter?lang={lang}")
    page.locator("#subject").fill(subject)
    page.locator("#opening").fill(opening)
    page.locator("#body").fill(body)
    page.locator("#closing").fill("Yours\n{name}")
    page.get_by_role("button", name="Save for supporters").click()
    page.wait_for_load_state()


def choose_offices(page: Page, path: str) -> None:
    """Two ministers of the register, the first one's address checked."""
    for word, office in (("prime", "Prime Minister"), ("asylum", "Minister for Asylum and Migration")):
        page.goto(f"{path}/targets?q={word}")
        page.get_by_role("button", name=f"Add {office}").click()
    page.get_by_role("button", name="I checked the address of Prime Minister today").click()


def translate(page: Page, path: str) -> None:
    """All texts into French, switched on."""
    page.goto(f"{path}/languages")
    page.get_by_role("button", name="Add Français").click()
    page.locator("#title_fr").fill("Gardez-les ouvertes")
    page.locator("#lead_fr").fill("Écrivez maintenant.")
    page.locator("#story_fr").fill("Parce que l’hiver vient.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Switch Français on").click()
    page.wait_for_load_state()


def previewed(page: Page, path: str) -> str:
    """The letter to the first office as the preview shows it, and a test letter of it."""
    page.goto(f"{path.removesuffix('/making')}/letter/preview?lang=en")
    shown = page.locator(".letter-body").text_content() or ""
    page.get_by_role("button", name="Send me this letter").click()
    page.wait_for_load_state()
    return shown


def test_a_new_person_makes_a_campaign_and_a_letter_arrives_as_previewed(
    console: Callable[[str], Page], installation: Installation, tmp_path: Path
) -> None:
    began, page = time.monotonic(), console("ann")
    path = begin(page, "Keep them open")
    page.get_by_label("Ask").fill("Write to them now.")
    page.get_by_label("Story").fill("Winter is coming.")
    page.get_by_role("button", name="Save and go on").click()
    choose_offices(page, path)
    write_letter(page, path, "en", "Keep them open", "{salutation},", BODY)
    translate(page, path)
    write_letter(page, path, "fr", "Gardez-les ouvertes", "{salutation},", FRENCH)
    shown = previewed(page, path)
    for lane in ("people", "letters"):
        installation.worker(lane, 1)
    wait_for_mails(tmp_path / "mail", 1, 60)
    page.goto(f"{path}/check")
    page.get_by_role("button", name="Open now").click()
    expect(page.get_by_text("People can sign now.")).to_be_visible()
    print(f"made, translated, previewed and opened in {time.monotonic() - began:.1f} s")

    page.goto("/en/campaigns/keep-them-open")
    page.fill("#name", "Marie Peeters")
    page.fill("#email", "marie@example.org")
    page.fill("#postcode", "9000")
    page.check("#updates-no")
    page.get_by_role("button", name="Sign and send").click()
    mails = wait_for_mails(tmp_path / "mail", 2, 60)
    asked = next(mail for mail in mails if mail["To"].addresses[0].addr_spec == "marie@example.org")
    page.goto(link(asked))
    page.get_by_role("button", name="Send my letter").click()
    arrived = wait_for_mails(tmp_path / "mail", 4, 60)
    letter = next(mail for mail in arrived if "De Wever" in mail["To"] and mail["Subject"] == "Keep them open")
    seen, body = (whole.partition("\n-- ")[0].strip() for whole in (shown, text(letter)))
    assert seen.replace(seen.splitlines()[-1], "Marie Peeters") == body
