"""Every text that staff store is shown as text: hostile ones bring nothing active, nh3 finds nothing to strip."""

import re
from html import unescape
from html.parser import HTMLParser

import nh3
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from campaign.campaigns import Campaign, CampaignText, Outcome, Status
from campaign.core.db import session, transaction
from campaign.core.text import TAGS, markdown
from tests.support import console, hostile, people
from tests.support.forms import CAMPAIGN, SLUG

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<a href='javascript:alert(1)'>x</a>",
    "![x](https://elsewhere.example/track.png)",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "{{ 7 * 7 }}{% include 'x' %}",
    "<math><mtext></mtext><mglyph><style><!--</style><img title='--&gt;&lt;img src onerror=alert(1)&gt;'>",
    "<iframe srcdoc='<script>x</script>'></iframe>",
    "[a]: javascript:alert(1)\n\n[a]",
    "<javascript:alert(1)>",
    "**<b onclick=x>**",
]
COLUMNS = ("title", "kicker", "lead", "story", "picture_alt", "picture_credit", "outcome_text", "consent_send")
SILENT = {"iframe", "object", "embed", "math", "style", "base", "template", "frame"}


class Active(HTMLParser):
    """What a browser would run on a page, or load from elsewhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        ours = own.get("src", "").startswith("/preview/" if tag == "iframe" else "/static/")
        if (tag in SILENT or tag == "script") and not ours:
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name in own if name.startswith("on") or name in ("srcdoc", "style")]
        for name in ("href", "src", "action", "formaction"):
            if not own.get(name, "/").startswith(("/", "#", "?", "https://", "http://127.0.0.1", "mailto:")):
                self.found.append(f"{tag} {name}={own[name]}")
        if tag in ("img", "script", "link") and "elsewhere" in own.get("src", own.get("href", "")).partition("?")[0]:
            self.found.append(str(own))


@pytest.mark.parametrize("status", [Status.OPEN, Status.CLOSED])
def test_a_hostile_text_in_every_column_brings_nothing_active(client: FlaskClient, status: Status) -> None:
    console.signed_in(client)
    words = "\n\n".join(ATTACKS)
    with transaction():
        session().execute(update(CampaignText).values(**dict.fromkeys(COLUMNS, words)))
        values = dict.fromkeys(("shown_as", "controller"), words)
        session().execute(update(Campaign).values(**values, status=status, outcome=Outcome.WON))
    people.forget()
    steps = ("", "/basics", "/story", "/languages", "/privacy", "/closing", "/check", "/preview", "/targets")
    for path in (CAMPAIGN, f"{CAMPAIGN}/live", "/en/", *(f"/staff/campaigns/{SLUG}/making{step}" for step in steps)):
        page = client.get(path)
        assert page.status_code == 200, path
        assert Active(page.text).found == [], path
        assert "alert(1)" in unescape(page.text) or path in ("/en/", f"/staff/campaigns/{SLUG}/making/targets"), path


def test_nh3_finds_nothing_left_to_strip() -> None:
    for source in [*ATTACKS, *hostile.strings(300, seed=7)]:
        html = str(markdown(source.encode("utf-8", "ignore").decode()))
        kept = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https", "mailto"}, link_rel=None)
        assert nh3.clean(kept, tags=TAGS, attributes={"a": {"href"}}, link_rel=None) == kept
        assert re.findall(r"<\w+[^>]*>", kept) == re.findall(r"<\w+[^>]*>", html), source
