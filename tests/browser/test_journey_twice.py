"""Each button clicked twice, and back and forth at each step: one signature, one set of letters, nothing lost."""

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from campaign import signatures
from campaign.core import tokens
from campaign.core.db import session
from campaign.core.tokens import Purpose
from campaign.signatures import SignatureState
from tests.support import people
from tests.support.forms import BODY, CAMPAIGN
from tests.support.installation import Installation
from tests.support.pages import fill_in

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]

PHONE = {"width": 390, "height": 844}

EMAIL = "marie@example.org"


@pytest.fixture
def page(chromium: Browser, installation: Installation) -> Iterator[Page]:
    """A phone, and the web process alone: what would be sent stays in the ledger and is counted there."""
    installation.web()
    context = chromium.new_context(base_url=installation.url, viewport=PHONE)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def twice(page: Page, name: str, then: str) -> None:
    """Click twice, be on the page with that heading, go back and forth, and be there again."""
    session().rollback()  # what was asked of the database is over: clicking takes its time
    page.get_by_role("button", name=name).first.dblclick()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(then)
    page.go_back()
    page.go_forward()
    expect(heading).to_contain_text(then)


def written() -> tuple[list[str], dict[str, int]]:
    """The states of all signatures, and how many messages there are of each kind."""
    states = [str(one.state) for one in people.all_signatures()]
    return states, {kind: people.mails(kind=kind) for kind in ("confirmation", "letter", "access")}


def test_every_step_can_be_taken_twice(page: Page) -> None:
    own_mail(page)
    page.goto(CAMPAIGN)
    fill_in(page, "mari@example.org")
    check = page.get_by_role("button", name="Check my letter first")
    check.dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your letter")
    page.go_back()
    expect(page.locator("#body")).to_have_value(BODY)
    expect(page.locator("#name")).to_have_value("Marie Peeters")
    check.click()
    send = page.get_by_role("button", name="Send my letter to 2 offices")
    send.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your letter")
    expect(page.locator("main")).to_contain_text(BODY)
    send.dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    page.reload()
    assert written() == (["pending"], {"confirmation": 1, "letter": 0, "access": 0})
    twice(page, "Send the mail again", "Check your mail")
    page.get_by_text("My address was wrong").click()
    page.get_by_label("Your right address").fill(EMAIL)
    twice(page, "Send the mail there", "Check your mail")
    (signed,) = (one for one in people.all_signatures() if one.email == EMAIL)
    code = signatures.codes.code_of(signed.id, signed.email_hash)
    page.get_by_label("Code of six digits").fill(code)
    twice(page, "Confirm with the code", "Thank you")
    assert Counter(written()[0])["confirmed"] == 1
    assert written()[1] == {"confirmation": 2, "letter": 2, "access": 0}
    page.goto(f"/confirm/{tokens.sign(Purpose.CONFIRM, signed.id.hex)}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    page.goto(CAMPAIGN)
    fill_in(page, EMAIL)
    twice(page, "Sign and send", "Check your mail")
    assert (Counter(written()[0])["confirmed"], written()[1]["letter"]) == (1, 2), "whoever signed signs once"
    her_own(page)


def own_mail(page: Page) -> None:
    """From one's own mail: said twice, counted once."""
    page.goto(f"{CAMPAIGN}/own-mail")
    twice(page, "I have sent it", "Thank you")
    assert signatures.own_mail.total(people.page().id) == 1


def her_own(page: Page) -> None:
    """All that is here of her: corrected, taken back and erased, each by two clicks."""
    page.goto("/en/mine")
    page.get_by_label("Email").fill(EMAIL)
    twice(page, "Mail me the link", "My signatures and letters")
    assert written()[1]["access"] == 1
    mine = f"/en/mine/{tokens.sign(Purpose.MINE, people.holder(EMAIL))}"
    page.goto(mine)
    page.get_by_role("link", name="Look at it and correct it").click()
    page.get_by_label("Your name").fill("Marie Peeters-Janssens")
    twice(page, "Keep the correction", "My signatures and letters")
    assert [one.name for one in people.all_signatures() if one.state == SignatureState.CONFIRMED] == [
        "Marie Peeters-Janssens"
    ]
    twice(page, "Take my signature back", "My signatures and letters")
    assert "confirmed" not in written()[0]
    page.get_by_role("link", name="Erase it all").click()
    session().rollback()
    everything = page.get_by_role("button", name="Erase everything")
    everything.dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Erased")
    page.go_back()
    everything.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Erased")
    assert not any(one.email == EMAIL or "Janssens" in one.name for one in people.all_signatures())
