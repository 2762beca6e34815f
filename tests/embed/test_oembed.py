"""oEmbed 1.0 as oembed.com has it: two forms, room, and the three refusals; only our own addresses."""

import socket
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign import campaigns
from campaign.campaigns import Campaign, Status, slugs
from campaign.core.db import session, transaction
from tests.support import people
from tests.support.forms import CAMPAIGN, SLUG

OURS = "http://127.0.0.1:8000"
FOREIGN = [
    "",
    "x",
    f"https://elsewhere.example{CAMPAIGN}",
    f"https://127.0.0.1:8000{CAMPAIGN}",
    f"http://127.0.0.1:8001{CAMPAIGN}",
    f"http://127.0.0.1:8000@evil.example{CAMPAIGN}",
    f"http://evil.example/http://127.0.0.1:8000{CAMPAIGN}",
    f"http://127.0.0.1:8000.evil.example{CAMPAIGN}",
    f"//127.0.0.1:8000{CAMPAIGN}",
    f"ftp://127.0.0.1:8000{CAMPAIGN}",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]:8000/en/",
    "http://[",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    f"{OURS}/",
    f"{OURS}/en/",
    f"{OURS}/nothing",
    f"{OURS}/en/campaigns/none",
    f"{OURS}/xx/campaigns/{SLUG}",
    f"{OURS}{CAMPAIGN}/",
    f"{OURS}{CAMPAIGN}/sign",
    f"{OURS}{CAMPAIGN}/share.png",
    f"{OURS}/healthz",
]


def ask(client: FlaskClient, url: str = OURS + CAMPAIGN, **query: str) -> TestResponse:
    return client.get("/oembed", query_string={"url": url, **query})


def test_json_has_what_the_specification_wants_of_a_rich_answer(client: FlaskClient) -> None:
    answer = ask(client)
    assert answer.content_type == "application/json; charset=utf-8"
    found = answer.json
    assert (found["version"], found["type"]) == ("1.0", "rich")
    assert {"title", "author_name", "provider_name", "provider_url", "cache_age"} <= found.keys()
    assert isinstance(found["width"], int)
    assert isinstance(found["height"], int)
    assert f'src="{OURS}/embed/{SLUG}/counter?lang=en"' in found["html"]
    assert found["html"].startswith("<iframe ")
    assert {"thumbnail_url", "thumbnail_width", "thumbnail_height"} <= found.keys()
    assert client.get(found["thumbnail_url"].removeprefix(OURS)).mimetype == "image/png"


def test_xml_says_the_same(client: FlaskClient) -> None:
    answer = ask(client, format="xml")
    assert answer.content_type == "text/xml; charset=utf-8"
    assert answer.text.startswith("<?xml")
    found = {node.tag: node.text for node in ET.fromstring(answer.text)}
    assert found == {name: str(value) for name, value in ask(client).json.items()}


@pytest.mark.parametrize("path", [CAMPAIGN, f"{CAMPAIGN}/live", f"/fr/campaigns/{SLUG}", f"{CAMPAIGN}?source=x#y"])
def test_pages_of_a_campaign_are_known(client: FlaskClient, path: str) -> None:
    found = ask(client, OURS + path).json
    lang = path.split("/")[1]
    assert found["title"] == campaigns.find(SLUG, lang).title
    assert f"counter?lang={lang}" in found["html"]


def test_it_keeps_to_the_room_that_it_is_given(client: FlaskClient) -> None:
    found = ask(client, maxwidth="300", maxheight="200").json
    assert (found["width"], found["height"]) == (300, 200)
    assert 'width="300" height="200"' in found["html"]
    assert "thumbnail_url" not in found, "it is larger"
    wide = ask(client, maxwidth="99999", maxheight="99999").json
    assert (wide["width"], wide["height"]) == (480, 260)
    assert ask(client, maxwidth="20").status_code == 404
    for nonsense in ("-1", "1e3", "x", "", "٣٠٠", "9" * 40):
        assert ask(client, maxwidth=nonsense).status_code == 400, nonsense


def test_other_forms_are_not_spoken(client: FlaskClient) -> None:
    for name in ("yaml", "jsonp", "", "json\r\nX: y"):
        assert ask(client, format=name).status_code == 501, name


def test_addresses_that_are_not_ours_are_unknown_and_nothing_is_fetched(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    people.page()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: asked.append(args))
    statuses = {url: ask(client, url).status_code for url in FOREIGN}
    assert {url: status for url, status in statuses.items() if status != 404} == {}
    assert client.get("/oembed").status_code == 404
    assert asked == []


def test_what_is_not_for_everybody_is_401_whether_it_is_there_or_not(client: FlaskClient) -> None:
    for path in (f"/staff/campaigns/{SLUG}", "/staff/campaigns/none", "/confirm/x", "/staff/"):
        answer = ask(client, OURS + path)
        assert (answer.status_code, answer.json["error"]["code"]) == (401, "private"), path


def test_a_campaign_that_is_not_public_is_as_if_it_were_not_there(client: FlaskClient) -> None:
    page = people.page()
    with transaction():
        campaigns.change_status(page.id, Status.CLOSED, actor="test")
    with transaction():
        campaigns.change_status(page.id, Status.ARCHIVED, actor="test")
    people.forget()
    assert ask(client).status_code == 404


def test_an_old_address_of_a_campaign_is_still_known(client: FlaskClient) -> None:
    page = people.page()
    with transaction():
        slugs.rename(session().get_one(Campaign, page.id), "another")
    people.forget()
    assert "/embed/another/counter" in ask(client).json["html"]
    moved = client.get(f"/embed/{SLUG}/counter?lang=nl")
    assert (moved.status_code, moved.location) == (301, "/embed/another/counter?lang=nl")


def test_pages_say_where_to_ask(client: FlaskClient) -> None:
    page = client.get(CAMPAIGN).text
    for kind in ("application/json+oembed", "text/xml+oembed"):
        (tag,) = [line for line in page.splitlines() if f'type="{kind}"' in line]
        href = tag.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
        answer = client.get(href.removeprefix(OURS))
        assert answer.status_code == 200
        assert answer.mimetype == kind.removesuffix("+oembed")
