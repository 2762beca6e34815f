"""How many letters wait, and which of them are still open to whom they go."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from campaign import outbox
from campaign.campaigns import Campaign
from campaign.core.db import session, transaction
from campaign.outbox import Message, State, Waiting
from campaign.outbox.models import Move
from tests.support import people
from tests.support.register import post


def waiting() -> Waiting | None:
    session().rollback()
    campaign = session().scalars(select(Campaign.id)).one()
    stream = f"target:{post()}"
    return outbox.waiting([campaign], [stream]).get((campaign, stream))


def to(state: State, **values: object) -> None:
    with transaction():
        stream = f"target:{post()}"
        session().execute(update(Message).where(Message.stream == stream).values(state=state, **values))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.QUEUED, Waiting(1, 0)),
        (State.HELD, Waiting(1, 0)),
        (State.SENDING, Waiting(0, 1)),
        (State.UNSURE, Waiting(0, 1)),
        (State.DELIVERED, None),
        (State.CANCELLED, None),
    ],
)
def test_what_has_not_left_follows_and_what_may_have_left_stays(
    seeded: Flask, state: State, expected: Waiting | None
) -> None:
    people.supporter()
    to(state)
    assert waiting() == expected


def test_a_letter_that_was_unsure_goes_again_as_it_was(seeded: Flask) -> None:
    people.supporter()
    to(State.QUEUED, lot=None)
    assert waiting() == Waiting(1, 0), "put off, and surely not sent: it is written anew"
    message = next(each for each in people.letter_messages() if each.stream == f"target:{post()}")
    with transaction():
        session().execute(
            Move.__table__.insert(),
            {"message_id": message.id, "from_state": "sending", "to_state": "unsure", "cause": "test", "actor": "test"},
        )
    assert waiting() == Waiting(0, 1)


def test_nobody_asks_about_nothing(seeded: Flask) -> None:
    assert outbox.waiting([], []) == {}
