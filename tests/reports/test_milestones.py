"""Milestones: each reached once, taken back when signatures are, told to those who want to hear it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from campaign import campaigns, reports
from campaign.accounts import Role
from campaign.campaigns import Campaign, StaffCampaign
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict, DomainError, NotFound
from campaign.counters import bump
from campaign.jobs.milestones import follow_milestones
from campaign.outbox import Message, Unsendable
from campaign.reports import MilestoneView
from campaign.signatures import campaign_key
from tests.support.console import member
from tests.support.forms import SLUG
from tests.support.threads import at_once


def here() -> StaffCampaign:
    home = session().scalars(select(Campaign.organisation_id)).first()
    assert home
    return campaigns.of_organisation(home, SLUG, "en")


def signed(n: int) -> None:
    with transaction():
        bump(campaign_key(here().id), signatures=n)


def found() -> list[MilestoneView]:
    session().rollback()
    return reports.milestones(here().id)


def reached() -> list[int]:
    return [each.step for each in found() if each.reached_at and not each.taken_back_at]


def mails() -> list[Message]:
    session().rollback()
    return list(session().scalars(select(Message).where(Message.kind == "milestone")))


def test_a_step_is_reached_with_its_last_signature(seeded: Flask) -> None:
    signed(99)
    follow_milestones()
    assert reached() == []
    signed(1)
    follow_milestones()
    assert reached() == [100]


def test_paper_counts(seeded: Flask) -> None:
    signed(60)
    with transaction():
        bump(campaign_key(here().id), paper=40)
    follow_milestones()
    assert reached() == [100]


def test_many_steps_at_once_are_one_mail_of_the_largest(seeded: Flask) -> None:
    member(Role.OWNER)
    signed(1200)
    follow_milestones()
    assert reached() == [1000, 500, 250, 100]
    (mail,) = mails()
    assert "1,000 signatures" in reports.composers.milestone(mail.ref).subject
    assert mail.owner == here().organisation_id


def test_owners_and_campaigners_are_told_and_nobody_else(seeded: Flask) -> None:
    for role in Role:
        member(role, f"{role.value}@staff.example")
    member(Role.OWNER, "other@staff.example", "elsewhere")
    signed(100)
    follow_milestones()
    told = {reports.composers.milestone(mail.ref).to for mail in mails()}
    assert told == {"owner@staff.example", "campaigner@staff.example"}


def test_who_does_not_want_it_is_not_told(seeded: Flask) -> None:
    id_ = member(Role.OWNER)
    with transaction():
        reports.own_milestones.set_mail(here().id, id_, False)
        reports.own_milestones.set_mail(here().id, id_, False)
    assert not reports.own_milestones.wants_mail(here().id, id_)
    signed(100)
    follow_milestones()
    assert mails() == []
    with transaction():
        reports.own_milestones.set_mail(here().id, id_, True)
    signed(150)
    follow_milestones()
    assert len(mails()) == 1


def test_what_is_taken_out_takes_the_milestone_back_and_undo_brings_it_again_without_a_mail(seeded: Flask) -> None:
    member(Role.OWNER)
    signed(260)
    follow_milestones()
    first = {each.step: each.reached_at for each in found()}
    signed(-20)
    follow_milestones()
    assert reached() == [100]
    assert [each.step for each in found() if each.taken_back_at] == [250]
    with pytest.raises(Unsendable):
        reports.composers.milestone(mails()[0].ref)
    signed(20)
    follow_milestones()
    assert reached() == [250, 100]
    assert {each.step: each.reached_at for each in found()} == first
    assert len(mails()) == 1


def test_looking_twice_changes_nothing(seeded: Flask) -> None:
    signed(100)
    assert reports.behind() == [here().id]
    follow_milestones()
    before = found()
    assert reports.behind() == []
    with transaction():
        assert reports.follow(here().id) == []
    assert found() == before


def test_looks_at_once_amid_signatures_record_each_step_once(seeded: Flask) -> None:
    """Eight threads sign, take out and look; in the end the milestones are those of the number, told once each."""
    member(Role.OWNER)
    campaign_id = here().id
    signed(90)

    def work(number: int) -> None:
        for turn in range(12):
            with transaction():
                bump(campaign_key(campaign_id), signatures=5 if (turn + number) % 3 else -4)
            with transaction():
                reports.follow(campaign_id)

    at_once(seeded, 8, work)
    follow_milestones()
    n = reports.figures(campaign_id).signatures
    assert reached() == [step for step in (500, 250, 100) if step <= n]
    assert len({(mail.ref) for mail in mails()}) == len(mails()) <= 2
    assert len({each.step for each in found()}) == len(found())


def add(step: int, note: str = "") -> UUID:
    with transaction():
        return reports.own_milestones.add(here(), step, note, actor="test")


def test_one_of_ones_own_waits_with_its_note_and_is_told(seeded: Flask) -> None:
    member(Role.CAMPAIGNER)
    add(150, "Call the press")
    (own,) = found()
    assert (own.step, own.own, own.reached_at) == (150, True, None)
    signed(160)
    follow_milestones()
    (mail,) = mails()
    assert "Call the press" in reports.composers.milestone(mail.ref).text
    assert reached() == [150, 100]


def remove(id_: UUID, back: bool = False) -> None:
    with transaction():
        reports.own_milestones.remove(here(), id_, actor="test", back=back)


def test_one_that_is_removed_is_gone_and_comes_back(seeded: Flask) -> None:
    id_ = add(150, "Cake")
    remove(id_)
    assert found() == []
    signed(200)
    follow_milestones()
    assert reached() == [100]
    remove(id_, back=True)
    follow_milestones()
    assert reached() == [150, 100]


def test_an_ordinary_step_that_was_removed_is_noted_all_the_same(seeded: Flask) -> None:
    remove(add(250, "Cake"))
    signed(250)
    follow_milestones()
    assert [(each.step, each.own, each.note) for each in found()] == [(250, False, ""), (100, False, "")]


REFUSED: dict[str, tuple[type[DomainError], Callable[[], object]]] = {
    "one that is passed": (DomainError, lambda: add(100)),
    "one that is there": (Conflict, lambda: (add(700), add(700))),
    "removing an ordinary one": (NotFound, lambda: remove(found()[0].id)),
    "removing another's": (NotFound, lambda: remove(UUID(int=1))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused(seeded: Flask, name: str) -> None:
    signed(120)
    follow_milestones()
    error, act = REFUSED[name]
    with pytest.raises(error):
        act()


def test_the_goal_is_a_milestone_too(seeded: Flask) -> None:
    with transaction():
        session().get_one(Campaign, here().id).goal = 130
    signed(130)
    follow_milestones()
    assert reached() == [130, 100]
