"""Sign in: a password, then the second step where there is one; and the password once more before what is dangerous."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import CursorResult, bindparam, delete, func, select, update

from campaign.accounts import factor, guesses, sessions
from campaign.accounts.devices import Device
from campaign.accounts.log import of_account
from campaign.accounts.models import HalfSignIn, Membership, Organisation, StaffSession, User
from campaign.accounts.passwords import matches
from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import DomainError

HALF = timedelta(minutes=10)
HALF_TRIES = 5


class WrongSignIn(DomainError):
    """Unknown user, wrong password, an account that is off, too many guesses: one answer for all."""

    code, status = "wrong_sign_in", 403


class HalfOver(DomainError):
    """The second step took too long or was tried too often: the password is asked for again."""

    code, status = "half_over", 403


@dataclass(frozen=True)
class SignedIn:
    """What a right password gives: the secret of a session, or of a sign-in that waits for its second step."""

    secret: str
    complete: bool


def refused() -> WrongSignIn:
    """The one answer to every sign-in that fails."""
    return WrongSignIn(
        _("The address or the password is wrong, or it was tried too often. Wait a while and try again.")
    )


def sign_in(email: str, password: str, *, device: Device | None = None, network: str = "") -> SignedIn:
    """Check a password that `guesses.allow` let through. Raises WrongSignIn, the same for every reason."""
    user = session().scalar(select(User).where(func.lower(User.email) == email.lower()))
    home = session().scalar(_HOME, {"user_id": user.id}) if user else None
    if not matches(user.password_hash if user and user.active else None, password) or user is None or home is None:
        raise refused()
    guesses.right(email, network)
    if user.totp_secret is not None:
        return SignedIn(_half(user.id), complete=False)
    return SignedIn(_whole(user.id, home, device or Device()), complete=True)


def second_step(secret: str, code: str, *, device: Device | None = None, network: str = "") -> str:
    """Finish a sign-in with a code; answers the secret of the session. Raises WrongCode, or HalfOver.

    `take_try` counted it before, in a transaction of its own.
    """
    user_id = half(secret)
    factor.check(user_id, code)
    session().execute(delete(HalfSignIn).where(HalfSignIn.user_id == user_id))
    guesses.right(_factor(user_id), network)
    home = session().scalar(_HOME, {"user_id": user_id})
    if home is None:
        raise HalfOver(_("Please sign in again."))
    return _whole(user_id, home, device or Device())


def half(secret: str) -> UUID:
    """Whose sign-in waits for its second step; raises HalfOver when it does not wait any more."""
    user_id = session().scalar(
        select(HalfSignIn.user_id)
        .join(User)
        .where(
            HalfSignIn.secret_hash == sessions.secret_hash(secret),
            HalfSignIn.created_at > now() - HALF,
            HalfSignIn.tries <= HALF_TRIES,
            User.active,
        )
    )
    if user_id is None:
        raise HalfOver(_("Please sign in again."))
    return user_id


def take_try(secret: str, network: str) -> bool:
    """Count one code of a half sign-in before it is looked at; False when there were too many. Raises HalfOver."""
    user_id = half(secret)
    same = HalfSignIn.secret_hash == sessions.secret_hash(secret)
    session().execute(update(HalfSignIn).where(same).values(tries=HalfSignIn.tries + 1))
    return guesses.allow(_factor(user_id), network)


def confirm(secret: str, user_id: UUID, password: str, network: str) -> str:
    """The password given once more; answers the session's new secret, good for `sessions.SUDO`. Raises WrongSignIn."""
    user = session().get_one(User, user_id)
    if not matches(user.password_hash, password):
        raise WrongSignIn(_("This password is wrong, or it was tried too often. Please try again later."))
    guesses.right(user.email, network)
    of_account(f"staff:{user_id}", "accounts.confirm_password", user_id)
    return sessions.rotate(secret, sudo_at=now())


def work_for(secret: str, user_id: UUID, organisation_id: UUID) -> str:
    """Turn a session to another of somebody's organisations; answers its new secret. Raises WrongSignIn for others."""
    member = select(Membership.role).where(Membership.user_id == user_id, Membership.organisation_id == organisation_id)
    if session().scalar(member) is None:
        raise WrongSignIn(_("You do not work for this organisation."))
    audit.record(f"staff:{user_id}", "accounts.work_for", f"user:{user_id}", organisation_id)
    # What was allowed for one organisation is not yet allowed for another.
    return sessions.rotate(secret, organisation_id=organisation_id, sudo_at=None)


def sign_out(secret: str) -> None:
    """End a session."""
    session().execute(delete(StaffSession).where(StaffSession.secret_hash == sessions.secret_hash(secret)))


def forget_halves() -> int:
    """Delete sign-ins that were never finished; answers how many."""
    done: Any = session().execute(delete(HalfSignIn).where(HalfSignIn.created_at <= now() - HALF))
    return done.rowcount if isinstance(done, CursorResult) else 0


def _factor(user_id: UUID) -> str:
    return f"factor:{user_id}"


def _half(user_id: UUID) -> str:
    secret = secrets.token_urlsafe(32)
    session().add(HalfSignIn(secret_hash=sessions.secret_hash(secret), user_id=user_id, created_at=now()))
    session().flush()
    return secret


def _whole(user_id: UUID, home: UUID, device: Device) -> str:
    secret = sessions.begin(user_id, home, device)
    audit.record(f"staff:{user_id}", "accounts.sign_in", f"user:{user_id}", home)
    return secret


_HOME = (
    select(Membership.organisation_id)
    .join(Organisation)
    .where(Membership.user_id == bindparam("user_id"))
    .order_by(Organisation.name)
    .limit(1)
)
