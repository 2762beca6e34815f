"""Who works for an organisation, and as what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from campaign.accounts import sessions
from campaign.accounts.models import Membership, Organisation, Role, StaffSession, User
from campaign.core import audit
from campaign.core.db import session
from campaign.core.errors import Conflict, NotFound


@dataclass(frozen=True)
class Member:
    """Somebody of the team."""

    id: UUID
    email: str
    name: str
    role: Role
    active: bool
    has_factor: bool
    created_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class Account:
    """One membership, for whoever runs the machine."""

    email: str
    organisation: str
    role: Role
    active: bool
    has_factor: bool


@dataclass(frozen=True)
class Home:
    """One of somebody's organisations."""

    id: UUID
    name: str
    role: Role


def members(organisation_id: UUID) -> list[Member]:
    """The team, by role and name."""
    seen = select(func.max(StaffSession.seen_at)).where(StaffSession.user_id == User.id).scalar_subquery()
    columns = (User.id, User.email, User.name, Membership.role, User.active, User.totp_secret.is_not(None))
    query = select(*columns, User.created_at, seen).join(Membership)
    rows = session().execute(query.where(Membership.organisation_id == organisation_id))
    order = list(Role)
    return sorted((Member(*row) for row in rows), key=lambda one: (order.index(one.role), one.name or one.email))


def names(organisation_id: UUID) -> dict[str, str]:
    """How the log's actors are called: whoever is in the team now, by `staff:<id>`."""
    query = select(User.id, User.name, User.email).join(Membership)
    rows = session().execute(query.where(Membership.organisation_id == organisation_id))
    return {f"staff:{id_}": name or email for id_, name, email in rows}


def everybody() -> list[Account]:
    """Every membership of every organisation, by address."""
    columns = (User.email, Organisation.key, Membership.role, User.active, User.totp_secret.is_not(None))
    query = select(*columns).join(Membership, Membership.user_id == User.id).join(Organisation)
    return [Account(*row) for row in session().execute(query.order_by(User.email, Organisation.key))]


def homes(user_id: UUID) -> list[Home]:
    """The organisations that somebody works for, by name."""
    query = select(Organisation.id, Organisation.name, Membership.role).join(Membership)
    query = query.where(Membership.user_id == user_id).order_by(Organisation.name)
    return [Home(*row) for row in session().execute(query)]


def change_role(organisation_id: UUID, user_id: UUID, role: Role, *, actor: str) -> Role:
    """Give a member another role; answers the former one. Raises NotFound, Conflict for the last owner."""
    membership = _member(organisation_id, user_id)
    before = membership.role
    if before == role:
        return before
    if before == Role.OWNER:
        _another_owner(organisation_id, user_id)
    membership.role = role
    session().flush()
    change = ({"role": before.value}, {"role": role.value})
    audit.record(actor, "accounts.change_role", f"user:{user_id}", organisation_id, *change)
    return before


def remove(organisation_id: UUID, user_id: UUID, *, actor: str) -> Role:
    """Take somebody out of the team; their sessions for it end. Answers their role, for `restore`.

    Raises NotFound, Conflict for the last owner.
    """
    membership = _member(organisation_id, user_id)
    role = membership.role
    if role == Role.OWNER:
        _another_owner(organisation_id, user_id)
    session().delete(membership)
    session().flush()
    sessions.end_all(user_id, organisation_id=organisation_id)
    audit.record(actor, "accounts.remove", f"user:{user_id}", organisation_id, {"role": role.value}, {"role": None})
    return role


def restore(organisation_id: UUID, user_id: UUID, role: Role, *, actor: str) -> None:
    """Undo a removal or a change of role: they are what they were. Raises Conflict for the last owner."""
    _locked(organisation_id)
    membership = session().get(Membership, (user_id, organisation_id))
    if membership is not None:
        change_role(organisation_id, user_id, role, actor=actor)
        return
    if session().get(User, user_id) is None:
        raise NotFound(_("This account is gone."))
    session().add(Membership(user_id=user_id, organisation_id=organisation_id, role=role))
    session().flush()
    audit.record(actor, "accounts.restore", f"user:{user_id}", organisation_id, {"role": None}, {"role": role.value})


def organisation(organisation_id: UUID) -> Organisation:
    """The organisation itself."""
    return session().get_one(Organisation, organisation_id)


def want_factor(organisation_id: UUID, wanted: bool, *, actor: str) -> None:
    """Whether everybody in the team must use a second factor."""
    home = _locked(organisation_id)
    before, home.second_factor = home.second_factor, wanted
    session().flush()
    change = ({"second_factor": before}, {"second_factor": wanted})
    audit.record(actor, "accounts.want_factor", f"organisation:{organisation_id}", organisation_id, *change)


def _locked(organisation_id: UUID) -> Organisation:
    """Changes to one team wait for one another: two owners must not remove each other."""
    return session().scalars(select(Organisation).where(Organisation.id == organisation_id).with_for_update()).one()


def _member(organisation_id: UUID, user_id: UUID) -> Membership:
    _locked(organisation_id)
    membership = session().get(Membership, (user_id, organisation_id), populate_existing=True)
    if membership is None:
        raise NotFound(_("There is nobody like that in the team."))
    return membership


def _another_owner(organisation_id: UUID, user_id: UUID) -> None:
    others = select(User.id).join(Membership)
    owners = others.where(Membership.organisation_id == organisation_id, Membership.role == Role.OWNER, User.active)
    if session().scalar(owners.where(User.id != user_id).limit(1)) is None:
        raise Conflict(_("This is the last owner. Make somebody else an owner first."))
