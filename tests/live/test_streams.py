"""Open streams: the state at once, every change soon, and never more than the database or the reader can take."""

import time

import pytest
from sqlalchemy import text

from campaign import reports
from campaign.core.db import session, transaction
from tests.live.conftest import COUNTER, SLUG, STREAM, Sign, Start
from tests.live.counting import TAKEN_DOWN
from tests.live.process import LiveProcess, eventually
from tests.live.viewers import Viewers

pytestmark = pytest.mark.processes


def test_the_last_state_comes_at_once(live: LiveProcess, sign: Sign) -> None:
    sign(7)
    with Viewers(live, STREAM, 1) as crowd:
        crowd.wait_until_all_show(7)
        viewer = crowd.all[0]
    assert "http/1.1 200" in viewer.head
    for line in (
        "content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no",
        "access-control-allow-origin: *",
    ):  # fmt: skip
        assert line in viewer.head
    body = reports.counters([SLUG])[SLUG].json()
    event = f"id: {reports.etag(body)}\nevent: counter\ndata: ".encode() + body + b"\n\n"
    assert b"retry: 3000\n" in viewer.text
    assert viewer.text.count(event) == 1


def test_news_of_a_change_arrive(start_live: Start, sign: Sign) -> None:
    with Viewers(start_live(ONLY_NEWS="1"), STREAM, 3) as crowd:
        crowd.wait_until_all_show(0)
        time.sleep(1.2)
        crowd.wait_until_all_show(sign())


def test_a_hundred_viewers_of_a_busy_campaign(live: LiveProcess, sign: Sign) -> None:
    with Viewers(live, STREAM, 100) as crowd:
        crowd.wait_until_all_show(0)
        begun = time.time()
        signatures = 0
        while time.time() - begun < 10:
            signatures = sign()
            time.sleep(0.05)
        crowd.wait_until_all_show(signatures)
        ended = time.time()
    statements = [moment for moment in live.statements() if moment >= begun]
    # It moved all the time and was read once a second.
    assert signatures > 20
    assert 5 <= len(statements) <= ended - begun + 2
    for viewer in crowd.all:
        numbers = [value["signatures"] for _moment, value in viewer.seen]
        assert numbers == sorted(numbers)
        assert len(numbers) >= 4
        assert viewer.text.count(b"event: counter") <= 2 * (ended - begun)


def test_a_viewer_who_comes_back_gets_the_state_again(live: LiveProcess) -> None:
    tag = live.get(COUNTER).headers["etag"].strip('"')
    connection = live.open(STREAM, Last_Event_ID=tag)
    eventually(lambda: f"id: {tag}".encode() in connection.recv(65536), "the state is sent")


def test_all_places_taken(start_live: Start) -> None:
    live = start_live(LIVE_STREAMS="5")
    with Viewers(live, STREAM, 5) as crowd:
        crowd.wait_until_all_show(0)
        refused = live.get(STREAM)
        assert (refused.status, refused.json["error"]["code"]) == (503, "unavailable")
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["access-control-allow-origin"] == "*"
        assert live.get(COUNTER).status == 200
    # Those who leave make room.
    eventually(lambda: live.open(STREAM).recv(65536).startswith(b"HTTP/1.1 200"), "there is a place again")


def test_one_network_takes_only_its_part(start_live: Start) -> None:
    live = start_live(PROXIES="1", LIVE_STREAMS="100")
    taken = [live.open(STREAM, X_Forwarded_For="6.6.6.6, 192.0.2.1") for _ in range(20)]
    assert all(connection.recv(12) == b"HTTP/1.1 200" for connection in taken)
    # What the visitor wrote itself does not make it another network; a neighbour is one.
    assert live.get(STREAM, X_Forwarded_For="7.7.7.7, 192.0.2.1").status == 503
    other = live.open(STREAM, X_Forwarded_For="192.0.2.2")
    assert other.recv(12) == b"HTTP/1.1 200"


def test_a_campaign_that_is_taken_down_ends_its_streams(live: LiveProcess, sign: Sign) -> None:
    with Viewers(live, STREAM, 3) as crowd:
        crowd.wait_until_all_show(0)
        with transaction():
            session().execute(text("UPDATE campaigns SET status = 'draft'"))
        crowd.wait_until_all_ended(20)
    assert live.get(STREAM).status == 404


def test_it_ends_in_time_with_open_streams(live: LiveProcess) -> None:
    live.open("/healthz")
    with Viewers(live, STREAM, 50) as crowd:
        crowd.wait_until_all_show(0)
        assert live.stop() < 10
        crowd.wait_until_all_ended()
    assert live.process.returncode == 0
    # granian's threads would want the interpreter meanwhile, which sometimes aborts the process.
    assert TAKEN_DOWN not in live.log()


def test_a_reader_that_takes_nothing_holds_nobody_up(live: LiveProcess, sign: Sign) -> None:
    for _ in range(5):
        live.open(STREAM)
    with Viewers(live, STREAM, 5) as crowd:
        for _ in range(3):
            crowd.wait_until_all_show(sign())
    assert live.stop() < 10
    assert live.process.returncode == 0


def test_a_taken_port_is_refused(live: LiveProcess, env: dict[str, str], installation) -> None:
    second = installation.start("second", "live", "--port", str(live.port))
    assert second.wait(30) == 1
