"""A message is in the ledger before anything else happens."""

import pytest
import redis
from flask import Flask

from campaign import counters, outbox
from campaign.core import queue
from campaign.core.db import session, transaction
from campaign.outbox import Lane, State
from campaign.outbox.models import Pace
from tests.support import outbox as ledger


def bell(app: Flask) -> list[str]:
    with redis.Redis.from_url(app.extensions["settings"].redis_url) as client:
        return [lane.value for lane in Lane if client.exists(queue.mark(lane))]


def test_the_bell_rings_only_after_the_commit(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction():
        ledger.composing()
        outbox.write(
            [outbox.Draft(kind="x", ref=ledger.new_id(), lane=Lane.LETTERS, stream="target:one", domain="x.example")]
        )
        assert bell(app) == []
        raise RuntimeError
    assert bell(app) == []
    ledger.notes()
    assert bell(app) == ["letters"]


def test_what_is_held_rings_nothing_and_counts_as_queued(app: Flask) -> None:
    (id_,) = ledger.notes(state=State.HELD, tally_key="test/one")
    assert bell(app) == []
    assert ledger.row(id_).state == State.HELD
    assert counters.figures("test") == {"one": {"queued": 1}}


def test_writing_makes_sure_of_every_limit_of_the_message(app: Flask) -> None:
    ledger.notes(stream="target:new")
    keys = {"lane:letters", "target:new", f"domain:{ledger.NOTE.domain}"}
    assert {key for key in keys if session().get(Pace, key)} == keys
    assert session().get_one(Pace, "target:new").lane == Lane.LETTERS


@pytest.fixture
def app_without_redis(env: dict[str, str], tmp_path: object, request: pytest.FixtureRequest) -> Flask:
    env["REDIS_URL"] = f"unix://{tmp_path}/nobody"
    app: Flask = request.getfixturevalue("app")
    return app


def test_without_redis_a_message_is_written_all_the_same(app_without_redis: Flask) -> None:
    (id_,) = ledger.notes()
    assert ledger.row(id_).state == State.QUEUED
    assert ledger.claimed().id == id_
