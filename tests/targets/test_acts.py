"""A change of the register: planned, done exactly so, taken back exactly so; letters wait and go on with it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from campaign import outbox, targets
from campaign.core import clock
from campaign.core.addresses import BadAddress
from campaign.core.audit import AuditEntry
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict, DomainError, NotFound
from campaign.outbox import pauses
from campaign.targets import ActState, Contact, Person, Post, RegisterAct, Tenure, acts, edits, stream_of
from tests.support.register import ACTOR, done, holder, organisation, post, undone
from tests.support.threads import at_once

TODAY = clock.today()
WORDS = {"office": {}, "salutation": {}, "source": "a test", "checked_on": None}


@pytest.fixture
def whose(seeded: Flask) -> UUID:
    return organisation()


def rows() -> list[tuple[object, ...]]:
    """Everything of the register that an undo must bring back."""
    session().rollback()
    tables = ("areas", "bodies", "posts", "persons", "tenures", "contacts")
    return [tuple(row) for table in tables for row in session().execute(text(f"SELECT * FROM {table} ORDER BY 1"))]


def paused(post_id: UUID) -> str | None:
    session().rollback()
    pause = pauses.standing([stream_of(post_id)]).get(stream_of(post_id))
    return pause.reason if pause else None


def ended(whose: UUID, until: date = TODAY) -> targets.ActView:
    return done(edits.end_tenure(whose, holder(post()).id, until), whose)


def successor(whose: UUID, since: date = TODAY, name: str = "Nele Next") -> targets.ActView:
    plan = edits.add_tenure(whose, post(), person=name, person_id=None, since=since, until=None, **WORDS)
    return done(plan, whose)


def test_nothing_changes_before_it_is_done(whose: UUID) -> None:
    before = rows()
    plan = edits.end_tenure(whose, holder(post()).id, TODAY)
    with transaction():
        id_ = acts.keep(whose, plan, actor=ACTOR)
    assert rows() == before
    assert acts.act(whose, id_).state == ActState.PLANNED
    assert acts.acts(whose) == ([], False), "the list shows what was done"


def test_an_undo_brings_back_every_row(whose: UUID) -> None:
    before = rows()
    act = successor(whose)
    assert act.counts == {"added": 2, "ended": 1, "unchanged": 0}
    assert rows() != before
    undone(act, whose)
    assert rows() == before
    with pytest.raises(Conflict):
        undone(act, whose)


def test_the_one_before_leaves_on_the_day_that_the_next_one_comes(whose: UUID) -> None:
    leaving = holder(post()).id
    successor(whose, TODAY)
    assert session().get_one(Tenure, leaving).until == TODAY
    target = targets.resolve([post()], TODAY, "en")[0]
    assert target.holder == "Nele Next"


def test_what_was_shown_is_what_is_done_or_nothing_is(whose: UUID) -> None:
    plan = edits.end_tenure(whose, holder(post()).id, TODAY)
    with transaction():
        id_ = acts.keep(whose, plan, actor=ACTOR)
    shown = acts.act(whose, id_).digest
    with pytest.raises(Conflict), transaction():
        acts.do(whose, id_, "something else", actor=ACTOR)
    with transaction():
        session().execute(update(Tenure).where(Tenure.id == holder(post()).id).values(source="somebody else"))
    before = rows()
    with pytest.raises(Conflict, match="has changed since"), transaction():
        acts.do(whose, id_, shown, actor=ACTOR)
    assert rows() == before


def test_a_plan_is_done_once_although_two_press_the_button(seeded: Flask, whose: UUID) -> None:
    with transaction():
        id_ = acts.keep(whose, edits.end_tenure(whose, holder(post()).id, TODAY), actor=ACTOR)
    shown = acts.act(whose, id_).digest

    def press(_number: int) -> bool:
        try:
            with transaction():
                acts.do(whose, id_, shown, actor=ACTOR)
        except Conflict:
            return False
        return True

    assert sum(at_once(seeded, 4, press)) == 1


def test_two_plans_for_the_same_days_are_not_both_done(whose: UUID) -> None:
    ended(whose)
    plans = [
        edits.add_tenure(whose, post(), person=name, person_id=None, since=TODAY, until=None, **WORDS)
        for name in ("Ann", "Bob")
    ]
    done(plans[0], whose)
    with pytest.raises(Conflict, match="Somebody else holds this post"):
        done(plans[1], whose)


def test_an_undo_is_refused_where_the_rows_were_changed_since(whose: UUID) -> None:
    act = ended(whose)
    successor(whose)
    assert session().scalar(select(func.count()).select_from(Person).where(Person.name == "Nele Next")) == 1
    with pytest.raises(Conflict):
        undone(act, whose)


def test_letters_wait_while_nobody_holds_the_post_and_go_on_with_the_next(whose: UUID) -> None:
    ended(whose)
    assert paused(post()) == targets.REASONS["vacant"]
    act = successor(whose)
    assert paused(post()) is None
    undone(act, whose)
    assert paused(post()) == targets.REASONS["vacant"]


def test_letters_go_to_the_present_holder_until_the_last_day(whose: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    ended(whose, TODAY + timedelta(days=3))
    assert paused(post()) is None
    monkeypatch.setattr(clock, "today", lambda *_zone: TODAY + timedelta(days=3))
    with transaction():
        targets.settle_all()
    assert paused(post()) == targets.REASONS["vacant"]
    assert len(pauses.untold()) == 1, "nobody was there to see it, so staff get a mail"


def test_staff_who_let_a_stream_go_on_are_not_overruled(whose: UUID) -> None:
    ended(whose)
    with transaction():
        pauses.resume(stream_of(post()))
        targets.settle_all()
    assert paused(post()) is None


def test_a_pause_of_staff_stays_when_the_vacancy_is_over(whose: UUID) -> None:
    with transaction():
        pauses.pause(stream_of(post()), reason="we wait for an answer", actor=ACTOR)
    ended(whose)
    successor(whose)
    assert paused(post()) == "we wait for an answer"


def test_a_corrected_address_lets_letters_go_on_that_stood_still_for_the_dead_one(whose: UUID) -> None:
    with transaction():
        pauses.pause(stream_of(post()), reason="550 no such user", actor="receipts")
    plan = edits.set_contact(
        whose, post(), email="new@office.example", since=TODAY, source="web site", checked_on=TODAY
    )
    act = done(plan, whose)
    assert paused(post()) is None
    undone(act, whose)
    assert paused(post()) == "550 no such user", "and the dead address is not written to again"


def test_a_look_at_a_dead_address_does_not_let_letters_go(whose: UUID) -> None:
    with transaction():
        pauses.pause(stream_of(post()), reason="550 no such user", actor="receipts")
    contact = session().scalars(select(Contact.id).where(Contact.post_id == post())).one()
    done(edits.check_again(whose, "contacts", contact, TODAY), whose)
    assert paused(post()) == "550 no such user"


def test_letters_wait_while_a_post_has_no_address(whose: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = session().scalars(select(Contact.id).where(Contact.post_id == post())).one()
    done(edits.end_contact(whose, contact, TODAY + timedelta(days=1)), whose)
    monkeypatch.setattr(clock, "today", lambda *_zone: TODAY + timedelta(days=1))
    with transaction():
        targets.settle_all()
    assert paused(post()) == targets.REASONS["no_address"]


@pytest.mark.parametrize("email", ["minister@gmail.com", "x@telenet.be", "none", "a@b@c.example", "a@localhost", ""])
def test_a_private_or_broken_address_is_refused(whose: UUID, email: str) -> None:
    with pytest.raises(BadAddress):
        edits.set_contact(whose, post(), email=email, since=TODAY, source="", checked_on=None)


def test_another_organisation_cannot_touch_the_register(whose: UUID) -> None:
    other = organisation("other")
    tenure, act = holder(post()).id, ended(whose)
    with pytest.raises(NotFound):
        edits.end_tenure(other, tenure, TODAY)
    with pytest.raises(NotFound):
        edits.set_contact(other, post(), email="us@other.example", since=TODAY, source="", checked_on=None)
    with pytest.raises(NotFound):
        acts.act(other, act.id)
    with pytest.raises(NotFound), transaction():
        acts.undo(other, act.id, actor=ACTOR)
    assert targets.listing.offices(other) == ([], False)


def test_rows_of_the_installation_can_be_looked_at_and_not_changed(whose: UUID) -> None:
    with transaction():
        session().execute(update(Post).values(organisation_id=None))
    assert [office.mine for office in targets.listing.offices(whose)[0]] == [False, False]
    with pytest.raises(NotFound):
        edits.end_tenure(whose, holder(post()).id, TODAY)


@pytest.mark.parametrize("days", [0, -1, -4000])
def test_a_tenure_ends_after_it_began(whose: UUID, days: int) -> None:
    tenure = holder(post())
    with pytest.raises(DomainError) as refused:
        edits.end_tenure(whose, tenure.id, tenure.since + timedelta(days=days))
    assert "until" in refused.value.fields


def test_who_followed_before_stands_in_the_way(whose: UUID) -> None:
    long_ago = date(1990, 1, 1)
    with pytest.raises(DomainError, match="Say until when"):
        edits.add_tenure(whose, post(), person="Old", person_id=None, since=long_ago, until=None, **WORDS)


def test_every_act_is_in_the_log_of_its_organisation(whose: UUID) -> None:
    undone(ended(whose), whose)
    logged = select(AuditEntry.action, AuditEntry.organisation_id).where(AuditEntry.action.startswith("register."))
    assert session().execute(logged.order_by(AuditEntry.at)).all() == [
        ("register.end_tenure", whose),
        ("register.undo", whose),
    ]


def test_plans_that_nobody_did_are_forgotten(whose: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        acts.keep(whose, edits.end_tenure(whose, holder(post()).id, TODAY), actor=ACTOR)
        session().execute(update(RegisterAct).values(created_at=clock.now() - timedelta(hours=25)))
        acts.keep(whose, edits.end_tenure(whose, holder(post()).id, TODAY), actor=ACTOR)
    assert session().scalar(select(func.count()).select_from(RegisterAct)) == 1


def test_letters_that_wait_are_counted_by_campaign(seeded: Flask, whose: UUID) -> None:
    assert outbox.waiting([whose], [stream_of(post())]) == {}
