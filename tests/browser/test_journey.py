"""The main job as its users see it: a phone with script, a phone without, and a wall display in a second window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.forms import CAMPAIGN
from tests.support.installation import Installation
from tests.support.mail import link, text, wait_for_mails
from tests.support.pages import assert_accessible, assert_fits, fill_in

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]

Window = Callable[..., Page]
WORDS = "I live in Gent. My neighbour slept outside all winter, and that must end now."


def assert_letters(folder: Path, email: str) -> None:
    """Both ministers have the edited text, from us in the writer's name, with replies to the writer."""
    letters = wait_for_mails(folder, 3)[1:]
    assert len({letter["Message-ID"] for letter in letters}) == 2
    for letter in letters:
        assert WORDS in text(letter)
        assert letter["Subject"] == "A place for everyone"
        assert letter["From"].addresses[0].display_name == "Marie Peeters"
        assert letter["From"].addresses[0].username.startswith("letters+")
        assert letter["From"].addresses[0].domain == "mail.postbag.example"
        assert letter["Reply-To"].addresses[0].addr_spec == email
        assert letter["Message-ID"].endswith("@mail.postbag.example>")
    holders = {letter["To"].addresses[0].display_name for letter in letters}
    assert holders == {"Bart De Wever", "Anneleen Van Bossuyt"}


def test_a_letter_goes_from_a_phone_to_two_ministers_while_a_wall_display_counts(
    open_window: Window, everything: Installation, tmp_path: Path
) -> None:
    assert len(everything.pids()) == 5
    wall = open_window(viewport={"width": 1280, "height": 720})
    wall.goto(f"{CAMPAIGN}/live")
    expect(wall.locator("[data-value=signatures]").first).to_have_text("0")
    page = open_window()
    page.goto(CAMPAIGN)
    assert page.locator("form.sign").bounding_box()["y"] < 844, "the form's start is visible on a phone"  # type: ignore[index]
    page.fill("#name", "Marie")
    expect(page.locator("[data-follows=name]")).to_have_text("Marie")
    fill_in(page, "marie@example.org", WORDS)
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    page.reload()
    page.go_back()
    expect(page.locator("#body")).to_have_value(WORDS)
    (asked,) = wait_for_mails(tmp_path / "mail", 1)
    page.goto(link(asked))
    expect(page.locator("main")).to_contain_text(WORDS)
    assert everything_count(wall) == "0", "opening the link is not confirming"
    page.get_by_role("button", name="Send my letter").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert_letters(tmp_path / "mail", "marie@example.org")
    expect(wall.locator("[data-value=signatures]").first).to_have_text("1", timeout=10_000)
    expect(wall.locator("main")).to_contain_text("Marie, Gent", timeout=10_000)
    assert not wall.evaluate("performance.getEntriesByType('navigation')[0].type === 'reload'")
    page.reload()
    expect(page.locator("main")).to_contain_text("Delivered", ignore_case=True, timeout=10_000)
    page.goto(link(asked))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert len(wait_for_mails(tmp_path / "mail", 3)) == 3, "the link opened again sends nothing more"
    for one in (page, wall):
        assert_accessible(one)
        assert_fits(one)
        assert one.context.cookies() == []


def everything_count(page: Page) -> str | None:
    """The number on the wall."""
    return page.locator("[data-value=signatures]").first.text_content()


def test_the_same_without_script(open_window: Window, tmp_path: Path) -> None:
    page = open_window(java_script_enabled=False)
    page.goto(CAMPAIGN)
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_role("alert")).to_contain_text("Write your name")
    page.get_by_role("alert").get_by_role("link", name="Write your name").click()
    fill_in(page, "not an address", WORDS)
    page.get_by_role("button", name="Sign and send").click()
    expect(page.locator("#email-error")).to_contain_text("name@example.org")
    expect(page.locator("#body")).to_have_value(WORDS)
    page.fill("#email", "marie@example.org")
    page.get_by_role("button", name="Sign and send").click()
    (asked,) = wait_for_mails(tmp_path / "mail", 1)
    page.goto(link(asked))
    page.get_by_role("button", name="Send my letter").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert_letters(tmp_path / "mail", "marie@example.org")
