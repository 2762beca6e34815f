"""Within a stream: fair between owners, random within one, exact with any number of workers."""

from collections import Counter
from itertools import pairwise
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, text

from campaign import outbox
from campaign.core.db import session, transaction
from campaign.core.ids import new_id
from campaign.outbox import Claimed, Lane, Sent, State, batch_sql, turns
from campaign.outbox.delivery_models import Turn
from tests.support import outbox as ledger, statements
from tests.support.threads import at_once

STREAM = "target:one"


def owners(*sizes: int) -> dict[UUID, list[UUID]]:
    """Owners with so many letters each, and no pace."""
    found = {(owner := new_id()): ledger.notes(size, owner=owner) for size in sizes}
    ledger.without_pace()
    return found


def drawn(n: int) -> list[UUID]:
    """The next letters that leave."""
    ids = []
    for _ in range(n):
        claim = ledger.claimed()
        ledger.record(claim, Sent())
        ids.append(claim.id)
    return ids


def whose(of: dict[UUID, list[UUID]], ids: list[UUID]) -> list[int]:
    """The number of the owner of each."""
    places = {id_: number for number, letters in enumerate(of.values()) for id_ in letters}
    return [places[id_] for id_ in ids]


def test_a_small_campaign_does_not_stand_behind_a_large_one(app: Flask) -> None:
    of = owners(60, 5)
    order = whose(of, drawn(10))
    assert Counter(order) == {0: 5, 1: 5}


def test_each_campaign_gets_its_share(app: Flask) -> None:
    of = owners(30, 30)
    with transaction():
        turns.share(next(iter(of)), 2, [STREAM])
    order = whose(of, drawn(30))
    assert Counter(order) == {0: 20, 1: 10}
    for at in range(0, 30, 3):
        assert Counter(order[at : at + 3]) == {0: 2, 1: 1}


def test_who_was_idle_catches_up_by_a_handful_at_most(app: Flask) -> None:
    of = owners(60, 1)
    drawn(42)
    late = list(of)[1]
    of[late] += ledger.notes(20, owner=late)
    assert Counter(whose(of, drawn(18)))[1] <= turns.CATCH_UP + 5


def test_three_campaigns_take_turns_whatever_their_sizes(app: Flask) -> None:
    of = owners(30, 10, 20)
    order = whose(of, drawn(30))
    assert all(set(order[at : at + 3]) == {0, 1, 2} for at in range(0, 30, 3))


def test_within_a_campaign_the_order_is_random(app: Flask) -> None:
    """As many go up as down, and early letters do not come first: bounds that chance breaks once in a million runs."""
    (ids,) = owners(120).values()
    order = [ids.index(id_) for id_ in drawn(120)]
    rises = sum(after > before for before, after in pairwise(order))
    assert 40 <= rises <= 80
    early = sum(place < 60 for place in order[:60])
    assert 16 <= early <= 44


def test_every_letter_has_the_same_chance_of_being_first(app: Flask) -> None:
    firsts: Counter[int] = Counter()
    for _ in range(60):
        (ids,) = owners(3).values()
        firsts[ids.index(drawn(3)[0])] += 1
    assert min(firsts.values()) >= 5
    assert len(firsts) == 3


def test_a_letter_that_comes_late_does_not_push_ahead_of_those_that_wait_longest(app: Flask) -> None:
    """The wheel turns on: while new letters keep coming, every old one leaves within one turn of it."""
    owner = new_id()
    old = ledger.notes(10, owner=owner)
    ledger.without_pace()
    gone: list[UUID] = []
    for _ in range(40):
        ledger.notes(1, owner=owner)
        gone += drawn(1)
        if set(old) <= set(gone):
            break
    assert set(old) <= set(gone)


def test_the_wheel_never_passes_a_letter_that_waits(app: Flask) -> None:
    """A worker that picked a letter and found the lane shut has not lost it its place."""
    (owner,) = owners(12)
    with transaction():
        session().execute(text("UPDATE outbox_messages SET lot = lot * 0.9 + 0.05"))
        first, second = session().execute(text("SELECT id, lot FROM outbox_messages ORDER BY lot LIMIT 2"))
    ledger.put(first.id, frozen=True)
    assert drawn(1) == [second.id]
    ledger.put(first.id, frozen=False, lot=second.lot + 0.000001)
    assert drawn(1) == [first.id], "what stands right before the spot is next"
    assert owner


@pytest.mark.parametrize("spot", [0.0, 0.999999], ids=["ahead", "again from the start"])
def test_a_turn_reads_a_handful_of_rows_however_many_letters_wait(app: Flask, spot: float) -> None:
    """Of a million that waited it once read fifty thousand for each that left."""
    owner, stream = new_id(), f"target:{new_id()}"  # nothing that earlier tests left behind is read with it
    ledger.notes(2000, owner=owner, stream=stream)
    with transaction():
        session().execute(text("UPDATE outbox_messages SET lot = 0.000001 + lot * 0.9"))
        session().execute(text("UPDATE outbox_turns SET spot = :spot"), {"spot": spot})
        lowest = session().scalar(text("SELECT min(lot) FROM outbox_messages"))
    for statement in ("ANALYZE outbox_messages", "ANALYZE outbox_turns", "SET LOCAL enable_seqscan = off"):
        session().execute(text(statement))
    charge = (batch_sql.words(turns.CHARGE), {"stream": stream, "owner": owner, "lot": lowest})
    assert statements.rows_read([charge]) < 10
    assert session().scalar(text("SELECT spot FROM outbox_turns")) == lowest
    session().rollback()


def test_a_letter_another_worker_looks_at_keeps_its_place(app: Flask) -> None:
    (owner,) = owners(6)
    first, second = session().scalars(text("SELECT id FROM outbox_messages ORDER BY lot LIMIT 2"))
    session().rollback()

    def work(number: int) -> UUID | None:
        if number:
            return None
        return ledger.claimed().id

    with session().get_bind().connect() as other:  # type: ignore[union-attr]
        other.execute(text("SELECT id FROM outbox_messages WHERE id = :id FOR UPDATE"), {"id": first})
        assert at_once(app, 1, work) == [second]
    assert drawn(1) == [first], "although a later one has left meanwhile"
    assert owner


def test_workers_at_once_take_each_letter_once_and_stay_fair(app: Flask) -> None:
    of = owners(60, 60, 60)

    def work(number: int) -> list[UUID]:
        mine: list[UUID] = []
        while len(mine) < 15 and isinstance(claim := ledger.claim(actor=f"worker:test/{number}"), Claimed):
            mine.append(claim.id)
        return mine

    taken = [id_ for mine in at_once(app, 6, work) for id_ in mine]
    assert len(taken) == len(set(taken)) == 90
    shares = Counter(whose(of, taken))
    assert all(abs(shares[number] - 30) <= turns.CATCH_UP for number in range(3)), shares


def test_a_letter_that_is_due_again_goes_before_those_that_had_no_turn_and_is_charged_to_its_owner(app: Flask) -> None:
    of = owners(10, 10)
    claim = ledger.claimed()
    ledger.record(claim, outbox.Later("greylisted", 60))
    ledger.later(claim.id, "due_at", -1)
    assert drawn(1) == [claim.id]
    assert Counter(whose(of, drawn(6)))[whose(of, [claim.id])[0]] == 2


def test_mail_that_is_nobodys_and_mail_that_people_wait_for_goes_by_its_time(app: Flask) -> None:
    ids = ledger.notes(6, lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit, owner=new_id())
    with transaction():
        outbox.set_rate(Lane.PEOPLE.limit, None)
    assert [ledger.claimed(Lane.PEOPLE).id for _ in ids] == ids


def test_an_emptied_table_of_turns_does_not_lose_the_letters(app: Flask) -> None:
    owners(3, 2)
    with transaction():
        session().execute(delete(Turn))
    assert not isinstance(ledger.claim(), Claimed)
    with transaction():
        assert turns.heal() == 2
    assert len(drawn(5)) == 5


@pytest.mark.parametrize("size", [200])
def test_a_claim_reads_few_rows_however_many_wait(app: Flask, size: int) -> None:
    """The plan, not the clock: every part of the claim goes through an index."""
    owners(size)
    with transaction():
        session().execute(text("ANALYZE outbox_messages"))
        session().execute(text("SET LOCAL enable_sort = off"))
        plan = session().scalars(
            text(
                "EXPLAIN SELECT id FROM outbox_messages WHERE stream = :s AND owner = :o AND state = 'queued'"
                " AND NOT frozen AND carrier_id IS NULL AND lot IS NOT NULL AND lot > 0.5 ORDER BY lot LIMIT 1"
            ),
            {"s": STREAM, "o": new_id()},
        )
        assert "ix_outbox_lot" in "".join(plan)
    assert ledger.row(drawn(1)[0]).state == State.SENT
