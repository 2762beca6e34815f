"""Around every page of the console: navigation by role, what an act says once, the first page, the style page."""

import gzip
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jinja2.runtime
import pytest
import time_machine
from flask.testing import FlaskClient

from campaign import accounts, campaigns
from campaign.accounts import Device, Membership, Role
from campaign.campaigns import Accent, Campaign, CampaignText
from campaign.config import ROOT
from campaign.core.db import session, transaction
from campaign.web.staff import nav
from tests.support import people
from tests.support.console import member, signed_in, token
from tests.support.forms import SLUG

TITLE = "Shelter is the law"
STYLE = "/staff/style"
SAID = "This is what a page says after an act."


def links(page: str) -> list[str]:
    """Where the navigation leads."""
    found = re.search(r'<nav aria-label="Staff console">.*?</nav>', page, re.DOTALL)
    assert found
    return re.findall(r'href="([^"]+)"', found[0])


def another(slug: str = "theirs", organisation: str = "others") -> UUID:
    """A campaign of another organisation."""
    with transaction():
        home = accounts.ensure_organisation(organisation, organisation.title())
        values: dict[str, Any] = {"organisation_id": home.id, "slug": slug, "goal": 100, "country": "BE"}
        words = dict.fromkeys(("kicker", "lead", "story", "picture_alt", "picture_credit"), "")
        texts = [CampaignText(lang="en", title="A campaign of others", **words)]
        return campaigns.create(Campaign(accent=Accent.OCEAN, **values), texts, [], actor="test").id


def test_the_navigation_leads_to_what_the_role_opens_and_nowhere_else(client: FlaskClient) -> None:
    for role in Role:
        signed_in(client, role)
        found = links(client.get("/staff/").text) + links(client.get(f"/staff/campaigns/{SLUG}").text)
        assert "/staff/" in found
        assert {path: client.get(path).status_code for path in found} == dict.fromkeys(found, 200), role
        for path in ("/staff/team", "/staff/audit", "/staff/outbox"):
            assert (path in found) == (client.get(path).status_code == 200), (role, path)


def test_the_campaign_is_in_the_navigation_of_its_pages_only(client: FlaskClient) -> None:
    signed_in(client)
    inside, outside = client.get(f"/staff/campaigns/{SLUG}").text, client.get("/staff/").text
    assert f"/staff/campaigns/{SLUG}/signatures" in links(inside)
    assert TITLE in inside
    assert not any("/campaigns/" in path for path in links(outside))


def test_each_page_of_the_navigation_says_that_the_reader_is_there(client: FlaskClient) -> None:
    signed_in(client)
    for path in links(client.get(f"/staff/campaigns/{SLUG}").text):
        marked = re.findall(r'<a href="([^"]+)" aria-current="page"', client.get(path).text)
        assert path in marked, path


def test_an_entry_without_a_page_is_not_shown(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(client)
    monkeypatch.setattr(nav, "HOME", nav.Entry("x", "staff.nothing_of_that_name", nav.HOME.label))
    assert "/staff/" not in links(client.get("/staff/").text)


def test_keys_lead_to_each_place_once_and_are_all_explained(client: FlaskClient) -> None:
    signed_in(client)
    page = client.get(f"/staff/campaigns/{SLUG}").text
    keys = re.findall(r'data-go="(\w)"', page)
    assert sorted(keys) == ["c", "d", "m", "o", "r", "s"]
    explained = re.findall(r"<kbd>([^<]+)</kbd>", page)
    assert {"?", "/", "g", "j", "k", "x", "u", "Enter", *keys} == set(explained)


def test_staff_read_the_console_in_their_own_language(client: FlaskClient) -> None:
    id_ = signed_in(client)
    with transaction():
        accounts.save_profile(id_, "Ann", "nl")
    assert '<html lang="nl"' in client.get("/staff/", headers={"Accept-Language": "fr"}).text


def test_a_page_that_is_not_there_keeps_the_console_around_it(client: FlaskClient) -> None:
    signed_in(client)
    answer = client.get("/staff/campaigns/nothing")
    assert answer.status_code == 404
    assert "/staff/" in links(answer.text)


# What an act says.


def said(page: str) -> list[str]:
    """The messages on top of a page, without the samples of the style page."""
    top = page.partition('<div class="toasts"')[2].partition('<div class="head">')[0]
    return re.findall(r"data-words>([^<]+)<", top)


def act(client: FlaskClient, who: UUID) -> str:
    """Press a button of the style page; answers where it leads to."""
    answer = client.post(STYLE, data=token(who))
    assert answer.status_code == 303
    return answer.location


def test_an_act_is_told_once_on_the_page_it_leads_to(client: FlaskClient) -> None:
    who = signed_in(client)
    page = client.get(act(client, who)).text
    assert said(page) == [SAID]
    assert said(client.get(STYLE).text) == []


def test_another_tab_does_not_take_the_message_away(client: FlaskClient) -> None:
    who = signed_in(client)
    act(client, who)
    assert said(client.get("/staff/").text) == []
    assert said(client.get(STYLE).text) == [SAID]


def test_a_message_whose_page_never_came_is_told_by_the_next(client: FlaskClient) -> None:
    who = signed_in(client)
    act(client, who)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=11), tick=False):
        assert said(client.get("/staff/").text) == [SAID]
        assert said(client.get(STYLE).text) == []


def test_undo_is_a_button_that_posts_with_a_token(client: FlaskClient) -> None:
    who = signed_in(client)
    page = client.get(act(client, who)).text
    form = re.search(r'action="([^"]+)" data-undo>\s*<input type="hidden" name="csrf_token" value="([^"]+)"', page)
    assert form
    assert client.post(form[1], data={"csrf_token": "x"}).status_code == 400
    assert client.post(form[1], data={"csrf_token": form[2]}).status_code == 303
    assert said(client.get(STYLE).text) == ["It is as it was before."]


def test_an_act_that_fails_says_nothing_later(client: FlaskClient) -> None:
    signed_in(client)
    assert client.post(STYLE, data={"csrf_token": "x"}).status_code == 400
    assert said(client.get(STYLE).text) == []


def test_messages_are_for_the_browser_that_acted(client: FlaskClient) -> None:
    who = signed_in(client)
    act(client, who)
    with transaction():
        home = accounts.ensure_organisation("demo", "demo").id
        client.set_cookie("staff", accounts.begin(who, home, Device("", "")))
    assert said(client.get(STYLE).text) == []


def test_a_session_keeps_few_messages(client: FlaskClient) -> None:
    who = signed_in(client)
    for _n in range(8):
        act(client, who)
    assert len(said(client.get(STYLE).text)) == 5


def test_what_cannot_be_undone_wants_its_word(client: FlaskClient) -> None:
    who = signed_in(client)
    for word, expected in (("", "not typed"), ("delet", "not typed"), (" DELETE ", SAID)):
        client.post(STYLE, data={**token(who), "typed": word})
        assert expected in said(client.get(STYLE).text)[0], word


# The first page.


def test_the_first_page_shows_the_campaigns_of_the_organisation_and_no_others(client: FlaskClient) -> None:
    another()
    signed_in(client)
    page = client.get("/staff/").text
    assert TITLE in page
    assert "A campaign of others" not in page


def test_the_first_page_has_the_figures_of_each_campaign(client: FlaskClient) -> None:
    for n in range(3):
        people.supporter(f"person{n}@example.org")
    signed_in(client)
    figures = re.findall(r"<dt class=\"small\">([^<]+)</dt><dd>([^<]+)</dd>", client.get("/staff/").text)
    assert dict(figures) == {
        "Signatures": "3",
        "Last 24 hours": "+3",
        "Letters waiting": "6",
        "Letters sent": "0",
        "Delivered": "0",
        "Came back": "0",
    }


def test_signatures_of_the_day_before_yesterday_are_not_of_the_last_24_hours(client: FlaskClient) -> None:
    people.supporter()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25), tick=False):
        signed_in(client)
        assert '<dt class="small">Last 24 hours</dt><dd>0</dd>' in client.get("/staff/").text


def test_an_organisation_without_a_campaign_reads_what_happens_next(client: FlaskClient) -> None:
    signed_in(client, organisation="new")
    assert "No campaign yet" in client.get("/staff/").text


def test_who_works_for_two_organisations_turns_from_one_to_the_other(client: FlaskClient) -> None:
    another()
    who = signed_in(client)
    with transaction():
        home = accounts.ensure_organisation("others", "Others")
    assert "Work for Others" not in client.get("/staff/").text
    _join(who, home.id)
    page = client.get("/staff/").text
    assert "Work for Others" in page
    client.post("/staff/organisation", data={**token(who), "organisation": str(home.id)})
    assert "A campaign of others" in client.get("/staff/").text


def _join(who: UUID, organisation_id: UUID) -> None:
    with transaction():
        session().add(Membership(user_id=who, organisation_id=organisation_id, role=Role.VIEWER))


# The style page.


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the macros that templates call meanwhile."""
    names: set[str] = set()
    call = jinja2.runtime.Macro.__call__

    def record(self: jinja2.runtime.Macro, *args: Any, **kwargs: Any) -> Any:
        names.add(self.name)
        return call(self, *args, **kwargs)

    monkeypatch.setattr(jinja2.runtime.Macro, "__call__", record)
    return names


def test_the_style_page_shows_every_macro(client: FlaskClient, used: set[str]) -> None:
    signed_in(client)
    assert client.get(STYLE).status_code == 200
    files = (ROOT / "templates" / "macros").glob("*.html")
    known = {name for file in files for name in re.findall(r"{%-? macro (\w+)\(", file.read_text(encoding="utf-8"))}
    assert len(known) > 40
    assert known - used == set()


def test_no_page_of_the_console_is_heavier_than_a_public_one(client: FlaskClient) -> None:
    """Its files, compressed by the wire; the style page apart, which shows everything."""
    signed_in(client)
    page = client.get(f"/staff/campaigns/{SLUG}").text
    files = set(re.findall(r'(?:href|src)="(/static/[^"?]+)', page))
    sizes = {file: len(gzip.compress((ROOT / file.lstrip("/")).read_bytes())) for file in files}
    assert sum(sizes.values()) + len(gzip.compress(page.encode())) < 60_000, sizes
    assert sum(size for file, size in sizes.items() if file.endswith(".js")) < 10_000, sizes


def test_members_of_other_organisations_see_nothing_of_each_other(client: FlaskClient) -> None:
    another()
    member(email="bob@others.example", organisation="others")
    signed_in(client, organisation="others")
    assert client.get(f"/staff/campaigns/{SLUG}").status_code == 404
    assert TITLE not in client.get("/staff/").text
