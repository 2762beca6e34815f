"""What each kind of visitor does, as a generator: it yields requests and gets answers, and ends when all was right.

Both sides of a row are asked by the same visitor. The only difference is where the address of a page leads.
"""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from html import unescape

from bench.http import Answer, Wrong, get, post

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
    seen: dict[str, str] = field(default_factory=dict)


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
    if not site.seen:
        site.seen = _form((yield Ask("page", get(site.host, PAGE))))
    yield from _post(site, _email(site, number))


def journey(site: Site, number: int) -> Visit:
    """From the page to the thanks: read, sign, open the mailed link, confirm."""
    email = _email(site, number)
    site.seen = _form((yield Ask("page", get(site.host, PAGE))))
    yield from _post(site, email)
    link = yield Mail(email)
    if not isinstance(link, str):
        raise Wrong("no mail")
    _body((yield Ask("confirm page", get(site.host, link))), b"<form")
    answer = yield Ask("confirm", post(site.host, link, {}))
    if "/thanks/" not in _answer(answer).expect(303).location:
        raise Wrong("confirming leads elsewhere")


def page(site: Site, _number: int) -> Visit:
    """Read the campaign page."""
    _body((yield Ask("page", get(site.host, PAGE))), b"</html>")


def counter(site: Site, _number: int) -> Visit:
    """Read the counter and compare it byte by byte."""
    answer = _answer((yield Ask("counter", get(site.host, COUNTER))))
    if answer.status != 200 or answer.body != site.body:
        raise Wrong(f"{answer.status} with another body")


VISITS: dict[str, Callable[[Site, int], Visit]] = {"sign": sign, "journey": journey, "page": page, "counter": counter}


def _email(site: Site, number: int) -> str:
    return f"v{number}.{site.run}@example.org"


def _post(site: Site, email: str) -> Visit:
    fields = {
        "csrf_token": site.seen["token"],
        "source": "",
        "subject": "Please give every asylum applicant the place the law provides",
        "body": site.seen["body"],
        "name": "Marie Peeters",
        "email": email,
        "postcode": "9000",
        "country": "BE",
        "updates": "no",
        "public": "name",
    }
    answer = yield Ask("sign", post(site.host, f"{PAGE}/sign", fields))
    if not _answer(answer).expect(303).location.endswith("/check-your-mail"):
        raise Wrong("signing leads elsewhere")


def _form(answer: Answer | str) -> dict[str, str]:
    """What a browser sends back of a page's form."""
    html = _body(answer, b"</html>")
    token, body = TOKEN.search(html), BODY.search(html)
    if token is None or body is None:
        raise Wrong("a page without its form")
    return {"token": token[1].decode(), "body": unescape(body[1].decode()).replace("\n", "\r\n")}


def _body(answer: Answer | str, holding: bytes) -> bytes:
    body = _answer(answer).expect(200).body
    if holding not in body:
        raise Wrong(f"a page without {holding!r}")
    return body


def _answer(answer: Answer | str) -> Answer:
    if isinstance(answer, str):
        raise Wrong("a link instead of an answer")
    return answer
