"""What staff do by hand, suppressed addresses, and digests: through the moves, nothing lost, nothing twice."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from campaign import outbox
from campaign.core import addresses
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict
from campaign.core.ids import new_id
from campaign.outbox import Claimed, Lane, Later, Plan, Refused, Sent, State, Unknown, Wait, actions, digests, pauses
from tests.support import outbox as ledger

STAFF = "staff:1"
STREAM = "target:one"


def waits() -> bool:
    return isinstance(ledger.claim(), Wait)


@pytest.mark.parametrize("of", ["all", "lane:letters", STREAM, "owner", "owner at one target"])
def test_what_is_paused_waits_without_anybody_asking_again_and_goes_on(app: Flask, of: str) -> None:
    owner = new_id()
    ledger.notes(2, owner=owner)
    ledger.without_pace()
    key = {"owner": pauses.of_owner(owner), "owner at one target": pauses.of_owner(owner, STREAM)}.get(of, of)
    with transaction():
        assert pauses.pause(key, reason="a test", actor=STAFF)
        assert not pauses.pause(key, reason="twice", actor=STAFF)
    assert ledger.claim() == Wait(None)
    with transaction():
        assert outbox.lanes_due() == []
        assert pauses.resume(key)
    assert isinstance(ledger.claim(), Claimed)


def test_one_campaigns_pause_does_not_hold_up_another(app: Flask) -> None:
    one, two = new_id(), new_id()
    ledger.notes(2, owner=one)
    (other,) = ledger.notes(1, owner=two)
    ledger.without_pace()
    with transaction():
        pauses.pause(pauses.of_owner(one), reason="a test", actor=STAFF)
    assert ledger.claimed().id == other
    assert waits()


def test_who_signs_while_a_campaign_is_paused_still_gets_the_mail_to_confirm(app: Flask) -> None:
    owner = new_id()
    (letter,) = ledger.notes(1, owner=owner)
    (asked,) = ledger.notes(1, owner=owner, lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit)
    ledger.without_pace()
    with transaction():
        pauses.pause(pauses.of_owner(owner), reason="a test", actor=STAFF)
        assert pauses.holding(owner, Lane.PEOPLE, Lane.PEOPLE.limit) == ("all", Lane.PEOPLE.limit)
        assert outbox.lanes_due() == [Lane.PEOPLE]
    assert waits(), letter
    assert ledger.claimed(Lane.PEOPLE).id == asked


def test_a_single_message_is_paused_and_its_history_shows_it(app: Flask) -> None:
    first, second = ledger.notes(2)
    ledger.without_pace()
    with transaction():
        assert pauses.freeze([first], True, actor=STAFF) == [first]
    assert ledger.claimed().id == second
    with transaction():
        pauses.freeze([first], False, actor=STAFF)
    assert ledger.claimed().id == first
    assert [move.cause for move in outbox.message(first)[1]][:2] == ["paused", "let go on"]


def test_a_message_is_cancelled_and_put_back_to_where_it_was(app: Flask) -> None:
    queued, held = ledger.notes(2)
    ledger.put(held, state=State.HELD)
    for id_, state in ((queued, State.QUEUED), (held, State.HELD)):
        with transaction():
            actions.cancel(id_, actor=STAFF)
        assert ledger.row(id_).state == State.CANCELLED
        with transaction():
            actions.restore(id_, actor=STAFF)
        assert ledger.row(id_).state == state


def test_what_may_have_left_cannot_be_cancelled(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.claimed()
    with pytest.raises(Conflict), transaction():
        actions.cancel(id_, actor=STAFF)


@pytest.mark.parametrize("how", ["refused", "bounced", "unsure"])
def test_only_what_surely_did_not_arrive_goes_again_under_a_new_message_id(app: Flask, how: str) -> None:
    (id_,) = ledger.notes()
    ledger.without_pace()
    first = ledger.claimed()
    if how == "unsure":
        ledger.record(first, Unknown("reset", lane=False))
        ledger.put(id_, state=State.FAILED)
    else:
        ledger.record(first, Refused("no such mailbox"))
        ledger.put(id_, state=State.BOUNCED if how == "bounced" else State.FAILED)
    with transaction():
        assert actions.send_again(id_, actor=STAFF) == (how != "unsure")
    ledger.without_rest()
    again = ledger.claimed()
    assert (again.envelope.message_id == first.envelope.message_id) == (how == "unsure")
    assert again.envelope.sender == first.envelope.sender, "a bounce still names its letter"
    assert again.attempts == 1


def test_nothing_goes_to_an_address_on_the_list_until_it_is_lifted(app: Flask) -> None:
    letter, mail = ledger.notes(1)[0], None
    address = addresses.parse("someone@example.org")
    (mail,) = ledger.notes(lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit, recipient_hash=address.hash)
    ledger.without_pace()
    with transaction():
        office = addresses.parse(ledger.NOTE.to)
        for one in (address, office):
            assert outbox.suppressions.suppress(one.hash, one.email, reason="complained", actor="receipts")
            assert not outbox.suppressions.suppress(one.hash, one.email, reason="again", actor="receipts")
    assert waits()
    assert isinstance(ledger.claim(Lane.PEOPLE), Wait)
    assert {ledger.row(id_).state for id_ in (letter, mail)} == {State.SUPPRESSED}
    with transaction():
        rows, _more = outbox.suppressions.listed()
        for row in rows:
            outbox.suppressions.lift(row.id, actor=STAFF)
        actions.send_again(letter, actor=STAFF)
    app.extensions.pop("cache", None)
    assert ledger.claimed().id == letter
    with transaction():
        assert {row.lifted_by for row in outbox.suppressions.listed()[0]} == {STAFF}


def test_a_full_mailbox_rests_and_is_tried_with_one_letter_while_others_go_on(app: Flask) -> None:
    ids = ledger.notes(5)
    ledger.without_pace(STREAM, "target:two")
    ledger.record(ledger.claimed(), Later("mailbox full", 3600, full=True))
    (other,) = ledger.notes(stream="target:two")
    assert ledger.claimed().id == other
    wait = ledger.claim()
    assert isinstance(wait, Wait)
    assert wait.seconds == pytest.approx(3600, abs=10)
    assert ledger.row(ids[0]).attempts == 0, "no letter uses up its attempts on a full mailbox"


def test_a_domain_that_does_not_answer_rests_alone(app: Flask) -> None:
    ledger.notes(5)
    ledger.without_pace()
    ledger.record(ledger.claimed(), Unknown("reset", lane=False))
    outbox.compose_with("test-other", lambda _ref: replace(ledger.NOTE, to="office@elsewhere.example"))
    other = outbox.Draft(
        kind="test-other", ref=new_id(), lane=Lane.LETTERS, stream="target:two", domain="elsewhere.example"
    )
    with transaction():
        outbox.write([other])
    assert ledger.claimed().id == other.id


def test_a_dead_address_stops_its_target_and_no_other(app: Flask) -> None:
    ledger.notes(3)
    ledger.without_pace(STREAM, "target:two")
    ledger.record(ledger.claimed(), Refused("no such mailbox", dead=True))
    (other,) = ledger.notes(stream="target:two")
    assert ledger.claimed().id == other
    assert waits()
    with transaction():
        assert [pause.key for pause in pauses.untold()] == [STREAM]
        assert pauses.untold() == [], "staff are told once"


def digest(plan: Plan | None = None, letters: int = 6) -> tuple[UUID, list[UUID]]:
    """A digest with the letters that were above the day's number; the first two left by themselves."""
    ids = ledger.notes(letters, owner=new_id(), tally_key="campaign:1/target:1")
    with transaction():
        outbox.plans.save_plan(STREAM, plan or Plan(digest_above=2, digest_at=0))
    ledger.without_pace(STREAM, f"{STREAM}/digest")
    for _ in range(2):
        ledger.record(ledger.claimed(), Sent())
    assert waits()
    with transaction():
        assert digests.gather(STREAM) == letters - 2
        assert digests.gather(STREAM) == 0, "once a day"
    outbox.compose_with("digest", _compose)
    outbox.check_with("digest", lambda _id: None)
    carrier = session().scalar(text("SELECT id FROM outbox_messages WHERE carries"))
    session().rollback()
    ledger.without_pace(STREAM, f"{STREAM}/digest")
    return carrier, [id_ for id_ in ids if ledger.row(id_).carrier_id == carrier]


LISTED: list[Sequence[UUID]] = []


def _compose(id_: UUID) -> outbox.Mail:
    LISTED.append(digests.carried(id_))
    if not LISTED[-1]:
        raise outbox.Unsendable("all taken back")
    return replace(ledger.NOTE, subject=f"{len(LISTED[-1])} letters")


def test_each_letter_of_a_digest_moves_with_it(app: Flask) -> None:
    carrier, letters = digest()
    claim = ledger.claimed()
    assert claim.id == carrier
    assert claim.envelope.mail.subject == "4 letters"
    assert {ledger.row(id_).state for id_ in letters} == {State.SENDING}
    ledger.record(claim, Later("greylisted", 1))
    assert {ledger.row(id_).state for id_ in letters} == {State.QUEUED}
    ledger.later(carrier, "due_at", -1)
    ledger.record(ledger.claimed(), Sent())
    assert {ledger.row(id_).state for id_ in letters} == {State.SENT}
    assert waits(), "each letter left once"
    assert (State.SENDING, State.SENT) in ledger.moves(letters[0])
    with transaction():
        figures = outbox.figures("campaign:1/")
    assert figures["target:1"]["sent"] == 6


def test_a_letter_taken_back_before_is_left_out_of_the_digest(app: Flask) -> None:
    carrier, letters = digest()
    ledger.record(ledger.claimed(), Later("greylisted", 1))
    with transaction():
        actions.cancel(letters[0], actor=STAFF)
    ledger.later(carrier, "due_at", -1)
    claim = ledger.claimed()
    assert claim.envelope.mail.subject == "3 letters"
    with pytest.raises(Conflict), transaction():
        actions.cancel(letters[1], actor=STAFF)
    ledger.record(claim, Sent())
    assert [ledger.row(id_).state for id_ in letters] == [State.CANCELLED, *[State.SENT] * 3]


def test_a_worker_that_dies_with_a_digest_loses_none_of_its_letters(app: Flask) -> None:
    carrier, letters = digest()
    first = ledger.claimed()
    ledger.later(carrier, "lease_until", -1)
    with transaction():
        assert outbox.expire_leases() == 1
    assert {ledger.row(id_).state for id_ in letters} == {State.UNSURE}
    ledger.later(carrier, "due_at", -1)
    with transaction():
        assert outbox.release_unsure() == 1
    again = ledger.claimed()
    assert again.envelope.message_id == first.envelope.message_id
    ledger.record(again, Sent())
    assert {ledger.row(id_).state for id_ in letters} == {State.SENT}


def test_a_digest_of_which_all_was_taken_back_is_not_sent(app: Flask) -> None:
    carrier, letters = digest()
    with transaction():
        for id_ in letters:
            actions.cancel(id_, actor=STAFF)
    assert waits()
    assert ledger.row(carrier).state == State.FAILED


def test_a_summary_is_written_once_for_each_step(app: Flask) -> None:
    owner = new_id()
    ledger.notes(1, owner=owner)
    with transaction():
        assert not digests.sum_up(STREAM, owner, 100, "ministry.example"), "nobody asked for it"
        outbox.plans.save_plan(STREAM, Plan(summary=True))
    for step, written in ((100, True), (100, False), (250, True)):
        with transaction():
            assert digests.sum_up(STREAM, owner, step, "ministry.example") == written
