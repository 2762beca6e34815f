"""By roles and labels alone, with back button and double click at each step: someone signs, then changes her mind."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from campaign import signatures
from campaign.signatures import SignatureState
from tests.support.forms import CAMPAIGN
from tests.support.installation import Installation
from tests.support.mail import text, wait_for_mails
from tests.support.pages import assert_accessible, assert_fits
from tests.support.people import all_signatures

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]

Window = Callable[..., Page]
WORDS = "I live in Gent. My neighbour slept outside all winter, and that must end now."


def heading(page: Page, words: str) -> None:
    """Be on the page with that heading; axe itself needs script."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    assert_fits(page)
    if page.evaluate("matchMedia('(scripting: enabled)').matches"):
        assert_accessible(page)


def fill_in(page: Page, email: str) -> None:
    """As somebody does who hears the page: by the names of its fields."""
    page.get_by_label("Your words").fill(WORDS)
    page.get_by_label("Your name").fill("Wilhelmina Zoetemelk")
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Postcode").fill("9000")
    page.get_by_role("radio", name="Yes, send me news").check()
    page.get_by_role("radio", name="With my first name").check()


def mailed(folder: Path, email: str, number: int) -> EmailMessage:
    """The newest mail to an address, once there are so many."""
    return [mail for mail in wait_for_mails(folder, number) if email in str(mail["To"])][-1]


def sign(page: Page, email: str, folder: Path, mails: int) -> None:
    """From the campaign page to the letters, by the code."""
    page.goto(CAMPAIGN)
    fill_in(page, email)
    page.get_by_role("button", name="Check my letter first").click()
    heading(page, "Check your letter")
    expect(page.get_by_role("article").first).to_contain_text(WORDS)
    page.get_by_role("button", name="Change the letter").click()
    expect(page.get_by_label("Your words")).to_have_value(WORDS)
    page.get_by_role("button", name="Check my letter first").click()
    page.get_by_role("button", name="Send my letter to 2 offices").dblclick()
    heading(page, "Check your mail")
    page.go_back()
    page.go_forward()
    code = re.search(r"^\d{3} \d{3}$", text(mailed(folder, email, mails)), re.MULTILINE)
    assert code
    page.get_by_label("Code of six digits").fill("000000")
    page.get_by_role("button", name="Confirm with the code").click()
    expect(page.get_by_role("alert")).to_contain_text("does not fit")
    page.get_by_label("Code of six digits").fill(code[0])
    page.get_by_role("button", name="Confirm with the code").dblclick()
    heading(page, "Thank you")


def erase(page: Page, email: str, folder: Path, mails: int) -> None:
    """From the letters to nothing."""
    page.get_by_role("link", name="Correct it, take it back or erase it").click()
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Mail me the link").dblclick()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    found = re.search(r"https?://[^/\s]+(/en/mine/\S+)", text(mailed(folder, email, mails)))
    assert found
    page.goto(found[1])
    heading(page, "My signatures and letters")
    expect(page.get_by_role("article")).to_contain_text("Wilhelmina Zoetemelk")
    page.get_by_role("button", name="Take my signature back").click()
    expect(page.get_by_role("status")).to_contain_text("taken back")
    page.get_by_role("link", name="Erase it all").click()
    page.go_back()
    page.go_forward()
    page.get_by_role("button", name="Erase everything").click()
    heading(page, "Erased")
    page.goto(found[1])
    expect(page.get_by_role("main")).to_contain_text("We keep nothing of this address")


def test_someone_changes_her_mind_and_erases_everything(
    open_window: Window, everything: Installation, tmp_path: Path
) -> None:
    folder = tmp_path / "mail"
    for number, script in enumerate((False, True)):
        page, email = open_window(java_script_enabled=script), f"mina{number}@example.org"
        # The letters of the one before are erased with their files.
        sign(page, email, folder, 1)
        wait_for_mails(folder, 3)
        if script:
            expect(page.get_by_label("Your link")).to_have_value(re.compile("ref="))
        page.reload()
        erase(page, email, folder, 4)
        assert list((folder / "new").glob("*")) == []
        assert page.context.cookies() == []
    assert {one.state for one in all_signatures()} == {SignatureState.WITHDRAWN}
    assert [one.name for one in all_signatures()] == ["", ""]
    assert signatures.news.audience(all_signatures()[0].campaign_id) == 0
    assert not any(b"Zoetemelk" in path.read_bytes() for path in tmp_path.glob("*.log"))
