"""F9: events that come before our own commit, from a provider that posts them while it still holds our request."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import outbox
from campaign.core.db import session, transaction
from campaign.jobs.drain import drain
from tests.support import outbox as ledger
from tests.support.sendgrid import KEY, Call, StandIn, Step
from tests.support.sendgrid_events import event, post, public_key


class Hasty(StandIn):
    """Takes a mail, posts its events, and only then answers as it is told."""

    client: FlaskClient
    kinds: tuple[str, ...] = ("processed", "delivered")

    def _meet(self, connection: Any, call: Call) -> bool:
        id_ = call.body["personalizations"][0]["custom_args"]["message_id"]
        events = [event(kind, id_, at, handover="handover-9") for at, kind in enumerate(self.kinds)]
        assert post(self.client, events).status_code == 200
        return super()._meet(connection, call)


@pytest.fixture
def there() -> Iterator[Hasty]:
    standin = Hasty()
    yield standin
    standin.close()


@pytest.fixture
def env(env: dict[str, str], there: Hasty) -> dict[str, str]:
    sends = {"MAIL_URL": "sendgrid:", "SENDGRID_API_KEY": KEY, "SENDGRID_HOST": there.url, "DEMO": "0"}
    return {**env, **sends, "SENDGRID_EVENT_PUBLIC_KEY": public_key()}


@pytest.fixture
def ready(app: Flask, there: Hasty) -> Hasty:
    there.client = app.test_client()
    ledger.without_pace()
    return there


def counts(query: str) -> dict[str, int]:
    session().rollback()
    return {row[0]: row[1] for row in session().execute(text(query))}


STATES = "SELECT state, count(*) FROM outbox_messages GROUP BY state"
ORPHANS = "SELECT 'orphans', count(*) FROM receipts WHERE applied_at IS NULL"


def test_twenty_letters_whose_events_overtake_our_record_are_delivered_and_none_is_an_orphan(ready: Hasty) -> None:
    ledger.notes(20)
    assert drain("letters") == 20
    assert counts(STATES) == {"delivered": 20}
    assert counts(ORPHANS) == {"orphans": 0}
    assert set(ready.copies.values()) == {1}


@pytest.mark.parametrize("fault", [Step(then="reset", keep=True), Step(503, keep=True), Step(then="close", keep=True)])
def test_a_letter_that_was_taken_and_never_answered_is_not_sent_twice(ready: Hasty, fault: Step) -> None:
    (id_,) = ledger.notes()
    ready.script(fault)
    drain("letters")
    ledger.later(id_, "due_at", -1)
    with transaction():
        assert outbox.release_unsure() == 0
    drain("letters")
    assert counts(STATES) == {"delivered": 1}
    assert set(ready.copies.values()) == {1}
