"""Every route of the console against everybody: strangers, each role, another organisation. The list is the URL map."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from campaign.accounts import Role
from campaign.core import limits
from campaign.web import audience
from tests.house.records import MARKS, address, scene
from tests.house.shots import fingerprint
from tests.support import console

SAFE = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No limit hides a refusal, and no hash takes long."""
    monkeypatch.setattr(limits, "check", lambda name, rate, who: None)


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Every route for staff, with each of its methods."""
    rules = [rule for rule in app.url_map.iter_rules() if audience.of(app, rule.endpoint).kind == "staff"]
    return [(rule, method) for rule in rules for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})]


def roles(app: Flask, rule: Rule) -> frozenset[Role]:
    return audience.of(app, rule.endpoint).roles


def ask(client: FlaskClient, rule: Rule, method: str, data: dict[str, str] | None = None) -> TestResponse:
    return client.open(address(client.application, rule), method=method, data=data, buffered=True)


def leaks(answer: TestResponse) -> list[str]:
    return [mark for mark in MARKS if mark in answer.get_data(as_text=True)]


def test_strangers_get_to_the_door_and_no_further(client: FlaskClient) -> None:
    scene()
    before = fingerprint()
    for rule, method in routes(client.application):
        answer = ask(client, rule, method)
        assert answer.status_code == 303, (rule, method)
        assert answer.location.partition("?")[0] == "/staff/sign-in", (rule, method)
        assert leaks(answer) in ([], [MARKS[0]]), "the address asked for, and nothing else"
    assert fingerprint() == before


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_what_is_declared_for_it_and_nothing_else(client: FlaskClient, role: Role) -> None:
    scene()
    user = console.signed_in(client, role)
    for rule, method in routes(client.application):
        if role not in roles(client.application, rule):
            before = fingerprint()
            answer = ask(client, rule, method, console.token(user))
            assert answer.status_code == 403, (rule, method)
            assert fingerprint() == before, (rule, method)
        elif method == "GET":
            assert ask(client, rule, method).status_code in (200, 303, 404), (rule, method)


def test_the_owner_opens_every_page_of_what_is_there(client: FlaskClient) -> None:
    scene()
    console.signed_in(client)
    for rule, method in routes(client.application):
        if method == "GET":
            assert ask(client, rule, method).status_code in (200, 303), rule


@pytest.mark.parametrize("role", Role)
def test_another_organisation_sees_and_changes_nothing(client: FlaskClient, role: Role) -> None:
    scene()
    eve = console.signed_in(client, role, "other")
    for rule, method in routes(client.application):
        if role not in roles(client.application, rule) or (method != "GET" and not rule.arguments):
            continue
        before = fingerprint()
        answer = ask(client, rule, method, console.token(eve) if method != "GET" else None)
        assert leaks(answer) == [], (rule, method)
        if "slug" in rule.arguments:
            assert answer.status_code == 404, (rule, method)
        elif rule.arguments:
            assert 400 <= answer.status_code < 500, (rule, method)
        assert {**fingerprint(), "staff_sessions": ""} == {**before, "staff_sessions": ""}, (rule, method)


def test_a_viewer_reads_no_personal_data(client: FlaskClient) -> None:
    scene()
    console.signed_in(client, Role.VIEWER)
    for rule, method in routes(client.application):
        if method == "GET" and Role.VIEWER in roles(client.application, rule):
            text = ask(client, rule, method).get_data(as_text=True)
            assert "marie@example.org" not in text, rule
            assert "Marie Peeters" not in text, rule


def changing(app: Flask) -> list[tuple[Rule, str]]:
    """Every route that changes something, whoever it is for."""
    return [(rule, method) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - SAFE]


@pytest.mark.parametrize("attack", ["no token", "foreign token", "foreign Origin", "cross-site", "text/plain"])
def test_no_request_from_elsewhere_changes_anything(client: FlaskClient, attack: str) -> None:
    scene()
    app, mine = client.application, console.signed_in(client)
    other = console.member(Role.OWNER, "dan@demo.example")
    options: dict[str, dict[str, object]] = {
        "no token": {},
        "foreign token": {"data": console.token(other)},
        "foreign Origin": {"data": console.token(mine), "headers": {"Origin": "https://elsewhere.example"}},
        "cross-site": {"data": console.token(mine), "headers": {"Sec-Fetch-Site": "cross-site"}},
        "text/plain": {"data": f"csrf_token={console.token(mine)['csrf_token']}", "content_type": "text/plain"},
    }
    before = fingerprint()
    for rule, method in changing(app):
        by_link = audience.of(app, rule.endpoint).kind == "link" and attack in ("no token", "foreign token")
        path = address(app, rule)
        path = path[:-6] + "xxxxxx" if by_link else path  # the token stands in the address
        answer = client.open(path, method=method, **options[attack])
        assert 400 <= answer.status_code < 500 or (answer.status_code == 303 and "sign-in" in answer.location), rule
        assert fingerprint() == before, (rule, method)
