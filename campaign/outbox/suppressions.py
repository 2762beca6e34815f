"""Addresses that must not be written to: added with a reason, lifted by somebody, never forgotten."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.core import addresses
from campaign.core.addresses import BadAddress
from campaign.core.cache import remembered
from campaign.core.db import session
from campaign.core.errors import NotFound
from campaign.core.ids import new_id
from campaign.outbox.delivery_models import Suppression
from campaign.outbox.models import Message

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


def forget_address(address_hash: bytes) -> None:
    """Keep that this address gets nothing, by its keyed hash, and forget the address itself."""
    session().execute(update(Suppression).where(Suppression.address_hash == address_hash).values(address=None))


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


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Which entries: those of addresses that these owners wrote to, and those that these people added themselves."""

    owners: tuple[UUID, ...]
    actors: tuple[str, ...] = ()
    reason: str = ""
    address_hash: bytes | None = None


def listed(wanted: Listing | None = None, page: int = 1) -> tuple[list[SuppressionView], bool]:
    """A page of the list, or of all entries, the newest first, and whether there is another page."""
    query = select(*_VIEW).where(*_fitting(wanted)).order_by(Suppression.at.desc(), Suppression.id)
    rows = session().execute(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return [SuppressionView(*row) for row in rows[:PAGE]], len(rows) > PAGE


def reasons(wanted: Listing) -> list[str]:
    """The reasons that occur there, in order of the alphabet."""
    return sorted(session().scalars(select(Suppression.reason).where(*_fitting(wanted)).distinct()))


def entry(id_: UUID, wanted: Listing) -> SuppressionView:
    """One entry of that list; raises NotFound."""
    row = session().execute(select(*_VIEW).where(Suppression.id == id_, *_fitting(wanted))).one_or_none()
    if row is None:
        raise NotFound("This address is not on the list.")
    return SuppressionView(*row)


def put_back(id_: UUID, *, actor: str) -> bool:
    """Undo a lift: a new entry for the same address and reason; False where it is on the list already."""
    row = session().scalars(select(Suppression).where(Suppression.id == id_)).one()
    return suppress(row.address_hash, row.address, reason=row.reason, actor=actor)


def _fitting(wanted: Listing | None) -> list[ColumnElement[bool]]:
    if wanted is None:
        return []
    written = select(Message.id).where(
        Message.recipient_hash == Suppression.address_hash, Message.owner.in_(wanted.owners)
    )
    found: list[ColumnElement[bool]] = [or_(Suppression.actor.in_(wanted.actors), written.exists())]
    found += [Suppression.reason == wanted.reason] if wanted.reason else []
    found += [Suppression.address_hash == wanted.address_hash] if wanted.address_hash is not None else []
    return found
