"""Counting what stands where, in an index alone: the same as counting the rows."""

from collections import Counter

from flask import Flask
from sqlalchemy import text

from campaign import outbox
from campaign.core.db import session
from campaign.core.ids import new_id
from campaign.outbox import Lane, State
from tests.support import outbox as ledger


def test_messages_are_counted_by_owner_lane_stream_and_state(app: Flask) -> None:
    one, two, other = new_id(), new_id(), new_id()
    for owner, stream, n in ((one, "target:one", 3), (one, "target:two", 2), (two, "target:one", 4), (other, "x:y", 5)):
        ledger.notes(n, owner=owner, stream=stream)
    ledger.notes(2, owner=one, lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit)
    (digest,) = ledger.notes(owner=one, stream="target:one/digest")
    ledger.put(digest, state=State.SENT)
    ledger.put(ledger.notes(owner=two)[0], state=State.FAILED)

    found = outbox.standing([one, two, new_id()])
    rows = session().execute(
        text(
            "SELECT owner, lane, stream, state, count(*) FROM outbox_messages WHERE owner <> :other GROUP BY 1, 2, 3, 4"
        ),
        {"other": other},
    )
    flat = {(*key, state): n for key, states in found.items() for state, n in states.items()}
    assert flat == {(owner, lane, stream, state): n for owner, lane, stream, state, n in rows}
    assert outbox.standing([]) == {}

    assert outbox.streams(found)[one, "target:one"] == {State.QUEUED: 3, State.SENT: 1}, (
        "a digest counts with its stream"
    )
    lanes = {view.lane: view.states for view in outbox.lanes(found)}
    assert lanes == {
        Lane.PEOPLE: {State.QUEUED: 2},
        Lane.LETTERS: {State.QUEUED: 9, State.SENT: 1, State.FAILED: 1},
    }
    every = Counter(
        {lane: sum(states.values()) for lane, states in ((view.lane, view.states) for view in outbox.lanes())}
    )
    assert every == {Lane.PEOPLE: 2, Lane.LETTERS: 16}
