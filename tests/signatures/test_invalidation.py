"""Taking many out: counted first, exact at each step, stopped and undone, and never in anybody's way."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from campaign import counters, reports, signatures
from campaign.core import audit, clock
from campaign.core.db import db, session, transaction
from campaign.core.errors import Conflict, DomainError, NotFound
from campaign.core.ids import new_id
from campaign.jobs import batches
from campaign.jobs.recount import recount
from campaign.outbox import Lane, Later, Message, State
from campaign.signatures import Signature, SignatureState, campaign_key, invalidation
from campaign.signatures.conditions import Conditions
from campaign.signatures.records import BatchState
from tests.support import outbox as ledger, people
from tests.support.crowd import crowd
from tests.support.forms import SLUG
from tests.support.threads import at_once

ANN = "staff:ann"
HOME = new_id()
FLOOD = Conditions(source="flood")


def begin(campaign: UUID, conditions: Conditions = FLOOD) -> UUID:
    with transaction():
        batch = invalidation.draft(campaign, conditions, actor=ANN)
    with transaction():
        invalidation.start(campaign, batch, "a flood", actor=ANN, organisation_id=HOME)
    return batch


def undo(campaign: UUID, batch: UUID) -> None:
    with transaction():
        invalidation.undo(campaign, batch, actor=ANN, organisation_id=HOME)


def chunk() -> bool:
    with transaction():
        return signatures.chunk()


def to_the_end() -> None:
    for _try in range(200):
        if not chunk() and not any(batch.busy for batch in invalidation.batches(people.page(SLUG).id)):
            return
    raise AssertionError("it does not end")


def public() -> int:
    session().rollback()
    return reports.counters([SLUG])[SLUG].signatures


def states(model: type[Signature] | type[Message] = Signature) -> dict[str, int]:
    session().rollback()
    query = select(model.state, func.count()).group_by(model.state)
    if model is Message:
        query = query.where(Message.kind == "letter")
    return {str(state.value): n for state, n in session().execute(query)}


def test_it_counts_before_anything_changes(seeded: Flask) -> None:
    campaign = crowd(30)
    found = invalidation.forecast(campaign, FLOOD)
    assert (found.signatures, found.counted, found.waiting, found.leaving, found.left) == (30, 30, 60, 0, 0)
    assert len(found.sample) == invalidation.SAMPLE
    assert states() == {"confirmed": 31}
    with pytest.raises(DomainError, match="No signature fits"):
        invalidation.forecast(campaign, Conditions(source="nowhere"))
    with pytest.raises(DomainError, match="at least one condition"):
        invalidation.forecast(campaign, Conditions())
    with transaction():
        batch = invalidation.draft(campaign, FLOOD, actor=ANN)
    with pytest.raises(DomainError, match="Write why"), transaction():
        invalidation.start(campaign, batch, " ", actor=ANN, organisation_id=HOME)


def test_the_counter_is_exact_after_each_chunk_and_after_the_undo(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.signatures.chunks.CHUNK", 10)
    campaign = crowd(35)
    batch = begin(campaign)
    seen = []
    while chunk():
        seen.append(public())
        assert recount() == {}, "no drift after a chunk"
    assert seen == [26, 16, 6, 1]
    done = invalidation.batch(campaign, batch)
    assert (done.state, done.done, done.letters, done.reached) == (BatchState.DONE, 35, 70, 35)
    assert states() == {"confirmed": 1, "invalid": 35}
    assert states(Message) == {"queued": 2, "cancelled": 70}
    assert reports.counters([SLUG])[SLUG].letters["queued"] == 2
    undo(campaign, batch)
    back = []
    while chunk():
        back.append(public())
        assert recount() == {}
    assert back == [11, 21, 31, 36]
    assert invalidation.batch(campaign, batch).state == BatchState.UNDONE
    assert states(Message) == {"queued": 72}
    steps = [step.to_state for step in signatures.register.history(people.all_signatures()[-1].id)]
    assert steps == ["invalid", "confirmed"]


def test_consents_stay(seeded: Flask) -> None:
    person = people.supporter(source="flood")
    before = signatures.register.answers(person)
    begin(people.page().id)
    to_the_end()
    assert before
    assert signatures.register.answers(person) == before


def test_every_step_is_in_the_audit_log_without_a_supporters_words(seeded: Flask) -> None:
    campaign = crowd(3)
    batch = begin(campaign, Conditions(name_part="Crowd"))
    to_the_end()
    undo(campaign, batch)
    to_the_end()
    query = select(audit.AuditEntry).where(audit.AuditEntry.subject == f"invalidation:{batch}")
    entries = session().scalars(query.order_by(audit.AuditEntry.id))
    found = {entry.action: entry for entry in entries}
    assert list(found) == [
        "signatures.invalidate",
        "signatures.invalidated",
        "signatures.undo_invalidation",
        "signatures.invalidation_undone",
    ]
    assert "Crowd" not in str([entry.detail for entry in found.values()])


def test_a_stop_holds_after_the_chunk_and_what_was_done_can_be_undone(
    seeded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.signatures.chunks.CHUNK", 4)
    campaign = crowd(10)
    batch = begin(campaign)
    assert chunk()
    with transaction():
        invalidation.stop(campaign, batch, actor=ANN, organisation_id=HOME)
    assert not chunk()
    assert (public(), states()["invalid"]) == (7, 4)
    with pytest.raises(Conflict), transaction():
        invalidation.stop(campaign, batch, actor=ANN, organisation_id=HOME)
    undo(campaign, batch)
    to_the_end()
    assert (public(), recount()) == (11, {})


def test_who_signs_afterwards_is_not_touched(seeded: Flask) -> None:
    campaign = crowd(3)
    batch = begin(campaign)
    late = people.supporter("late@example.org", source="flood")
    to_the_end()
    assert signatures.signed(late).state == SignatureState.CONFIRMED
    assert invalidation.batch(campaign, batch).done == 3


def test_undo_leaves_out_whose_address_has_signed_again(seeded: Flask) -> None:
    campaign = people.page().id
    first, other = people.supporter(source="flood"), people.supporter("other@example.org", source="flood")
    batch = begin(campaign)
    to_the_end()
    again = people.supporter(body="I sign once more, in other words than before. It must end now.")
    assert again != first
    undo(campaign, batch)
    to_the_end()
    found = invalidation.batch(campaign, batch)
    assert (found.restored, found.left_out, found.state) == (1, 1, BatchState.UNDONE)
    kept = {id_: signatures.signed(id_).state.value for id_ in (first, other, again)}
    assert kept == {first: "invalid", other: "confirmed", again: "confirmed"}
    assert (public(), recount()) == (2, {})


def test_an_undo_takes_only_what_its_own_batch_took_out(seeded: Flask) -> None:
    campaign = people.page().id
    people.supporter(source="flood")
    people.supporter("b@other.example", source="flood")
    first = begin(campaign, Conditions(domain="other.example"))
    to_the_end()
    second = begin(campaign)
    to_the_end()
    undo(campaign, first)
    to_the_end()
    assert [one.email for one in people.all_signatures() if one.state == SignatureState.CONFIRMED] == [
        "b@other.example"
    ]
    assert invalidation.batch(campaign, second).done == 1


def test_pending_and_held_ones_come_back_as_they_were(seeded: Flask) -> None:
    campaign = people.page().id
    people.sign("waits@example.org", source="flood")
    held = people.supporter("held@example.org", source="flood")
    with transaction():
        signatures.hold.hold(campaign, [held], "looks odd", actor=ANN, organisation_id=HOME)
    assert (public(), states(Message)) == (0, {"held": 2})
    batch = begin(campaign)
    to_the_end()
    assert (states(), states(Message)) == ({"invalid": 2}, {"cancelled": 2})
    undo(campaign, batch)
    to_the_end()
    assert (states(), states(Message)) == ({"pending": 1, "held": 1}, {"held": 2})
    with transaction():
        signatures.hold.release(campaign, [held], actor=ANN, organisation_id=HOME)
    assert (public(), states(Message), recount()) == (1, {"queued": 2}, {})


def test_a_letter_that_a_worker_has_is_left_to_it_and_does_not_go_twice(seeded: Flask) -> None:
    campaign = people.page().id
    people.supporter(source="flood")
    taken = ledger.claimed(Lane.LETTERS)
    batch = begin(campaign)
    to_the_end()
    assert states(Message) == {"sending": 1, "cancelled": 1}
    ledger.record(taken, Later("busy", 0.0))
    ledger.put(taken.id, due_at=clock.now() - timedelta(minutes=1))
    with transaction():
        session().execute(text("UPDATE outbox_paces SET opens_at = opens_at - interval '1 hour', tat = opens_at"))
    ledger.claim(Lane.LETTERS)
    assert states(Message) == {"cancelled": 2}, "it came back, so it does not leave any more"
    undo(campaign, batch)
    to_the_end()
    assert (states(Message), public(), recount()) == ({"queued": 2}, 1, {})


def test_one_whom_somebody_holds_is_waited_for_by_nobody_and_done_later(seeded: Flask) -> None:
    campaign = people.page().id
    busy, _free = people.supporter(source="flood"), people.supporter("b@example.org", source="flood")
    batch = begin(campaign)
    with db.engine.connect() as other, other.begin():
        other.execute(text("SELECT FROM signatures WHERE id = :id FOR UPDATE"), {"id": busy})
        assert chunk()
        chunk()
        found = invalidation.batch(campaign, batch)
        assert (found.done, found.state) == (1, BatchState.RUNNING)
        session().rollback()
    to_the_end()
    assert (invalidation.batch(campaign, batch).done, recount()) == (2, {})


def test_many_schedulers_at_once_do_each_signature_once(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.signatures.chunks.CHUNK", 7)
    campaign = crowd(60)
    batch = begin(campaign)
    session().rollback()

    def run(_number: int) -> None:
        for _turn in range(15):
            batches.work()

    at_once(seeded, 4, run)
    to_the_end()
    found = invalidation.batch(campaign, batch)
    assert (found.done, found.letters, found.state) == (60, 120, BatchState.DONE)
    moves = session().scalar(text("SELECT count(*) FROM signature_moves"))
    assert (moves, public(), recount()) == (60, 1, {})


def test_confirms_undo_and_invalidation_never_wait_crosswise(seeded: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.signatures.chunks.CHUNK", 5)
    campaign = people.page().id
    emails = [f"p{number}@example.org" for number in range(12)]
    for email in emails:
        people.sign(email, source="flood")
        people.sign(email, source="flood", body="The same person with other words, waiting as well. Now.")
    ids = [one.id for one in people.all_signatures()]
    session().rollback()

    def act(number: int) -> None:
        if number == 0:
            batch = begin(campaign, Conditions(domain="example.org"))
            for _turn in range(12):
                batches.work()
            undo(campaign, batch)
            for _turn in range(12):
                batches.work()
            return
        for id_ in ids[number - 1 :: 3]:
            try:
                people.confirm(id_)
            except DomainError:
                session().rollback()

    at_once(seeded, 4, act)
    for _turn in range(50):
        batches.work()
    assert recount() == {}
    twice = session().execute(
        select(Signature.email_hash).where(Signature.state == SignatureState.CONFIRMED)
        .group_by(Signature.email_hash).having(func.count() > 1)
    )  # fmt: skip
    assert twice.all() == []


def test_another_campaigns_batches_are_not_there(seeded: Flask) -> None:
    campaign = crowd(1)
    batch = begin(campaign)
    for act in (invalidation.stop, invalidation.undo):
        with pytest.raises(NotFound), transaction():
            act(new_id(), batch, actor=ANN, organisation_id=HOME)
    with pytest.raises(NotFound):
        invalidation.batch(new_id(), batch)


def test_a_small_batch_is_done_at_once(seeded: Flask) -> None:
    person = people.supporter()
    references = (signatures.signed(person).reference,)
    with transaction():
        batch = invalidation.draft(people.page().id, Conditions(references=references), actor=ANN)
        invalidation.start(people.page().id, batch, "wrong", actor=ANN, organisation_id=HOME)
        signatures.run_batch(batch)
    assert invalidation.batch(people.page().id, batch).state == BatchState.DONE
    assert counters.figures(campaign_key(people.page().id))[""]["signatures"] == 0


def test_names_with_signs_of_the_query_language_mean_themselves(seeded: Flask) -> None:
    campaign = people.page().id
    people.supporter("a@example.org", name="Ann_e 100%")
    people.supporter("b@example.org", name="Annie")
    found = {
        part: signatures.register.count(campaign, Conditions(name_part=part)) for part in ("n_e", "%", "\\", "ANN", "'")
    }
    assert found == {"n_e": 1, "%": 1, "\\": 0, "ANN": 2, "'": 0}
    assert signatures.register.count(campaign, Conditions(postcode="90, 1")) == 2
    session().execute(update(Signature).values(postcode="1000").where(Signature.name == "Annie"))
    assert signatures.register.count(campaign, Conditions(postcode="90")) == 1


def test_states_left(seeded: Flask) -> None:
    person = people.supporter()
    message = people.letter_messages()[0]
    with transaction():
        session().execute(update(Message).where(Message.id == message.id).values(state=State.SENT))
    found = invalidation.forecast(people.page().id, Conditions(references=(signatures.signed(person).reference,)))
    assert (found.waiting, found.left) == (1, 1)
