"""Files of signatures that staff ask for. A table streams at once; a spreadsheet is made in the background."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import and_, delete, insert, or_, select, update

from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict, NotFound
from campaign.core.ids import new_id
from campaign.signatures import register
from campaign.signatures.conditions import Conditions, load
from campaign.signatures.records import Export, ExportPart, ExportState
from campaign.signatures.tables import LAYOUTS, Layout

KEPT = timedelta(hours=24)
# Whoever makes a file writes this often at the least that it goes on; silent for longer, another begins it again.
SILENT = timedelta(seconds=60)
_OPEN = (ExportState.WAITING, ExportState.RUNNING)


@dataclass(frozen=True)
class File:
    """A spreadsheet and how far it is."""

    id: UUID
    campaign_id: UUID
    state: ExportState
    kind: str
    conditions: Conditions
    layout: Layout
    columns: list[str]
    actor: str
    created_at: datetime
    total: int
    done: int
    size: int

    @property
    def busy(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in _OPEN


_COLUMNS = [getattr(Export, name) for name in File.__dataclass_fields__]


def allow(
    campaign_id: UUID, conditions: Conditions, layout: Layout, columns: Sequence[str], kind: str, *,
    actor: str, organisation_id: UUID,
) -> int:  # fmt: skip
    """Write into the audit log that signatures leave the house; answers how many there are now."""
    total = register.count(campaign_id, conditions)
    detail: dict[str, Any] = {"signatures": total, "columns": list(columns), "layout": layout.key, "format": kind}
    # Which conditions, not their values: a name or a reference is a supporter's.
    detail["by"] = sorted(conditions.json())
    audit.record(actor, "signatures.export", f"campaign:{campaign_id}", organisation_id=organisation_id, **detail)
    return total


def order(
    campaign_id: UUID, conditions: Conditions, layout: Layout, columns: Sequence[str], *,
    actor: str, organisation_id: UUID, kind: str = "xlsx", times: int = 1, id_: UUID | None = None, letters: int = 0,
) -> UUID:  # fmt: skip
    """Ask for a spreadsheet or a `pack`, in which each signature comes so many times; answers its id.

    A `handover` has the id of the one whose file it is, and holds so many `letters`.
    """
    total = times * allow(campaign_id, conditions, layout, columns, kind, actor=actor, organisation_id=organisation_id)
    id_, total, at = id_ or new_id(), letters or total, now()
    row: dict[str, Any] = {"id": id_, "campaign_id": campaign_id, "state": ExportState.WAITING, "actor": actor}
    row["kind"] = kind
    row |= {"conditions": conditions.json(), "layout": layout.key, "columns": list(columns), "total": total}
    session().execute(insert(Export).values({**row, "created_at": at, "beat_at": at}))
    return id_


def stop(campaign_id: UUID, id_: UUID) -> None:
    """No longer make it; raises Conflict where it is not being made."""
    mine = (Export.campaign_id == campaign_id, Export.id == id_, Export.state.in_(_OPEN))
    stopped = update(Export).where(*mine).values(state=ExportState.STOPPED).returning(Export.id)
    if session().scalar(stopped) is None:
        raise Conflict(_("This file is not being made."))


def files(campaign_id: UUID) -> list[File]:
    """The spreadsheets of a campaign that are there or on their way, newest first."""
    query = select(*_COLUMNS).where(Export.campaign_id == campaign_id, Export.created_at > now() - KEPT)
    return [_file(row) for row in session().execute(query.order_by(Export.id.desc()).limit(50))]


def file(campaign_id: UUID, id_: UUID) -> File:
    """One of them; raises NotFound."""
    mine = (Export.campaign_id == campaign_id, Export.id == id_, Export.created_at > now() - KEPT)
    row = session().execute(select(*_COLUMNS).where(*mine)).one_or_none()
    if row is None:
        raise NotFound(_("This file is not here, or not any more. Files are kept for a day."))
    return _file(row)


def parts(id_: UUID) -> Iterator[bytes]:
    """The pieces of a finished file, in order, each by a query of its own."""
    number = 0
    while (data := session().scalar(_PART.where(ExportPart.export_id == id_, ExportPart.number == number))) is not None:
        yield data
        number += 1


_PART = select(ExportPart.data)


def take() -> File | None:
    """The next file to make, taken: one that waits, or one whose maker has fallen silent."""
    silent = and_(Export.state == ExportState.RUNNING, Export.beat_at < now() - SILENT)
    wanted = select(Export.id).where(or_(Export.state == ExportState.WAITING, silent)).order_by(Export.id).limit(1)
    id_ = session().scalar(wanted.with_for_update(skip_locked=True))
    if id_ is None:
        return None
    session().execute(delete(ExportPart).where(ExportPart.export_id == id_))
    begun = {"state": ExportState.RUNNING, "beat_at": now(), "done": 0}
    taken = update(Export).where(Export.id == id_).values(begun).returning(*_COLUMNS)
    return _file(session().execute(taken).one())


def beat(id_: UUID, done: int) -> bool:
    """So many rows are written; False where nobody wants the file any more."""
    running = (Export.id == id_, Export.state == ExportState.RUNNING)
    alive = update(Export).where(*running).values(done=done, beat_at=now()).returning(Export.id)
    return session().scalar(alive) is not None


def keep(id_: UUID, number: int, data: bytes) -> None:
    """Store one piece of the finished file."""
    session().execute(insert(ExportPart).values(export_id=id_, number=number, data=data))


def finish(id_: UUID, size: int, done: int) -> None:
    """The file is whole."""
    ready = {"state": ExportState.READY, "size": size, "done": done, "beat_at": now()}
    session().execute(update(Export).where(Export.id == id_, Export.state == ExportState.RUNNING).values(ready))


def forget() -> int:
    """Drop what is older than a day; answers how many files."""
    gone = delete(Export).where(Export.created_at < now() - KEPT).returning(Export.id)
    return len(session().scalars(gone).all())


def _file(row: Any) -> File:
    values = dict(zip(File.__dataclass_fields__, row, strict=True))
    layout = LAYOUTS.get(values["layout"], LAYOUTS["plain"])
    return File(**{**values, "conditions": load(values["conditions"]), "layout": layout})
