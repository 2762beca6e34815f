"""The page of widgets: lines to copy that are right, sites, and who signed where."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from campaign import campaigns
from campaign.campaigns import Status, embedders
from campaign.core.db import session, transaction
from campaign.signatures import SignatureState
from campaign.web.public import share
from tests.support import console, people
from tests.support.forms import SLUG

HOME = f"/staff/campaigns/{SLUG}/widgets"
SITE = {"name": "Partner", "code": "", "addresses": "https://www.partner.example\nhttps://partner.example"}


def snippet(page: str, name: str = "snippet") -> str:
    """The lines in one of the fields to copy from."""
    found = re.search(rf'<textarea[^>]* id="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return unescape(found[1])


@pytest.mark.parametrize("kind", ["element", "frame", "form", "badge", "mail"])
def test_the_lines_to_copy_lead_to_what_is_there(client: FlaskClient, kind: str) -> None:
    console.signed_in(client)
    query = f"?kind={kind}&lang=nl&theme=dark&size=large&color=%23123456&source=partner"
    page = client.get(HOME + query).text
    html = snippet(page)
    addresses = re.findall(r'(?:src|href)="http://127\.0\.0\.1:8000([^"]+)"', html)
    assert addresses
    for address in addresses:
        assert client.get(unescape(address)).status_code == 200, address
    if kind != "mail":
        assert "123456" in html
    assert "partner" in html
    assert "http://127.0.0.1:8000" in snippet(page, "policy")
    assert re.search(r"<[^>]+ style=|<style|onclick", html) is None


def test_nothing_odd_gets_into_the_lines(client: FlaskClient) -> None:
    console.signed_in(client)
    plain = snippet(client.get(HOME).text)
    for name in ("kind", "lang", "theme", "size", "color", "source"):
        answer = client.get(HOME, query_string={name: '"><script>alert(1)</script>'})
        assert (answer.status_code, snippet(answer.text)) == (200, plain)


def test_a_colour_that_cannot_be_seen_is_said_to_be_faint(client: FlaskClient) -> None:
    console.signed_in(client)
    assert "Faint" in client.get(f"{HOME}?color=%23ffee00&theme=light").text
    assert "Faint" not in client.get(f"{HOME}?color=%23ffee00&theme=dark").text
    assert "own colour is clear" in client.get(f"{HOME}?color=%23a61b2b").text


def test_the_page_may_show_our_own_frames_and_no_other_page_may(client: FlaskClient) -> None:
    console.signed_in(client)
    assert "frame-src 'self';" in client.get(f"{HOME}?kind=frame").headers["Content-Security-Policy"]
    assert "frame-src" not in client.get("/staff/team").headers["Content-Security-Policy"]


def test_a_site_is_added_removed_and_brought_back(client: FlaskClient) -> None:
    me = console.token(console.signed_in(client))
    answer = client.post(f"{HOME}/add", data=SITE | me)
    assert (answer.status_code, answer.location) == (303, f"{HOME}?source=partner")
    page = client.get(answer.location).text
    assert "https://www.partner.example, https://partner.example" in page
    assert 'source="partner"' in snippet(page)
    (site,) = embedders.sites(people.page().id)
    assert client.post(f"{HOME}/{site.id}/remove", data=me).status_code == 303
    session().rollback()
    assert embedders.sites(people.page().id) == []
    assert "No site yet" in client.get(HOME).text
    assert client.post(f"{HOME}/{site.id}/restore", data=me).status_code == 303
    session().rollback()
    assert embedders.sites(people.page().id) == [site]


def test_the_addresses_of_a_site_are_changed_and_its_code_stays(client: FlaskClient) -> None:
    me = console.token(console.signed_in(client))
    client.post(f"{HOME}/add", data=SITE | me)
    (site,) = embedders.sites(people.page().id)
    path = f"{HOME}/{site.id}"
    assert path in client.get(HOME).text
    page = client.get(path).text
    assert "https://www.partner.example\nhttps://partner.example</textarea>" in page
    seen = {"seen": site.seal}
    wrong = client.post(path, data={"name": "Partner", "addresses": "http://plain.example"} | seen | me)
    assert (wrong.status_code, 'id="addresses-error"' in wrong.text) == (422, True)
    new = {"name": "Partners", "code": "another", "addresses": "https://new.example"}
    assert client.post(path, data=new | seen | me).status_code == 303
    session().rollback()
    (after,) = embedders.sites(people.page().id)
    assert (after.id, after.code, after.name, after.origins) == (
        site.id,
        "partner",
        "Partners",
        ["https://new.example"],
    )


def test_a_change_by_somebody_else_is_not_written_over_unread(client: FlaskClient) -> None:
    me = console.token(console.signed_in(client))
    client.post(f"{HOME}/add", data=SITE | me)
    (site,) = embedders.sites(people.page().id)
    path, mine = f"{HOME}/{site.id}", {"name": "Partner", "addresses": "https://mine.example"} | me
    client.post(path, data=mine | {"addresses": "https://theirs.example", "seen": site.seal})
    answer = client.post(path, data=mine | {"seen": site.seal})
    assert answer.status_code == 422
    assert "meanwhile: https://theirs.example." in answer.text
    (seen,) = re.findall(r'name="seen" type="hidden" value="([^"]*)"', answer.text)
    assert client.post(path, data=mine | {"seen": seen}).status_code == 303
    session().rollback()
    assert embedders.sites(people.page().id)[0].origins == ["https://mine.example"]


def test_there_is_a_text_for_each_way_and_language(client: FlaskClient) -> None:
    console.signed_in(client)
    page = client.get(HOME).text
    texts = dict(re.findall(r'<textarea id="post-(\w+-\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL))
    assert len(texts) == 4 * len(share.NAMES)
    for name, text in texts.items():
        lang, way = name.split("-")
        assert text.startswith(escape(campaigns.find(SLUG, lang).title))
        assert f"http://127.0.0.1:8000/{lang}/campaigns/{SLUG}?source={way}" in text
        assert way not in share.BRIEF or len(unescape(text)) <= 300, "as much as Bluesky takes"
    assert "Write to those who decide" in texts["en-bluesky"]
    with transaction():
        campaigns.change_status(people.page().id, Status.PAUSED, actor="test")
    people.forget()
    assert 'id="post-' not in client.get(HOME).text, "nobody is asked to write while nobody can"


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(client: FlaskClient) -> None:
    me = console.token(console.signed_in(client))
    wrong = {"name": "Partner", "code": "Not A Code", "addresses": "http://plain.example"}
    answer = client.post(f"{HOME}/add", data=wrong | me)
    assert answer.status_code == 422
    assert 'id="addresses-error"' in answer.text
    assert "http://plain.example</textarea>" in answer.text
    client.post(f"{HOME}/add", data=SITE | me)
    assert 'id="code-error"' in client.post(f"{HOME}/add", data=SITE | me).text


def test_signatures_stand_beside_the_site_they_came_from(client: FlaskClient) -> None:
    me = console.token(console.signed_in(client))
    client.post(f"{HOME}/add", data=SITE | me)
    for n in range(3):
        people.supporter(f"p{n}@example.org", source="partner" if n < 2 else "newsletter")
    people.sign("waits@example.org", source="partner")
    assert people.all_signatures()[-1].state == SignatureState.PENDING
    people.forget()
    rows = re.findall(r"<tr>(.*?)</tr>", client.get(HOME).text, re.DOTALL)
    counts = {
        re.findall(r"<th[^>]*>([^<]+)", row)[0]: re.findall(r'data-label="Signatures">(\d+)', row) for row in rows[1:]
    }
    assert counts == {"Partner": ["2"], "Everywhere else": ["1"]}


def test_a_campaign_that_is_not_public_has_nothing_to_copy(client: FlaskClient) -> None:
    page = people.page()
    for status in (Status.CLOSED, Status.ARCHIVED):
        with transaction():
            campaigns.change_status(page.id, status, actor="test")
    console.signed_in(client)
    text = client.get(HOME).text
    assert "Nothing to show yet" in text
    assert "snippet" not in text
