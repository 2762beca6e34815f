"""Server-side sessions of staff: who a cookie belongs to, and what their browsers may see."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import CursorResult, and_, bindparam, delete, or_, select, update

from campaign.accounts.devices import Device
from campaign.accounts.models import Membership, Organisation, Role, StaffSession, User
from campaign.accounts.notices import Notice
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import DomainError, NotFound
from campaign.core.ids import new_id

# OWASP ASVS 5, 7.3: an idle session ends, and so does a long one.
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
# How long a given password allows what is dangerous.
SUDO = timedelta(minutes=15)


class SudoNeeded(DomainError):
    """The password must be given once more before this."""

    code, status = "sudo_needed", 403


@dataclass(frozen=True)
class Staff:
    """A signed-in member of staff, at work for one organisation."""

    id: UUID
    email: str
    name: str
    lang: str
    organisation_id: UUID
    organisation: str
    role: Role
    session_id: UUID
    sudo_at: datetime | None
    has_factor: bool
    wants_factor: bool
    notices: list[Notice]
    stale: bool

    @property
    def roles(self) -> frozenset[Role]:
        """The one role in the organisation they are at work for."""
        return frozenset({self.role})

    @property
    def actor(self) -> str:
        """How the audit log names them."""
        return f"staff:{self.id}"

    @property
    def lacks_factor(self) -> bool:
        """Whether the organisation wants a second factor that they have not set up: until then they only do that."""
        return self.wants_factor and not self.has_factor

    @property
    def sudo(self) -> bool:
        """Whether they gave their password a short while ago."""
        return self.sudo_at is not None and self.sudo_at > now() - SUDO


@dataclass(frozen=True)
class SessionView:
    """One signed-in browser, to look at."""

    id: UUID
    organisation: str
    browser: str
    system: str
    created_at: datetime
    seen_at: datetime


def secret_hash(secret: str) -> bytes:
    """What is stored of a cookie's secret: 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).digest()


def whose(secret: str) -> Staff | None:
    """The member of staff behind a live session; None when it has ended."""
    at = now()
    asked = {"secret": secret_hash(secret), "idle": at - IDLE, "old": at - LONGEST}
    row = session().execute(_WHOSE, asked).one_or_none()
    if row is None:
        return None
    values: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 - how SQLAlchemy names it
    seen_at = values.pop("seen_at")
    return Staff(**values, stale=seen_at < at - SEEN_EVERY)


def touch(secret: str) -> None:
    """Note that a session is in use."""
    session().execute(update(StaffSession).where(StaffSession.secret_hash == secret_hash(secret)).values(seen_at=now()))


def begin(user_id: UUID, organisation_id: UUID, device: Device) -> str:
    """A new session of somebody who has just proved who they are; answers the secret for the cookie."""
    secret, at = secrets.token_urlsafe(32), now()
    session().add(
        StaffSession(
            secret_hash=secret_hash(secret),
            id=new_id(),
            user_id=user_id,
            organisation_id=organisation_id,
            created_at=at,
            seen_at=at,
            sudo_at=at,
            browser=device.browser,
            system=device.system,
        )
    )
    session().flush()
    return secret


def rotate(secret: str, **changes: Any) -> str:
    """Give a session another secret, because what it may do has changed; answers it. The old one opens nothing."""
    fresh = secrets.token_urlsafe(32)
    same = update(StaffSession).where(StaffSession.secret_hash == secret_hash(secret))
    done = session().execute(same.values(secret_hash=secret_hash(fresh), **changes))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise NotFound(_("This session has ended."))
    return fresh


def listed(user_id: UUID) -> list[SessionView]:
    """Somebody's live sessions, the last used first."""
    at = now()
    columns = (StaffSession.id, Organisation.name, StaffSession.browser, StaffSession.system)
    query = (
        select(*columns, StaffSession.created_at, StaffSession.seen_at)
        .join(Organisation, Organisation.id == StaffSession.organisation_id)
        .where(
            StaffSession.user_id == user_id, StaffSession.seen_at > at - IDLE, StaffSession.created_at > at - LONGEST
        )
        .order_by(StaffSession.seen_at.desc())
    )
    return [SessionView(*row) for row in session().execute(query)]


def end(user_id: UUID, session_id: UUID) -> None:
    """End one of somebody's sessions; raises NotFound when it is not theirs."""
    own = delete(StaffSession).where(StaffSession.user_id == user_id, StaffSession.id == session_id)
    done = session().execute(own)
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise NotFound(_("There is no such session."))


def end_all(user_id: UUID, *, but: UUID | None = None, organisation_id: UUID | None = None) -> None:
    """End somebody's sessions: all, all but one, or those at work for one organisation."""
    query = delete(StaffSession).where(StaffSession.user_id == user_id)
    if but is not None:
        query = query.where(StaffSession.id != but)
    if organisation_id is not None:
        query = query.where(StaffSession.organisation_id == organisation_id)
    session().execute(query)


def forget_sessions() -> int:
    """Delete the sessions that have ended by themselves; answers how many."""
    at = now()
    over = or_(StaffSession.seen_at <= at - IDLE, StaffSession.created_at <= at - LONGEST)
    done = session().execute(delete(StaffSession).where(over))
    return done.rowcount if isinstance(done, CursorResult) else 0


# A membership that was taken away ends what its session may see, at once.
_WHOSE = (
    select(
        User.id,
        User.email,
        User.name,
        User.lang,
        Membership.organisation_id,
        Organisation.name.label("organisation"),
        Membership.role,
        StaffSession.id.label("session_id"),
        StaffSession.sudo_at,
        User.totp_secret.is_not(None).label("has_factor"),
        Organisation.second_factor.label("wants_factor"),
        StaffSession.notices,
        StaffSession.seen_at,
    )
    .join(StaffSession, StaffSession.user_id == User.id)
    .join(
        Membership,
        and_(Membership.user_id == User.id, Membership.organisation_id == StaffSession.organisation_id),
    )
    .join(Organisation, Organisation.id == Membership.organisation_id)
    .where(
        StaffSession.secret_hash == bindparam("secret"),
        StaffSession.seen_at > bindparam("idle"),
        StaffSession.created_at > bindparam("old"),
        User.active,
    )
)
