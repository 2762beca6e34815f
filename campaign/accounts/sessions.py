"""Server-side sessions of staff: who a cookie belongs to."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, select, update

from campaign.accounts.models import Membership, Organisation, Role, StaffSession, User
from campaign.core.clock import now
from campaign.core.db import session

# OWASP ASVS 5, 7.3: an idle session ends, and so does a long one.
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Staff:
    """A signed-in member of staff."""

    id: UUID
    email: str
    organisation_id: UUID
    organisation: str
    role: Role
    stale: bool

    @property
    def roles(self) -> frozenset[Role]:
        """The one role in the organisation they are at work for."""
        return frozenset({self.role})

    @property
    def actor(self) -> str:
        """How the audit log names them."""
        return f"staff:{self.id}"


def secret_hash(secret: str) -> bytes:
    """What is stored of a cookie's secret: 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).digest()


def whose(secret: str) -> Staff | None:
    """The member of staff behind a live session; None when it has ended."""
    at = now()
    row = (
        session().execute(_WHOSE, {"secret": secret_hash(secret), "idle": at - IDLE, "old": at - LONGEST}).one_or_none()
    )
    if row is None:
        return None
    return Staff(row.id, row.email, row.organisation_id, row.name, row.role, row.seen_at < at - SEEN_EVERY)


def touch(secret: str) -> None:
    """Note that a session is in use."""
    session().execute(update(StaffSession).where(StaffSession.secret_hash == secret_hash(secret)).values(seen_at=now()))


# A membership that was taken away ends what its session may see, at once.
_WHOSE = (
    select(User.id, User.email, Membership.organisation_id, Organisation.name, Membership.role, StaffSession.seen_at)
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
