"""Who is invited may join, once and in time; the same person is not asked twice."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from campaign import accounts
from campaign.accounts import Role, composers, invitations, team
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict, Gone, NotFound
from campaign.outbox import Message, Unsendable
from tests.support import console

BOB = "bob@staff.example"
PASSWORD = "another horse and its battery"


@pytest.fixture
def home(app: Flask) -> UUID:
    console.member()
    with transaction():
        return accounts.ensure_organisation("demo", "Demo").id


def invite(home: UUID, email: str = BOB, role: Role = Role.MODERATOR) -> UUID:
    with transaction():
        return invitations.invite(home, email, role, "fr", actor="test")


def accept(id_: UUID, password: str = PASSWORD) -> None:
    with transaction():
        invitations.accept(id_, name="Bob", password=password, lang="nl")


def test_whoever_accepts_is_in_the_team_with_the_role_they_were_asked_for(home: UUID) -> None:
    accept(invite(home))
    bob = next(member for member in team.members(home) if member.email == BOB)
    assert (bob.name, bob.role) == ("Bob", Role.MODERATOR)
    assert invitations.open_invitations(home) == []


def test_an_invitation_works_once(home: UUID) -> None:
    id_ = invite(home)
    accept(id_)
    with pytest.raises(Gone):
        accept(id_)


def test_an_invitation_ends_after_seven_days_and_when_it_is_taken_back(home: UUID) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        id_ = invite(home)
        clock.move_to(start + timedelta(days=7, seconds=1))
        with pytest.raises(Gone):
            accept(id_)
        with transaction():
            invitations.send_again(home, id_, actor="test")
            invitations.withdraw(home, id_, actor="test")
        with pytest.raises(Gone):
            accept(id_)
        with transaction():
            invitations.renew(home, id_, actor="test")
        accept(id_)


def test_a_weak_password_leaves_the_invitation_open(home: UUID) -> None:
    id_ = invite(home)
    with pytest.raises(accounts.BadPassword):
        accept(id_, "password1234")
    accept(id_)


def test_somebody_with_an_account_joins_with_it(home: UUID) -> None:
    bob = console.member(Role.OWNER, BOB, "other")
    id_ = invite(home)
    assert invitations.invited(id_).known
    accept(id_)
    assert {one.name: one.role for one in team.homes(bob)} == {"Demo": Role.MODERATOR, "Other": Role.OWNER}


def test_nobody_is_asked_twice_or_who_is_there_already(home: UUID) -> None:
    invite(home)
    for email in (BOB, BOB.upper(), "ANN@staff.example"):
        with pytest.raises(Conflict):
            invite(home, email)


def test_another_organisations_invitation_is_not_there(home: UUID) -> None:
    id_ = invite(home)
    for act in (invitations.send_again, invitations.withdraw, invitations.renew):
        with pytest.raises(NotFound), transaction():
            act(uuid4(), id_, actor="test")


def test_the_mail_carries_the_link_and_is_the_organisations(home: UUID) -> None:
    id_ = invite(home)
    message = session().scalars(select(Message).where(Message.kind == "invitation")).one()
    assert (message.ref, message.owner) == (id_, home)
    mail = composers.invitation(id_)
    assert (mail.to, mail.language) == (BOB, "fr")
    assert "/staff/invitation/" in mail.text
    assert "/staff/invitation/" in (mail.html or "")
    accept(id_)
    with pytest.raises(Unsendable):
        composers.invitation(id_)
