"""Keys for programs: shown once, stored as hashes, good for what their scopes say."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from campaign.accounts.models import ApiKey, User
from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import NotFound

# So that a search for leaked secrets finds ours.
MARK = "postbag_"
SHOWN = len(MARK) + 6
USED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key may do."""

    FIGURES = "figures:read"
    SIGNATURES = "signatures:read"
    EXPORT = "signatures:export"


@dataclass(frozen=True)
class Key:
    """A key that a request came with."""

    id: UUID
    organisation_id: UUID
    scopes: frozenset[str]
    stale: bool

    @property
    def actor(self) -> str:
        """How the audit log names it."""
        return f"key:{self.id}"


@dataclass(frozen=True)
class KeyView:
    """A key to look at: never the key itself."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    maker: str | None
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def expired(self) -> bool:
        """Whether its time has run out."""
        return self.expires_at is not None and self.expires_at <= now()


def make_key(
    organisation_id: UUID, name: str, scopes: list[Scope], expires_at: datetime | None, *, by: UUID, actor: str
) -> str:
    """A new key; answers it, the only time."""
    key = MARK + secrets.token_urlsafe(32)
    row = ApiKey(
        organisation_id=organisation_id,
        name=name,
        prefix=key[:SHOWN],
        key_hash=_hash(key),
        scopes=[scope.value for scope in scopes],
        created_by=by,
        created_at=now(),
        expires_at=expires_at,
    )
    session().add(row)
    session().flush()
    after = {"name": name, "scopes": row.scopes, "expires_at": expires_at.isoformat() if expires_at else None}
    audit.record(actor, "accounts.make_key", f"key:{row.id}", organisation_id, after=after)
    return key


def revoke_key(organisation_id: UUID, key_id: UUID, *, actor: str) -> str:
    """End a key for good; answers its name. Raises NotFound."""
    mine = (ApiKey.organisation_id == organisation_id, ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
    row = session().scalar(select(ApiKey).where(*mine).with_for_update())
    if row is None:
        raise NotFound(_("There is no such key."))
    row.revoked_at = now()
    session().flush()
    audit.record(actor, "accounts.revoke_key", f"key:{row.id}", organisation_id)
    return row.name


def all_keys(organisation_id: UUID) -> list[KeyView]:
    """An organisation's keys, the newest first; those that are revoked come last."""
    columns = (ApiKey.id, ApiKey.name, ApiKey.prefix, ApiKey.scopes, User.email, ApiKey.created_at)
    query = select(*columns, ApiKey.expires_at, ApiKey.used_at, ApiKey.revoked_at)
    query = query.outerjoin(User, User.id == ApiKey.created_by).where(ApiKey.organisation_id == organisation_id)
    query = query.order_by(ApiKey.revoked_at.is_not(None), ApiKey.created_at.desc())
    return [KeyView(*row) for row in session().execute(query)]


def key_of(secret: str) -> Key | None:
    """The key behind what a program sent; None for one that is unknown, revoked or expired."""
    at = now()
    alive = (ApiKey.revoked_at.is_(None), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > at))
    columns = (ApiKey.id, ApiKey.organisation_id, ApiKey.scopes, ApiKey.used_at)
    row = session().execute(select(*columns).where(ApiKey.key_hash == _hash(secret), *alive)).one_or_none()
    if row is None:
        return None
    stale = row.used_at is None or row.used_at < at - USED_EVERY
    return Key(row.id, row.organisation_id, frozenset(row.scopes), stale)


def touch_key(key_id: UUID) -> None:
    """Note that a key is in use."""
    session().execute(update(ApiKey).where(ApiKey.id == key_id).values(used_at=now()))


def _hash(key: str) -> bytes:
    """256 random bits need no salt and no slow hash."""
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
