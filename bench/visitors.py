"""What each kind of visitor does, as a generator: it yields requests and gets answers, and ends when all was right.

Both sides of a row are asked by the same visitor.
"""

import csv
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import cache
from html import unescape

from bench.http import Answer, Browser, Wrong
from campaign.config import ROOT

SLUG = "shelter-is-the-law"
PAGE = f"/en/campaigns/{SLUG}"
COUNTER = f"/api/v1/campaigns/{SLUG}/counter"
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
BODY = re.compile(rb'<textarea[^>]*name="body"[^>]*>\n?(.*?)</textarea>', re.DOTALL)


@dataclass
class Site:
    """Where to go, and what one connection remembers between two visitors."""

    host: str
    run: str
    body: bytes = b""
    browser: Browser = field(init=False)
    form: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.browser = Browser(self.host)


@dataclass(frozen=True)
class Ask:
    """One request; `name` is what its time is counted under."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    """Wait for the mail to this address; the answer to it is the path of the link in it."""

    email: str


Visit = Generator[Ask | Mail, Answer | str, None]


def sign(site: Site, number: int) -> Visit:
    """Post the form. The page was read before, once for each connection."""
    if not site.form:
        yield from _read(site)
    yield from _post(site, number)


def journey(site: Site, number: int) -> Visit:
    """From the page to the thanks: read, sign, open the mailed link, confirm."""
    site.browser = Browser(site.host, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
    yield from _read(site)
    yield from _post(site, number)
    link = yield Mail(_email(site, number))
    if not isinstance(link, str):
        raise Wrong("no mail")
    html = _page((yield Ask("confirm page", site.browser.get(link))), b"<form")
    answer = yield Ask("confirm", site.browser.post(link, {"csrf_token": _token(html)}))
    if "/thanks/" not in _answer(answer).expect(303).location:
        raise Wrong("confirming leads elsewhere")


def page(site: Site, _number: int) -> Visit:
    """Read the campaign page."""
    _page((yield Ask("page", site.browser.get(PAGE))), b"</html>")


def counter(site: Site, _number: int) -> Visit:
    """Read the counter and compare it byte by byte."""
    answer = _answer((yield Ask("counter", site.browser.get(COUNTER))))
    if answer.status != 200 or answer.body != site.body:
        raise Wrong(f"{answer.status} with another body")


VISITS: dict[str, Callable[[Site, int], Visit]] = {"sign": sign, "journey": journey, "page": page, "counter": counter}


def _email(site: Site, number: int) -> str:
    return f"v{number}.{site.run}@example.org"


@cache
def _postcodes() -> list[str]:
    with (ROOT / "campaign" / "targets" / "belgium" / "postcodes.csv").open(encoding="utf-8", newline="") as file:
        return sorted({row["postcode"] for row in csv.DictReader(file)})


def _read(site: Site) -> Visit:
    """Get the page and keep what a browser sends back of its form."""
    answer = yield Ask("page", site.browser.get(PAGE))
    html = _page(answer, b"</html>")
    body = BODY.search(html)
    if body is None:
        raise Wrong("a page without its letter")
    site.browser.keep(_answer(answer))
    site.form = {"csrf_token": _token(html), "body": unescape(body[1].decode()).replace("\n", "\r\n")}


def _post(site: Site, number: int) -> Visit:
    postcodes = _postcodes()
    fields = {
        **site.form,
        "source": "",
        "subject": "Please give every asylum applicant the place the law provides",
        "name": "Marie Peeters",
        "email": _email(site, number),
        "postcode": postcodes[number * 7919 % len(postcodes)],
        "country": "BE",
        "updates": "no",
        "public": "name",
    }
    answer = yield Ask("sign", site.browser.post(f"{PAGE}/sign", fields))
    if not _answer(answer).expect(303).location.endswith("/check-your-mail"):
        raise Wrong("signing leads elsewhere")


def _token(html: bytes) -> str:
    found = TOKEN.search(html)
    return found[1].decode() if found else ""


def _page(answer: Answer | str, holding: bytes) -> bytes:
    body = _answer(answer).expect(200).body
    if holding not in body:
        raise Wrong(f"a page without {holding!r}")
    return body


def _answer(answer: Answer | str) -> Answer:
    if isinstance(answer, str):
        raise Wrong("a link instead of an answer")
    return answer
