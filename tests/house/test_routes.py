"""Every route says whom it is for and, where it takes a POST, its limit; answers carry the headers; GET only shows."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from campaign.accounts import Role
from campaign.web import audience
from tests.house.records import address, scene
from tests.house.shots import fingerprint, member_of_staff, sign_in, staff_form
from tests.support.forms import CAMPAIGN

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
KINDS = {"public", "staff", "link", "key", "hook"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Inside a page: style or script that is not a file of ours.
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|<[^>]+\s(?:style|on\w+)\s*=", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"<(?:script|link|img|iframe|source|video|audio)[^>]+(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE
)


# Requests that no view answers.
FAILURES = {
    "nowhere": ("/nowhere/at/all", {}),
    "no such campaign": ("/en/campaigns/none", {}),
    "no such language": ("/xx/", {}),
    "no such counter": ("/api/v1/campaigns/none/counter", {}),
    "not in this way": ("/healthz", {"method": "POST"}),
    "another host": ("/en/", {"base_url": "http://elsewhere.example"}),
    "too much": (f"{CAMPAIGN}/sign", {"method": "POST", "data": {"body": "x" * 300_000}}),
    "a dead link": ("/confirm/x", {}),
    "another site": (f"{CAMPAIGN}/sign", {"method": "POST", "headers": {"Origin": "https://elsewhere.example"}}),
}


def rules(app: Flask, method: str = "GET") -> list[Rule]:
    """The rules that take a method."""
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or set())]


@pytest.fixture
def answers(client: FlaskClient) -> dict[str, TestResponse]:
    """The answer to a GET of every route, as the audience that it is for, by endpoint."""
    app = client.application
    scene()
    paths = {rule.endpoint: address(app, rule) for rule in rules(app)}
    strangers = {endpoint for endpoint in paths if audience.of(app, endpoint).kind != "staff"}
    found = {endpoint: client.get(path, buffered=True) for endpoint, path in paths.items() if endpoint in strangers}
    assert sign_in(client).send(client).status_code == 303
    return found | {
        endpoint: client.get(path, buffered=True) for endpoint, path in paths.items() if endpoint not in strangers
    }


def test_every_route_declares_an_audience(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        declared = audience.of(app, rule.endpoint)
        assert declared is not None, rule
        assert declared.kind in KINDS, rule
        assert bool(declared.roles) == (declared.kind == "staff"), rule


def test_every_route_that_changes_something_declares_a_limit(app: Flask) -> None:
    changing = [rule for rule in app.url_map.iter_rules() if CHANGING & (rule.methods or set())]
    assert changing
    assert [rule for rule in changing if not app.view_functions[rule.endpoint].limit] == []


def test_an_app_with_a_route_that_says_nothing_does_not_start() -> None:
    app = Flask("silent")
    app.view_functions["static"] = audience.public(app.view_functions["static"])
    audience.check_routes(app)
    app.add_url_rule("/new", "new", lambda: "")
    with pytest.raises(RuntimeError, match="/new declares no audience"):
        audience.check_routes(app)
    app.view_functions["new"] = audience.public(lambda: "")
    audience.check_routes(app)
    app.add_url_rule("/other", "other", audience.public(lambda: ""), methods=["POST"])
    with pytest.raises(RuntimeError, match="/other takes a POST and declares no limit"):
        audience.check_routes(app)


def test_everything_is_there_for_its_audience(app: Flask, answers: dict[str, TestResponse]) -> None:
    """But for what the scene has no record of, and for programs, whose keys are tried elsewhere."""
    absent = {401, 404, 410}
    found = {endpoint: answer.status for endpoint, answer in answers.items() if answer.status_code >= 400}
    plain = {rule.endpoint for rule in app.url_map.iter_rules() if rule.arguments <= {"lang", "slug", "message_id"}}
    programs = {endpoint for endpoint in found if audience.of(app, endpoint).kind == "key"}
    assert {name: status for name, status in found.items() if name in plain - programs} == {}
    assert {status for status in found.values() if int(status[:3]) not in absent} == set()


def assert_guarded(name: str, answer: TestResponse, framed: bool = False) -> None:
    """Fail when an answer lacks one of the headers; who may frame what is tried in tests/embed/test_origins.py."""
    for header, value in HEADERS.items():
        if not framed or header != "X-Frame-Options":
            assert answer.headers.get(header) == value, (name, header)
    policy = answer.headers["Content-Security-Policy"].replace("frame-ancestors *", "" if framed else "*")
    assert policy.startswith("default-src 'none';"), name
    assert "unsafe" not in policy, name
    assert "*" not in policy, name
    assert answer.headers["Referrer-Policy"] in ("no-referrer", "strict-origin-when-cross-origin"), name
    assert "geolocation=()" in answer.headers["Permissions-Policy"], name


def test_every_answer_has_the_security_headers(app: Flask, answers: dict[str, TestResponse]) -> None:
    for name, answer in answers.items():
        assert_guarded(name, answer, framed=hasattr(app.view_functions[name], "framed"))


@pytest.mark.parametrize("name", FAILURES)
def test_failures_have_the_security_headers_too(client: FlaskClient, name: str) -> None:
    path, options = FAILURES[name]
    answer = client.open(path, **options)
    assert 400 <= answer.status_code < 500
    assert_guarded(name, answer)
    assert "Set-Cookie" not in answer.headers


def test_pages_behind_a_link_are_kept_by_nobody_and_name_their_address_to_nobody(
    client: FlaskClient, answers: dict[str, TestResponse]
) -> None:
    private = [name for name in answers if audience.of(client.application, name).kind in ("link", "staff")]
    assert private
    for name in private:
        assert answers[name].headers["Cache-Control"] == "no-store", name
        assert answers[name].headers["Referrer-Policy"] == "no-referrer", name


def test_public_pages_set_no_cookie(client: FlaskClient, answers: dict[str, TestResponse]) -> None:
    for name, answer in answers.items():
        if audience.of(client.application, name).kind != "staff":
            assert "Set-Cookie" not in answer.headers, name
            assert "Cookie" not in answer.headers.get("Vary", ""), name


def test_pages_bring_no_style_or_script_of_their_own_and_ask_no_other_site(answers: dict[str, TestResponse]) -> None:
    ours = "http://127.0.0.1:8000"  # what other sites read of a page names our own addresses as a whole
    pages = {name: answer.text.replace(ours, "") for name, answer in answers.items() if answer.mimetype == "text/html"}
    assert len(pages) > 8
    for name, text in pages.items():
        assert INLINE.search(text) is None, name
        assert ELSEWHERE.search(text) is None, name


def test_get_and_head_change_nothing(client: FlaskClient) -> None:
    scene()
    member_of_staff()
    before = fingerprint()
    for rule in rules(client.application):
        path = address(client.application, rule)
        client.get(path, buffered=True)
        client.head(path, buffered=True)
        assert fingerprint() == before, rule


def staff_requests(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every staff route with every method that it takes."""
    for rule in app.url_map.iter_rules():
        if audience.of(app, rule.endpoint).kind == "staff":
            yield from ((rule, method) for method in sorted((rule.methods or set()) - {"OPTIONS"}))


def test_staff_routes_are_closed_to_strangers(client: FlaskClient) -> None:
    scene()
    found = list(staff_requests(client.application))
    assert found
    for rule, method in found:
        answer = client.open(address(client.application, rule), method=method)
        assert answer.status_code == 303, (rule, method)
        assert answer.location.partition("?")[0] == "/staff/sign-in", (rule, method)


@pytest.mark.parametrize("role", Role)
def test_staff_routes_are_closed_to_the_wrong_role(client: FlaskClient, role: Role) -> None:
    scene()
    member_of_staff(role)
    assert staff_form().send(client).status_code == 303
    for rule, method in staff_requests(client.application):
        if role not in audience.of(client.application, rule.endpoint).roles:
            answer = client.open(address(client.application, rule), method=method)
            assert answer.status_code == 403, (rule, method)


def test_a_session_that_is_made_up_opens_nothing(client: FlaskClient) -> None:
    client.set_cookie("staff", uuid4().hex)
    assert client.get("/staff/outbox").status_code == 303
