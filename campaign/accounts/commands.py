"""Make staff, sign them in and out."""

import secrets

from flask_babel import gettext as _
from sqlalchemy import bindparam, delete, func, select

from campaign.accounts.models import Membership, Organisation, Role, StaffSession, User
from campaign.accounts.passwords import hash_password, matches
from campaign.accounts.sessions import secret_hash
from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError


class WrongSignIn(DomainError):
    """Unknown user, wrong password, or an account that is off: one answer for all three."""

    code, status = "wrong_sign_in", 403


def ensure_organisation(key: str, name: str) -> Organisation:
    """The organisation of that key, made if it is not there."""
    organisation = session().scalar(select(Organisation).where(Organisation.key == key))
    if organisation is None:
        organisation = Organisation(key=key, name=name)
        session().add(organisation)
        session().flush()
    return organisation


def create_user(email: str, password: str, role: Role, organisation: Organisation, *, actor: str) -> User:
    """A new member of staff; raises Conflict when the address has an account, BadPassword for a weak password."""
    if session().scalar(select(User.id).where(func.lower(User.email) == email.lower())):
        raise Conflict(_("This address has an account already."))
    user = User(email=email, password_hash=hash_password(password), created_at=now())
    session().add(user)
    session().flush()
    session().add(Membership(user_id=user.id, organisation_id=organisation.id, role=role))
    session().flush()
    audit.record(actor, "accounts.create_user", f"user:{user.id}", role=role.value)
    return user


def set_password(email: str, password: str, *, actor: str) -> None:
    """Give an account another password; all its sessions end. Raises WrongSignIn where there is none."""
    user = session().scalar(select(User).where(func.lower(User.email) == email.lower()))
    if user is None:
        raise WrongSignIn(_("There is no such account."))
    user.password_hash = hash_password(password)
    session().flush()
    session().execute(delete(StaffSession).where(StaffSession.user_id == user.id))
    audit.record(actor, "accounts.set_password", f"user:{user.id}")


def sign_in(email: str, password: str) -> str:
    """Start a session; answers the secret for the cookie. Raises WrongSignIn, the same for every reason."""
    user = session().scalar(select(User).where(func.lower(User.email) == email.lower()))
    home = session().scalar(_HOME, {"user_id": user.id}) if user else None
    if not matches(user.password_hash if user and user.active else None, password) or user is None or home is None:
        raise WrongSignIn(_("The address or the password is wrong."))
    secret = secrets.token_urlsafe(32)
    at = now()
    session().add(
        StaffSession(secret_hash=secret_hash(secret), user_id=user.id, organisation_id=home, created_at=at, seen_at=at)
    )
    session().flush()
    audit.record(f"staff:{user.id}", "accounts.sign_in", f"user:{user.id}")
    return secret


_HOME = (
    select(Membership.organisation_id)
    .join(Organisation)
    .where(Membership.user_id == bindparam("user_id"))
    .order_by(Organisation.name)
    .limit(1)
)


def sign_out(secret: str) -> None:
    """End a session."""
    session().execute(delete(StaffSession).where(StaffSession.secret_hash == secret_hash(secret)))
