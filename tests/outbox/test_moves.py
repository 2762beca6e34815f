"""Every pair of states, walked on a real row: the specification of the ledger."""

import pytest
from flask import Flask

from campaign import counters
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict
from campaign.outbox import State, moves
from campaign.outbox.models import Move
from tests.support import outbox as ledger

# Written out a second time on purpose: a change in the code's table must be meant.
ALLOWED = {
    "held": "queued cancelled suppressed",
    "queued": "sending held failed cancelled suppressed sent delivered bounced complained handed_over",
    "sending": "sent queued unsure failed delivered bounced complained",
    "unsure": "queued sent delivered bounced complained failed cancelled",
    "sent": "delivered bounced complained",
    "delivered": "bounced complained",
    "bounced": "queued delivered complained",
    "complained": "",
    "failed": "queued sent delivered bounced complained",
    "cancelled": "queued sent delivered bounced complained",
    "suppressed": "queued sent delivered bounced complained",
    "handed_over": "queued",
}
# The contract of the public counter: `queued` is all that is still to leave, `sent` all that left us.
SHOWN = {
    "held": {"queued": 1},
    "queued": {"queued": 1},
    "sending": {"queued": 1},
    "unsure": {"queued": 1},
    "sent": {"sent": 1},
    "delivered": {"sent": 1, "delivered": 1},
    "bounced": {"sent": 1, "bounced": 1},
    "complained": {"sent": 1, "delivered": 1},
    "failed": {},
    "cancelled": {},
    "suppressed": {},
    "handed_over": {"sent": 1, "delivered": 1},
}


def shown(key: str) -> dict[str, int]:
    return {name: n for name, n in counters.figures("test").get(key, {}).items() if n}


def standing(before: State, after: State) -> object:
    """A message in that state, with the figures that it got on its way there."""
    key = f"{before}-{after}"
    (id_,) = ledger.notes(tally_key=f"test/{key}")
    ledger.put(id_, state=before)
    with transaction():
        counters.bump(f"test/{key}", queued=-1)
        counters.bump(f"test/{key}", **SHOWN[before])
    return id_


@pytest.mark.parametrize("before", State)
def test_only_the_listed_moves_happen_and_each_is_logged_and_counted(app: Flask, before: State) -> None:
    for after in State:
        id_ = standing(before, after)
        with transaction():
            moved = moves.move([id_], after, cause="a test", actor="tester")
        log = session().query(Move).filter_by(message_id=id_).all()
        pair = f"{before} to {after}"
        if after in ALLOWED[before].split():
            assert [(one.id, one.before) for one in moved] == [(id_, before)], pair
            assert [(step.from_state, step.to_state, step.cause, step.actor) for step in log] == [
                (before, after, "a test", "tester")
            ], pair
            assert (ledger.row(id_).state, shown(f"{before}-{after}")) == (after, SHOWN[after]), pair
        else:
            assert (moved, log) == ([], []), pair
            assert (ledger.row(id_).state, shown(f"{before}-{after}")) == (before, SHOWN[before]), pair


def test_moving_one_message_to_where_it_may_not_go_is_a_conflict(app: Flask) -> None:
    (id_,) = ledger.notes()
    with pytest.raises(Conflict), transaction():
        moves.move_one(id_, State.UNSURE, cause="a test", actor="tester")


def test_of_several_messages_only_those_move_that_may(app: Flask) -> None:
    first, second = ledger.notes(2)
    ledger.put(second, state=State.COMPLAINED)
    with transaction():
        moved = moves.move([first, second], State.CANCELLED, cause="a test", actor="tester")
    assert [one.id for one in moved] == [first]


def test_a_move_that_is_rolled_back_leaves_no_trace(app: Flask) -> None:
    (id_,) = ledger.notes(tally_key="test/one")
    with pytest.raises(RuntimeError), transaction():
        moves.move([id_], State.CANCELLED, cause="a test", actor="tester")
        raise RuntimeError
    assert (ledger.row(id_).state, ledger.moves(id_), shown("one")) == (State.QUEUED, [], {"queued": 1})


def test_the_database_itself_refuses_a_state_that_does_not_exist(app: Flask) -> None:
    ledger.notes()
    with pytest.raises(Exception, match="ck_outbox_messages_state"), transaction() as open_session:
        open_session.connection().exec_driver_sql("UPDATE outbox_messages SET state = 'lost'")
