"""A team always has an owner, and what one organisation does touches no other."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from campaign import accounts
from campaign.accounts import Device, Role, User, team
from campaign.core import audit
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict, DomainError, NotFound
from tests.support import console
from tests.support.threads import at_once


@pytest.fixture
def ann(app: Flask) -> UUID:
    """The owner."""
    return console.member()


def home(key: str = "demo") -> UUID:
    with transaction():
        return accounts.ensure_organisation(key, key).id


def roles(organisation_id: UUID) -> dict[str, Role]:
    return {member.email: member.role for member in team.members(organisation_id)}


def test_the_last_owner_stays(ann: UUID) -> None:
    console.member(Role.CAMPAIGNER, "bob@staff.example")
    home_id = home()
    for act in (
        lambda: team.remove(home_id, ann, actor="test"),
        lambda: team.change_role(home_id, ann, Role.VIEWER, actor="test"),
        lambda: team.restore(home_id, ann, Role.VIEWER, actor="test"),
    ):
        with pytest.raises(Conflict, match="last owner"), transaction():
            act()
    assert roles(home())["ann@staff.example"] == Role.OWNER


def test_an_owner_who_is_switched_off_does_not_count(ann: UUID) -> None:
    bob = console.member(Role.OWNER, "bob@staff.example")
    with transaction():
        session().execute(update(User).where(User.id == bob).values(active=False))
    home_id = home()
    with pytest.raises(Conflict), transaction():
        team.remove(home_id, ann, actor="test")


def test_two_owners_cannot_remove_each_other(app: Flask, ann: UUID) -> None:
    both, home_id = [ann, console.member(Role.OWNER, "bob@staff.example")], home()

    def remove(number: int) -> bool:
        try:
            with transaction():
                team.remove(home_id, both[number], actor="test")
        except DomainError:
            return False
        return True

    assert sorted(at_once(app, 2, remove)) == [False, True]
    assert list(roles(home_id).values()) == [Role.OWNER]


def test_whoever_is_removed_is_signed_out_there_and_only_there(ann: UUID) -> None:
    bob, other = console.member(Role.VIEWER, "bob@staff.example"), home("other")
    with transaction():
        session().add(accounts.Membership(user_id=bob, organisation_id=other, role=Role.VIEWER))
        session().flush()
        here, there = (accounts.begin(bob, place, Device()) for place in (home_id(), other))
    with transaction():
        team.remove(home_id(), bob, actor="test")
    assert accounts.whose(here) is None
    assert accounts.whose(there)


def home_id() -> UUID:
    return accounts.ensure_organisation("demo", "demo").id


def test_a_removal_can_be_undone_with_the_role_they_had(ann: UUID) -> None:
    bob, home_id = console.member(Role.MODERATOR, "bob@staff.example"), home()
    with transaction():
        role = team.remove(home_id, bob, actor="test")
    assert "bob@staff.example" not in roles(home_id)
    with transaction():
        team.restore(home_id, bob, role, actor="test")
    assert roles(home_id)["bob@staff.example"] == Role.MODERATOR


def test_another_organisations_people_are_not_there(ann: UUID) -> None:
    eve, home_id = console.member(Role.OWNER, "eve@other.example", "other"), home()
    for act in (
        lambda: team.remove(home_id, eve, actor="test"),
        lambda: team.change_role(home_id, eve, Role.VIEWER, actor="test"),
        lambda: team.remove(home_id, uuid4(), actor="test"),
    ):
        with pytest.raises(NotFound), transaction():
            act()
    assert roles(home_id) == {"ann@staff.example": Role.OWNER}


def test_every_change_is_in_the_log_with_before_and_after(ann: UUID) -> None:
    bob, home_id = console.member(Role.VIEWER, "bob@staff.example"), home()
    with transaction():
        team.change_role(home_id, bob, Role.MODERATOR, actor=f"staff:{ann}")
    entry = audit.history(f"user:{bob}", home_id)[0]
    assert (entry.actor, entry.action) == (f"staff:{ann}", "accounts.change_role")
    assert (entry.before, entry.after) == ({"role": "viewer"}, {"role": "moderator"})


def test_everybody_is_listed_for_whoever_runs_the_machine(ann: UUID) -> None:
    console.member(Role.VIEWER, "eve@other.example", "other")
    assert [(one.email, one.organisation, one.role) for one in team.everybody()] == [
        ("ann@staff.example", "demo", Role.OWNER),
        ("eve@other.example", "other", Role.VIEWER),
    ]
