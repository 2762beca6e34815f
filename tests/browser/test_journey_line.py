"""A slow 2G line: the form is filled in and posted while the rest of the page is still on its way."""

import pytest
from playwright.sync_api import Browser, Page, expect

from campaign.signatures import SignatureState
from tests.support.forms import CAMPAIGN
from tests.support.installation import Installation
from tests.support.pages import assert_fits, fill_in
from tests.support.people import all_signatures

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]

PHONE = {"width": 390, "height": 844}

# What browsers call slow-2g: two seconds for each answer and 50 kbit/s. Three times that here, as nobody compresses
# what the web process sends: nginx does, to a third.
SLOW = {"offline": False, "latency": 2000, "downloadThroughput": 150_000 / 8, "uploadThroughput": 50_000 / 8}


def slowed(page: Page) -> None:
    """Put the page on the line."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)


def test_a_letter_is_signed_over_a_slow_line(chromium: Browser, installation: Installation) -> None:
    installation.web()
    context = chromium.new_context(base_url=installation.url, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    slowed(page)
    page.goto(CAMPAIGN, wait_until="commit")
    button = page.get_by_role("button", name="Sign and send")
    expect(button).to_be_visible(timeout=60_000)
    fill_in(page, "marie@example.org", "I live in Gent. My neighbour slept outside all winter, and that must end now.")
    assert_fits(page)
    came = page.evaluate("document.readyState")
    button.click(no_wait_after=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail", timeout=60_000)
    assert [one.state for one in all_signatures()] == [SignatureState.PENDING]
    context.close()
    assert came != "complete", "the form did not wait for the rest"
