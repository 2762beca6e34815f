"""The counter as JSON: for pages, widgets and caches, at one read a second whoever asks."""

import time

import pytest
from flask import Flask
from sqlalchemy import text

from campaign import reports
from campaign.core.db import session, transaction
from tests.live.conftest import COUNTER, SLUG, STREAM, Sign
from tests.live.process import LiveProcess, eventually

pytestmark = pytest.mark.processes


def test_the_object_of_the_contract(live: LiveProcess, sign: Sign) -> None:
    sign(3)
    expected = reports.counters([SLUG])[SLUG].json()
    reply = live.get(COUNTER)
    assert (reply.status, reply.body) == (200, expected)
    assert reply.json["signatures"] == 3
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["cache-control"] == "public, max-age=2"
    assert reply.headers["etag"] == f'"{reports.etag(expected)}"'


def test_who_has_it_already_is_not_sent_it_again(live: LiveProcess) -> None:
    tag = live.get(COUNTER).headers["etag"]
    for tags in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        reply = live.get(COUNTER, If_None_Match=tags)
        assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", tag)
        assert reply.headers["access-control-allow-origin"] == "*"
    assert live.get(COUNTER, If_None_Match='"another"').status == 200


def test_head_options_and_nothing_else(live: LiveProcess) -> None:
    whole = live.get(COUNTER)
    head = live.get(COUNTER, "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(whole.body)))
    assert live.get(STREAM, "HEAD").headers["content-type"] == "text/event-stream"
    options = live.get(COUNTER, "OPTIONS")
    assert options.status == 204
    assert "If-None-Match" in options.headers["access-control-allow-headers"]
    post = live.get(COUNTER, "POST")
    assert (post.status, post.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert post.json["error"]["code"] == "method_not_allowed"


def test_there_is_nothing_else(live: LiveProcess) -> None:
    for path in ("/", "/api/v1/campaigns", f"/api/v1/campaigns/{SLUG}", f"{COUNTER}/", f"{STREAM}/x"):
        reply = live.get(path)
        assert (reply.status, reply.json["error"]["code"]) == (404, "not_found"), path


def test_what_cannot_be_a_slug_is_no_question_for_the_database(live: LiveProcess) -> None:
    for slug in ("Nobody", "a--b", "-a", "a_b", "%00", "x" * 81, "a%2Fb", "..%2F..", "%C3", "%C3%A9"):
        reply = live.get(f"/api/v1/campaigns/{slug}/counter")
        assert (reply.status, reply.json["error"]["code"]) == (404, "not_found"), slug
    assert live.statements() == []


def test_an_unknown_slug_is_asked_for_once(live: LiveProcess) -> None:
    for _ in range(50):
        reply = live.get("/api/v1/campaigns/no-such-campaign/counter")
        assert (reply.status, reply.json["error"]["code"]) == (404, "not_found")
    assert live.get("/api/v1/campaigns/no-such-campaign/counter/stream").status == 404
    assert len(live.statements()) == 1


def test_unknown_slugs_cost_one_statement_a_second(live: LiveProcess) -> None:
    begun = time.monotonic()
    statuses = []
    while time.monotonic() - begun < 4:
        lot = [live.open(f"/api/v1/campaigns/no-{len(statuses)}-{number}/counter") for number in range(60)]
        for connection in lot:
            statuses.append(int(connection.recv(4096).split()[1]))
            connection.close()
    # From one network only so many at a time may ask for what nobody has heard of.
    assert set(statuses) == {404, 503}
    assert len(live.statements()) <= time.monotonic() - begun + 2
    assert live.get(COUNTER).status == 200


def test_a_draft_is_unknown(live: LiveProcess) -> None:
    with transaction():
        session().execute(text("UPDATE campaigns SET status = 'draft'"))
    assert live.get(COUNTER).status == 404


def test_a_crowd_of_requests_costs_one_statement_a_second(live: LiveProcess, sign: Sign) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < 4:
        assert live.get(COUNTER).status == 200
    assert len(live.statements()) <= time.monotonic() - begun + 2
    expected = sign()
    eventually(lambda: live.get(COUNTER).json["signatures"] == expected, "the change is seen without a viewer")


def test_nobody_asks_and_nothing_is_read(live: LiveProcess, sign: Sign) -> None:
    live.get(COUNTER)
    time.sleep(2.5)
    before = len(live.statements())
    sign()
    time.sleep(3)
    assert len(live.statements()) == before


def test_no_transaction_stays_open(live: LiveProcess, seeded: Flask) -> None:
    live.get(COUNTER)
    session().rollback()
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
    assert session().scalar(text(query)) == 0
