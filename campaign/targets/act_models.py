"""What was or may be done to a register: a list of rows as they were and as they are to be."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Choice, Moment, choice_check
from campaign.core.db import Base
from campaign.core.ids import new_id


class ActState(StrEnum):
    """Where an act stands."""

    PLANNED = "planned"  # shown, not done; forgotten after a day
    DONE = "done"
    UNDONE = "undone"


class RegisterAct(Base):
    """One change of a register, by hand or by an import: kept as planned, done exactly so, taken back exactly so."""

    __tablename__ = "register_acts"
    __table_args__ = (choice_check("state", ActState), Index(None, "organisation_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    state: Mapped[ActState] = mapped_column(Choice(ActState))
    title: Mapped[str] = mapped_column(doc="what was done, in the words of whoever did it; or a file's name")
    kind: Mapped[str] = mapped_column(doc="what kind of act, such as end_tenure or import")
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, doc="table, id, before, after")
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, doc="added, changed, ended, removed, unchanged")
    notes: Mapped[list[str]] = mapped_column(JSONB, doc="what an import could not use, with its place in the file")
    digest: Mapped[str] = mapped_column(doc="of the changes: whoever does it names what they were shown")
    resumed: Mapped[dict[str, list[str]]] = mapped_column(JSONB, server_default="{}", doc="pauses that it ended")
    actor: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
