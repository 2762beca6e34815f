"""Server-side sessions of staff: who a cookie belongs to."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from campaign.accounts.models import Membership, Role, StaffSession, User
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
    roles: frozenset[Role]
    stale: bool

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
    rows = (
        session()
        .execute(
            select(User.id, User.email, Membership.role, StaffSession.seen_at)
            .join(StaffSession, StaffSession.user_id == User.id)
            .join(Membership, Membership.user_id == User.id)
            .where(
                StaffSession.secret_hash == secret_hash(secret),
                StaffSession.seen_at > at - IDLE,
                StaffSession.created_at > at - LONGEST,
                User.active,
            )
        )
        .all()
    )
    if not rows:
        return None
    stale = rows[0].seen_at < at - SEEN_EVERY
    return Staff(rows[0].id, rows[0].email, frozenset(row.role for row in rows), stale)


def touch(secret: str) -> None:
    """Note that a session is in use."""
    session().execute(update(StaffSession).where(StaffSession.secret_hash == secret_hash(secret)).values(seen_at=now()))
