"""The ledger: every email that leaves is a row here first. The row is the truth, Redis only rings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Sequence, false, func, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Choice, Moment, Sealed, choice_check
from campaign.core.db import Base
from campaign.core.ids import new_id
from campaign.outbox.lanes import Lane
from campaign.outbox.states import State

# Each claim takes a number; only who holds the newest may record. A worker that slept past its lease cannot.
FENCE = Sequence("outbox_fence", metadata=Base.metadata)


# Leaves by itself when its turn comes: not paused, and not part of a digest.
WAITING = "state = 'queued' AND NOT frozen AND carrier_id IS NULL"


class Message(Base):
    """One email to one recipient, from written to delivered."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        choice_check("state", State),
        choice_check("lane", Lane),
        # What a claim walks: what goes by its time, oldest first; then the wheel of each owner, see `turns`.
        Index("ix_outbox_due", "lane", "stream", "due_at", "id", postgresql_where=text(f"{WAITING} AND lot IS NULL")),
        Index("ix_outbox_lot", "stream", "owner", "lot", postgresql_where=text(f"{WAITING} AND lot IS NOT NULL")),
        Index("ix_outbox_carried", "carrier_id", postgresql_where=text("carrier_id IS NOT NULL")),
        Index("ix_outbox_leased", "lease_until", postgresql_where=text("state = 'sending'")),
        Index("ix_outbox_unsure", "due_at", postgresql_where=text("state = 'unsure'")),
        Index("ix_outbox_recipient", "recipient_hash", "created_at"),
        Index("ix_outbox_ref", "ref"),
        Index("ix_outbox_changed", "changed_at"),
        Index("ix_outbox_owner", "owner", "changed_at"),
        Index("ix_outbox_standing", "owner", "lane", "stream", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(doc="which composer writes it: confirmation, letter ...")
    ref: Mapped[UUID] = mapped_column(doc="what the composer reads, opaque here")
    owner: Mapped[UUID | None] = mapped_column(doc="whose it is, opaque here: a campaign or an organisation")
    lane: Mapped[Lane] = mapped_column(Choice(Lane))
    stream: Mapped[str] = mapped_column(doc="the narrowest pace, such as target:<id>")
    domain: Mapped[str] = mapped_column(doc="the recipient's domain, paced too")
    state: Mapped[State] = mapped_column(Choice(State))
    frozen: Mapped[bool] = mapped_column(server_default=false())
    due_at: Mapped[datetime] = mapped_column(Moment, server_default=func.clock_timestamp())
    attempts: Mapped[int] = mapped_column(server_default="0")
    tried_at: Mapped[datetime | None] = mapped_column(Moment, doc="the first attempt; the maximum age counts from here")
    fence: Mapped[int | None] = mapped_column(BigInteger)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    tally_key: Mapped[str | None] = mapped_column(doc="whose figures move with it")
    recipient_hash: Mapped[bytes | None] = mapped_column(doc="keyed hash of a supporter's address, for caps")
    mail: Mapped[str | None] = mapped_column(Sealed, doc="JSON of the finished mail, frozen at the first claim")
    provider_id: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(doc="why it stands where it stands, without personal data")
    lot: Mapped[float | None] = mapped_column(doc="its place on its owner's wheel; none: it goes by its time")
    edition: Mapped[int] = mapped_column(server_default="0", doc="how often staff sent it again under a new Message-ID")
    carrier_id: Mapped[UUID | None] = mapped_column(doc="the digest that it leaves in, and moves with")
    carries: Mapped[bool] = mapped_column(server_default=false(), doc="whether it is such a digest")
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.clock_timestamp())
    changed_at: Mapped[datetime] = mapped_column(Moment, server_default=func.clock_timestamp())


class Move(Base):
    """One step of one message: from where to where, why and by whom. Append-only."""

    __tablename__ = "outbox_moves"
    __table_args__ = (Index(None, "message_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox_messages.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.clock_timestamp())
    from_state: Mapped[State] = mapped_column(Choice(State))
    to_state: Mapped[State] = mapped_column(Choice(State))
    cause: Mapped[str]
    actor: Mapped[str] = mapped_column(doc="worker:<host>/<pid>, sweep, staff:<id> ...")


class Pace(Base):
    """One limit, as a GCRA row on the database's clock. It outlives restarts, and N workers share it."""

    __tablename__ = "outbox_paces"
    __table_args__ = (Index("ix_outbox_paces_open", "lane", "opens_at"),)

    key: Mapped[str] = mapped_column(primary_key=True, doc="lane:letters, domain:<name>, target:<id>")
    lane: Mapped[Lane | None] = mapped_column(Choice(Lane), doc="set where the key is a stream of that lane")
    gap: Mapped[float] = mapped_column(doc="seconds between two letters; 0 is no limit")
    tat: Mapped[datetime] = mapped_column(Moment, doc="theoretical arrival time of the next letter")
    opens_at: Mapped[datetime] = mapped_column(Moment, doc="no permit before this")
    closed_until: Mapped[datetime | None] = mapped_column(Moment)
    closed_reason: Mapped[str | None]
    failures: Mapped[int] = mapped_column(
        server_default="0", doc="of the provider in a row; above 0 one message at a time tries whether it is back"
    )
    opening: Mapped[Range[datetime] | None] = mapped_column(
        TSTZRANGE, doc="the only stretch in which it gives permits, see `plans`; none: at all hours"
    )
    day: Mapped[date | None] = mapped_column(doc="the office's day that `used` counts")
    used: Mapped[int] = mapped_column(server_default="0", doc="permits given on that day, where there is an opening")
    cap: Mapped[int | None] = mapped_column(doc="as many on that day at most")
