"""Every route against framing and reading by other sites: the list is the URL map."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign.accounts import Organisation
from campaign.campaigns import embedders
from campaign.core.db import session, transaction
from campaign.web import audience
from tests.house.records import address, scene
from tests.support import console, people
from tests.support.forms import SLUG

SITES = ["https://www.partner.example", "https://blog.partner.example:8443"]
# Whatever is not here is in no frame and read by no other site.
FRAMED_BY_ALL = {"embed.counter"}
FRAMED_BY_SITES = {"embed.form", "embed.sign", "embed.sent"}
# What the console previews, for a link that says so.
FRAMED_BY_US = {"public.preview"}
READ_BY_ALL = {"api.counter", "api.stream", "embed.badge", "embed.badge_png", "embed.oembed"}
SHOWN_BY_ALL = READ_BY_ALL | {"embed.script", "public.share_picture", "public.qr"}


@pytest.fixture
def site(client: FlaskClient) -> embedders.Site:
    """A partner that may show the form."""
    with transaction():
        owner = session().scalars(select(Organisation.id)).one()
        return embedders.add(people.page().id, "Partner", "mine", SITES, actor="test", organisation_id=owner)


def ancestors(answer: TestResponse) -> str:
    """Who may frame an answer."""
    (found,) = [
        part.strip().removeprefix("frame-ancestors ")
        for part in answer.headers["Content-Security-Policy"].split(";")
        if "frame-ancestors" in part
    ]
    return found


def test_each_route_is_framed_and_read_by_those_it_is_meant_for(client: FlaskClient, site: embedders.Site) -> None:
    app = client.application
    scene()
    console.signed_in(client)
    people.forget()
    named = embedders.origins(people.page().id)
    assert set(SITES) < set(named), "the scene has another"
    for rule in app.url_map.iter_rules():
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.open(
            address(app, rule), method=method, headers={"Origin": "https://www.partner.example"}, buffered=True
        )
        name, headers = rule.endpoint, answer.headers
        where = "*" if name in FRAMED_BY_ALL else "'none'"
        if name in FRAMED_BY_SITES and answer.status_code < 400:
            where = " ".join(["'self'", *named])
        assert ancestors(answer) == where, rule
        assert headers.get("X-Frame-Options") == ("DENY" if where == "'none'" else None), rule
        assert headers.get("Access-Control-Allow-Origin") == ("*" if name in READ_BY_ALL else None), rule
        assert "Access-Control-Allow-Credentials" not in headers, rule
        shown = "cross-origin" if name in SHOWN_BY_ALL else None
        assert headers.get("Cross-Origin-Resource-Policy") == shown, rule


def test_what_others_show_or_read_is_public_and_sets_no_cookie(client: FlaskClient, site: embedders.Site) -> None:
    for rule in client.application.url_map.iter_rules():
        if rule.endpoint in FRAMED_BY_ALL | FRAMED_BY_SITES | SHOWN_BY_ALL:
            assert audience.of(client.application, rule.endpoint).kind == "public"
            if "GET" in (rule.methods or ()):
                answer = client.get(address(client.application, rule), buffered=True)
                assert answer.status_code in (200, 307), rule
                assert "Set-Cookie" not in answer.headers, rule
                assert "Cookie" not in answer.headers.get("Vary", ""), rule


def test_without_sites_the_form_is_framed_by_us_alone(client: FlaskClient) -> None:
    assert ancestors(client.get(f"/embed/{SLUG}/form")) == "'self'"


def test_a_site_that_is_removed_shows_the_form_no_more(client: FlaskClient, site: embedders.Site) -> None:
    owner = session().scalars(select(Organisation.id)).one()
    assert SITES[0] in ancestors(client.get(f"/embed/{SLUG}/form"))
    with transaction():
        embedders.remove(people.page().id, site.id, actor="test", organisation_id=owner)
    people.forget()
    assert ancestors(client.get(f"/embed/{SLUG}/form")) == "'self'"


def test_a_refused_form_stays_in_its_frame(client: FlaskClient, site: embedders.Site) -> None:
    answer = client.post(f"/embed/{SLUG}/form", data={"name": ""})
    assert answer.status_code == 422
    assert SITES[0] in ancestors(answer)


def test_nothing_is_framed_of_a_campaign_that_is_not_there(client: FlaskClient) -> None:
    for path in ("/embed/none/form", "/embed/none/badge.svg"):
        answer = client.get(path)
        assert (answer.status_code, ancestors(answer)) == (404, "'none'")


def test_an_error_is_read_by_those_who_may_read_the_answer(client: FlaskClient) -> None:
    """A widget tells its page what went wrong; what a form or a key's holder did wrong is nobody else's business."""
    none = "/api/v1/campaigns/none"
    found = {
        "a counter": client.get(f"{none}/counter"),
        "an address for no page of ours": client.get("/oembed?url=https://www.partner.example/"),
        "a form's token": client.get(f"{none}/form-token"),
        "a signature": client.post(f"{none}/signatures", json={}),
        "a method that is not there": client.get(f"/api/v1/campaigns/{SLUG}/signatures"),
        "no route": client.get("/api/v1/nothing"),
    }
    assert all(answer.status_code >= 400 for answer in found.values())
    readable = {name for name, answer in found.items() if "Access-Control-Allow-Origin" in answer.headers}
    assert readable == {"a counter", "an address for no page of ours"}


def test_only_routes_that_say_so_are_marked(app: Flask) -> None:
    marked = {
        kind: {name for name, view in app.view_functions.items() if hasattr(view, kind)}
        for kind in ("framed", "readable", "embedded")
    }
    assert marked == {
        "framed": FRAMED_BY_ALL | FRAMED_BY_SITES | FRAMED_BY_US,
        "readable": READ_BY_ALL,
        "embedded": SHOWN_BY_ALL,
    }
