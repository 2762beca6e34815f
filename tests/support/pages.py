"""What a person checks on a page in the browser."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support.forms import BODY


def assert_accessible(page: Page) -> None:
    """Fail with what axe finds on the page."""
    results = Axe().run(page)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"


def assert_fits(page: Page) -> None:
    """Fail when the page is wider than its window."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{page.url}: {wide} px in a window of {window} px"


def fill_in(page: Page, email: str, body: str = BODY) -> None:
    """Fill in the form as a supporter does."""
    page.fill("#subject", "A place for everyone")
    page.fill("#body", body)
    page.fill("#name", "Marie Peeters")
    page.fill("#email", email)
    page.fill("#postcode", "9000")
    page.check("#updates-no")
    page.check("#public-name")
