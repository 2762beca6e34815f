"""Writing a letter in the browser: with script it follows the writer, without it everything still works."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from campaign import campaigns, letters
from tests.support import people
from tests.support.edits import pair
from tests.support.forms import CAMPAIGN
from tests.support.mail import link, text, wait_for_mails
from tests.support.pages import assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]

Window = Callable[..., Page]
LINE = "My neighbour slept outside all winter, and I am ashamed of that."


def share(page: Page) -> int:
    """What the page says, in per cent."""
    words = page.locator("[data-share]").inner_text()
    return int(words.split("%")[0]) if "%" in words else {"So": 0, "All": 100}[words.split()[0]]


def measured(page: Page) -> int:
    """What the server says of the same words."""
    shown = people.page()
    whole = f"{page.input_value('#own_line')}\n\n{page.input_value('#body')}"
    return letters.share.of_version(letters.model(shown.id, "en", shown.title).version_id, whole)


def sign(page: Page) -> None:
    """The rest of the form."""
    for name, value in {"name": "Marie Peeters", "email": "marie@example.org", "postcode": "9000"}.items():
        page.fill(f"#{name}", value)
    page.check("#updates-no")
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")


def test_a_letter_is_written_on_a_phone(open_window: Window, tmp_path: Path) -> None:
    page = open_window()
    page.goto(CAMPAIGN)
    model, fact = page.input_value("#body"), page.locator("[data-fact]").nth(2)
    cited = str(fact.get_attribute("data-fact"))
    assert share(page) == measured(page) == 0
    expect(page.locator("[data-draft-note]")).to_be_hidden()
    page.fill("#own_line", LINE)
    assert share(page) == measured(page) > 0
    fact.get_by_role("checkbox").check()
    assert page.input_value("#body").count(cited) == 1
    expect(page.get_by_role("status").filter(has_text="The fact is in")).to_have_count(1)
    page.locator("#body").press("Control+a")
    page.locator("#body").press("ArrowRight")
    page.keyboard.type(" I count on you and I will remember what you do.")
    assert share(page) == measured(page) > 10
    page.get_by_role("radio", name="Minister for Asylum").check()
    expect(page.locator(".locked.to:visible")).to_contain_text("Dear Minister,")
    assert_accessible(page)
    assert_fits(page)
    written = page.input_value("#body")
    page.get_by_role("link", name="Back to the model text").click()
    assert (page.input_value("#own_line"), page.input_value("#body"), share(page)) == ("", model, 0)
    page.get_by_role("link", name="Bring my text back").click()
    assert (page.input_value("#own_line"), page.input_value("#body")) == (LINE, written)
    same_shares(page)
    draft(page, written)
    sign(page)
    assert page.evaluate("localStorage.length") == 0, "sent is no draft any more"
    (asked,) = wait_for_mails(tmp_path / "mail", 1)
    page.goto(link(asked))
    expect(page.locator("main")).to_contain_text("in your own words")


def same_shares(page: Page) -> None:
    """Of letters with known edits, the browser says what the server says."""
    pairs = [pair(seed) for seed in range(1000)]
    here = page.evaluate(
        """async (pairs) => {
            const { known } = await import(document.querySelector("[data-share-script]").dataset.shareScript);
            return pairs.map(([models, letter]) => known(models)(letter));
        }""",
        [[one.models, one.letter] for one in pairs],
    )
    assert here == [letters.share.own(one.letter, one.models) for one in pairs]


def draft(page: Page, written: str) -> None:
    """It is there after a reload, holds the letter only, and goes when told to; then the writer types it once more."""
    page.fill("#name", "Marie Peeters")
    page.reload()
    expect(page.locator("[data-draft-note]")).to_contain_text("Your draft from before is back")
    assert (page.input_value("#own_line"), page.input_value("#body")) == (LINE, written)
    assert "Marie" not in page.evaluate("JSON.stringify(localStorage)")
    page.get_by_role("button", name="Forget my draft").click()
    assert page.evaluate("localStorage.length") == 0
    page.fill("#own_line", LINE)
    assert page.evaluate("localStorage.length") == 1


def test_the_same_without_script_in_the_offices_language(open_window: Window, tmp_path: Path) -> None:
    page = open_window(java_script_enabled=False)
    page.goto(CAMPAIGN)
    page.get_by_role("link", name="Write it in Dutch").click()
    expect(page.locator("#body")).to_contain_text("Ik schrijf u")
    page.get_by_label("Why does it matter to you?").fill(LINE)
    page.get_by_role("checkbox").first.check()
    page.get_by_role("radio", name="Minister for Asylum").check()
    expect(page.locator(".locked.to:visible")).to_contain_text("Mevrouw de minister,")
    page.get_by_role("link", name="Back to the model text").click()
    expect(page.locator("#own_line")).to_have_value("")
    page.get_by_label("Why does it matter to you?").fill(LINE)
    page.get_by_role("checkbox").first.check()
    sign(page)
    (asked,) = wait_for_mails(tmp_path / "mail", 1)
    page.goto(link(asked))
    expect(page.get_by_text("What the model letter says in English")).to_be_visible()
    page.get_by_role("button", name="Send my letter").click()
    fact = next(one for one in campaigns.facts(people.page().id, "nl") if one.sentence)
    letter = text(wait_for_mails(tmp_path / "mail", 3)[1])
    assert LINE in letter
    assert "Ik schrijf u" in letter
    assert fact.sentence in " ".join(letter.split())
