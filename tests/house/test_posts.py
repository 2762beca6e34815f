"""No other site, and nobody without the right token, changes anything, by any route that takes a POST."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.core import limits
from campaign.core.rates import Rate
from tests.house.shots import SHOTS, SHOWING, attacks, fingerprint

SAFE = {"GET", "HEAD", "OPTIONS"}
every_post = pytest.mark.parametrize("endpoint", SHOTS)


def test_every_route_for_the_public_that_changes_something_is_tried(app: Flask) -> None:
    """The console's routes are tried one by one in test_console.py, by the URL map."""
    rules = [rule for rule in app.url_map.iter_rules() if (rule.methods or set()) - SAFE]
    assert {rule.endpoint for rule in rules} >= SHOTS.keys()
    open_to_all = {rule.endpoint for rule in rules if not rule.rule.startswith(("/staff", "/webhooks"))}
    assert open_to_all <= SHOTS.keys()


@every_post
def test_strangers_change_nothing(client: FlaskClient, endpoint: str) -> None:
    good = SHOTS[endpoint](client)
    before = fingerprint()
    accepted = {}
    for name, attack in attacks(good).items():
        answer = attack.send(client)
        if not 400 <= answer.status_code < 500 or fingerprint() != before:
            accepted[name] = answer.status
    assert accepted == {}
    assert good.send(client).status_code in (200, 202, 303)
    assert (fingerprint() != before) == (endpoint not in SHOWING), "the right request works, so refusals mean something"


@every_post
def test_every_post_is_counted_under_the_limit_that_it_declares(
    client: FlaskClient, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = SHOTS[endpoint](client)
    counted: list[str] = []
    monkeypatch.setattr(limits, "check", lambda name, rate, who: counted.append(name))
    good.send(client)
    assert counted == [client.application.view_functions[endpoint].limit]


@every_post
def test_over_its_limit_a_post_changes_nothing(
    client: FlaskClient, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, real = SHOTS[endpoint](client), limits.check
    monkeypatch.setattr(limits, "check", lambda name, _rate, who: real(name, Rate(1, "hour"), who))
    limits.check(client.application.view_functions[endpoint].limit, Rate(1, "hour"), "127.0.0.1")
    before = fingerprint()
    answer = good.send(client)
    assert (answer.status_code, fingerprint()) == (429, before)
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
