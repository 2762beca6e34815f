"""Addresses that must not be written to: added with a reason, lifted by somebody, never forgotten."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.core import addresses
from campaign.core.addresses import BadAddress
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.core.ids import new_id
from campaign.outbox.delivery_models import Suppression

PAGE = 50


@dataclass(frozen=True)
class SuppressionView:
    """One entry; `lifted_at` where it no longer holds."""

    id: UUID
    address: str | None
    reason: str
    actor: str
    at: datetime
    lifted_at: datetime | None
    lifted_by: str | None


_VIEW = tuple(getattr(Suppression, name) for name in SuppressionView.__dataclass_fields__)


def suppress(address_hash: bytes, address: str | None, *, reason: str, actor: str) -> bool:
    """Write no more to this address; False where it is on the list already."""
    row = insert(Suppression).values(
        id=new_id(), address_hash=address_hash, address=address, reason=reason, actor=actor
    )
    there = row.on_conflict_do_nothing(index_elements=["address_hash"], index_where=Suppression.lifted_at.is_(None))
    return session().scalar(there.returning(Suppression.id)) is not None


def lift(id_: UUID, *, actor: str) -> bytes:
    """Let the address be written to again; answers its hash. Raises NotFound where nothing holds it."""
    held = (Suppression.id == id_, Suppression.lifted_at.is_(None))
    row = update(Suppression).where(*held).values(lifted_at=func.clock_timestamp(), lifted_by=actor)
    address_hash: bytes | None = session().scalar(row.returning(Suppression.address_hash))
    if address_hash is None:
        raise NotFound("This address is not on the list.")
    return address_hash


def is_suppressed(address_hash: bytes) -> bool:
    """Whether this address must not be written to now."""
    query = select(Suppression.id).where(Suppression.address_hash == address_hash, Suppression.lifted_at.is_(None))
    return session().scalar(query) is not None


def bars(email: str) -> bool:
    """The same for an address as a mail has it; kept for a moment, since letters go to few addresses."""
    return remembered(("suppressed", email), lambda: _bars(email))


def _bars(email: str) -> bool:
    try:
        return is_suppressed(addresses.parse(email).hash)
    except BadAddress:  # the gate of the transport says so with better words
        return False


def listed(page: int = 1) -> tuple[list[SuppressionView], bool]:
    """A page of the list, the newest first, and whether there is another page."""
    query = select(*_VIEW).order_by(Suppression.at.desc(), Suppression.id).offset((page - 1) * PAGE).limit(PAGE + 1)
    rows = session().execute(query).all()
    return [SuppressionView(*row) for row in rows[:PAGE]], len(rows) > PAGE
