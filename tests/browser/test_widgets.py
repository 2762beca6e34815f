"""The examples of docs/embed.md on pages of another origin: one without a policy, one with the strictest."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect
from sqlalchemy import select

from campaign import accounts
from campaign.accounts import Device, Organisation, Role
from campaign.campaigns import embedders
from campaign.core.db import session, transaction
from tests.support import people
from tests.support.console import member
from tests.support.forms import BODY, SLUG
from tests.support.host import Host, examples, policies, serving
from tests.support.installation import Installation
from tests.support.pages import assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]

STRICT = "default-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
# A browser may refuse storage to frames; a script of ours that asked for it would then complain.
STORED = "() => { try { return localStorage.length + sessionStorage.length } catch { return 0 } }"
NUMBER = "campaign-counter >> strong"


@pytest.fixture
def host() -> Iterator[Host]:
    """Somebody else's site."""
    with serving() as site:
        yield site


@pytest.fixture
def site(installation: Installation, host: Host) -> Installation:
    """Web and live, and a campaign whose form the host may show."""
    installation.web()
    installation.live()
    with transaction():
        owner = session().scalars(select(Organisation.id)).one()
        embedders.add(people.page().id, "Partner", "partner", [host.url], actor="test", organisation_id=owner)
    return installation


class Windows:
    """Visitors, what they asked for, and what their consoles complain of."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.contexts: list[BrowserContext] = []
        self.asked: list[str] = []
        self.complaints: list[str] = []

    def open(self, address: str, **options: object) -> Page:
        """A new visitor at an address."""
        context = self._browser.new_context(viewport={"width": 800, "height": 1000}, **options)  # type: ignore[arg-type]
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(address)
        return page

    def origins(self) -> set[str]:
        """Who was asked."""
        return {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in self.asked if not url.startswith("data:")}


@pytest.fixture
def windows(chromium: Browser) -> Iterator[Windows]:
    """Opens windows."""
    opened = Windows(chromium)
    yield opened
    for context in opened.contexts:
        context.close()


def frame(page: Page, name: str) -> FrameLocator:
    """The frame whose address ends so; it is fetched when somebody gets there."""
    page.locator(f"iframe[src*='/{name}?']").scroll_into_view_if_needed()
    return page.frame_locator(f"iframe[src*='/{name}?']")


def assert_keeps_nothing(page: Page) -> None:
    """No cookie and no storage, in the page or in a frame."""
    assert page.context.cookies() == []
    for one in page.frames:
        assert one.evaluate(STORED) == 0, one.url


def sign(form: FrameLocator, email: str) -> None:
    """Fill in the form and send it."""
    form.locator("#body").fill(BODY)
    form.locator("#name").fill("Marie Peeters")
    form.locator("#email").fill(email)
    form.locator("#postcode").fill("9000")
    form.locator("#updates-no").check()
    form.get_by_role("button", name="Sign and send").click()
    expect(form.get_by_role("heading", level=1)).to_have_text("Check your mail")


def test_widgets_work_on_pages_of_others_and_look_right(
    host: Host, site: Installation, windows: Windows, pictures: Path
) -> None:
    many = a_hundred_cost_one_request_and_one_stream(host, site, windows)
    alone = without_streams(host, site, windows)
    lax, strict = the_examples(host, site, windows)
    found = people.all_signatures()
    assert {signature.source for signature in found} == {"partner"}
    people.confirm(found[0].id)
    for page in (many, alone, lax, strict):
        expect(page.locator(NUMBER)).to_have_text("1", timeout=20_000)
    for page in (lax, strict):
        expect(frame(page, "counter").locator("[data-value=signatures]")).to_have_text("1")
    expect(lax.locator("#so-far")).to_have_text("1")
    site.kill("live")
    people.confirm(found[1].id)
    for page in (alone, lax, strict):
        expect(page.locator(NUMBER)).to_have_text("2", timeout=20_000)
        assert_keeps_nothing(page)
    assert windows.origins() == {host.url, site.url, site.env["LIVE_URL"]}
    expected = "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET"
    # The page whose stream we refuse says so by another name.
    known = *expected, "net::ERR_FAILED"
    assert [line for line in windows.complaints if not any(word in line for word in known)] == []
    the_form_shows_on_no_site_that_nobody_has_named(host, site, windows)
    frames_and_the_page_of_widgets(site, windows, pictures)


def a_hundred_cost_one_request_and_one_stream(host: Host, site: Installation, windows: Windows) -> Page:
    script = f'<script async src="{site.url}/embed/counter.js"></script>'
    one = f'<campaign-counter campaign="{SLUG}" theme="dark" lang="constructor" color="url(x)"></campaign-counter>'
    page = windows.open(host.put("/many", script + one * 100))
    expect(page.locator(NUMBER).last).to_have_text("0")
    asked = Counter(urlsplit(url).path for url in windows.asked if not url.startswith(host.url))
    assert asked == {"/embed/counter.js": 1, f"/api/v1/campaigns/{SLUG}/counter/stream": 1}
    assert page.evaluate("Object.keys(window).filter(name => /campaign|counter|postbag/i.test(name))") == []
    page.evaluate("document.querySelector('campaign-counter').setAttribute('size', 'large')")
    page.evaluate("document.querySelectorAll('campaign-counter').forEach((one) => one.remove())")
    page.evaluate(f"document.body.innerHTML = `{one}`")
    expect(page.locator(NUMBER)).to_have_text("0")
    assert windows.complaints == []
    return page


def without_streams(host: Host, site: Installation, windows: Windows) -> Page:
    """It asks again and again."""
    page = windows.open(host.put("/empty", "<p>Wait</p>"))
    page.route("**/counter/stream", lambda route: route.abort())
    page.goto(host.put("/poll", examples(site.url, site.env["LIVE_URL"], SLUG)[0]))
    expect(page.locator(NUMBER)).to_have_text("0")
    return page


def the_examples(host: Host, site: Installation, windows: Windows) -> tuple[Page, Page]:
    """On a page without a policy and on one with the strictest; each brings a signature."""
    addresses = (site.url, site.env["LIVE_URL"], SLUG)
    blocks = examples(*addresses)
    assert len(blocks) == 5
    quiet = [block for block in blocks if "counter:update" not in block]  # an inline script of the host's own
    lax = windows.open(host.put("/lax", "\n".join(blocks)))
    strict = windows.open(host.put("/strict", "\n".join(quiet), STRICT + policies(*addresses)))
    for page in (lax, strict):
        expect(page.locator(NUMBER)).to_have_text("0")
        expect(page.get_by_role("link", name="Schrijf je brief")).to_be_visible()
        expect(frame(page, "counter").locator("[data-value=signatures]")).to_have_text("0")
        expect(page.locator("iframe[src*='/counter?']")).to_have_attribute("style", re.compile(r"height: \d+px"))
        badge = page.locator("img")
        badge.scroll_into_view_if_needed()
        assert badge.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
        sign(frame(page, "form"), f"{page.url[-3:]}@example.org")
    return lax, strict


def the_form_shows_on_no_site_that_nobody_has_named(host: Host, site: Installation, windows: Windows) -> None:
    body = examples(site.url, site.env["LIVE_URL"], SLUG)[3].replace(' loading="lazy"', "")
    address = host.put("/form", body).replace("localhost", "127.0.0.1")
    page = windows.open(address)
    assert page.frames[1].url.startswith("chrome-error:")
    assert any("frame-ancestors" in line for line in windows.complaints)


def frames_and_the_page_of_widgets(site: Installation, windows: Windows, pictures: Path) -> None:
    owner = member(Role.OWNER, "ann@demo.example")
    with transaction():
        secret = accounts.begin(owner, accounts.ensure_organisation("demo", "Demonstration").id, Device("", ""))
    page = windows.open("about:blank", locale="de")
    for width, theme in ((320, "dark"), (720, "light")):
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(f"{site.url}/embed/{SLUG}/counter?lang=de&theme={theme}")
        look(page, pictures / f"embed-counter-{width}.png")
        page.goto(f"{site.url}/embed/{SLUG}/form?lang=fr&theme={theme}&color=ffee00")
        page.get_by_role("button").last.click()
        expect(page.get_by_role("alert")).to_be_visible()
        look(page, pictures / f"embed-form-{width}.png")
        page.goto(f"{site.url}/embed/{SLUG}/form/sent?lang=nl&theme={theme}")
        look(page, pictures / f"embed-sent-{width}.png")
    page.context.add_cookies([{"name": "staff", "value": secret, "url": site.url}])
    choose_a_widget(page, f"{site.url}/staff/campaigns/{SLUG}/widgets")


def choose_a_widget(page: Page, address: str) -> None:
    """A choice shows at once: in the preview, the lines and the address."""
    page.goto(address)
    page.get_by_label("What", exact=True).select_option("frame")
    expect(page.locator("#snippet")).to_have_value(re.compile("<iframe"))
    page.get_by_label("Language", exact=True).select_option("nl")
    expect(page.locator("#snippet")).to_have_value(re.compile("lang=nl"))
    expect(page.frame_locator("[data-made] iframe").locator("html")).to_have_attribute("lang", "nl")
    assert "kind=frame" in page.url
    page.get_by_role("button", name="Copy").first.click()


def look(page: Page, path: Path) -> None:
    """Check a page and take its picture."""
    assert_fits(page)
    assert_accessible(page)
    page.screenshot(path=path, full_page=True)
