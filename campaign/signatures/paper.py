"""Signatures on paper: counted by hand, added with a note, taken back when somebody counted wrong."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update

from campaign import counters
from campaign.core import audit, clock
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError
from campaign.core.i18n import number as spoken
from campaign.core.ids import new_id
from campaign.signatures.keys import campaign_key
from campaign.signatures.records import PaperBatch

MOST = 1_000_000
LONGEST_PLACE, LONGEST_NOTE = 100, 500


@dataclass(frozen=True)
class Paper:
    """One lot of paper signatures."""

    id: UUID
    number: int
    signed_on: date
    place: str
    note: str
    created_at: datetime
    created_by: str
    taken_back_at: datetime | None


def add(
    campaign_id: UUID, *, number: int, signed_on: date, place: str, note: str, actor: str, organisation_id: UUID
) -> UUID:
    """Count so many signatures on paper; raises DomainError with the field that is wrong."""
    _check(number, signed_on, place, note)
    id_ = new_id()
    row = {"id": id_, "campaign_id": campaign_id, "number": number, "signed_on": signed_on, "place": place.strip()}
    more = {"note": note.strip(), "created_at": clock.now(), "created_by": actor}
    session().execute(insert(PaperBatch).values({**row, **more}))
    counters.bump(campaign_key(campaign_id), paper=number)
    detail: dict[str, Any] = {"number": number, "signed_on": signed_on.isoformat()}
    audit.record(actor, "signatures.add_paper", f"paper:{id_}", organisation_id=organisation_id, **detail)
    return id_


def take_back(campaign_id: UUID, id_: UUID, *, actor: str, organisation_id: UUID) -> int:
    """Take a lot off the counter; answers its number. Raises Conflict where it is off already."""
    number = _turn(campaign_id, id_, back=True)
    counters.bump(campaign_key(campaign_id), paper=-number)
    audit.record(actor, "signatures.take_paper_back", f"paper:{id_}", organisation_id=organisation_id, number=number)
    return number


def put_back(campaign_id: UUID, id_: UUID, *, actor: str, organisation_id: UUID) -> int:
    """Undo a taking back; answers the number. Raises Conflict where the lot counts."""
    number = _turn(campaign_id, id_, back=False)
    counters.bump(campaign_key(campaign_id), paper=number)
    audit.record(actor, "signatures.put_paper_back", f"paper:{id_}", organisation_id=organisation_id, number=number)
    return number


def lots(campaign_id: UUID) -> list[Paper]:
    """The lots of a campaign, newest first."""
    columns = [getattr(PaperBatch, name) for name in Paper.__dataclass_fields__]
    query = select(*columns).where(PaperBatch.campaign_id == campaign_id).order_by(PaperBatch.id.desc())
    return [Paper(*row) for row in session().execute(query.limit(500))]


def total(campaign_id: UUID) -> int:
    """How many count, from the rows: for the nightly recount."""
    mine = (PaperBatch.campaign_id == campaign_id, PaperBatch.taken_back_at.is_(None))
    return int(session().scalar(select(func.coalesce(func.sum(PaperBatch.number), 0)).where(*mine)) or 0)


def _check(number: int, signed_on: date, place: str, note: str) -> None:
    wrong = {}
    if not 0 < number <= MOST:
        wrong["number"] = _("Write a number from 1 to %(most)s.", most=spoken(MOST))
    if signed_on > clock.today():
        wrong["signed_on"] = _("This day has not come yet.")
    if not place.strip() or len(place) > LONGEST_PLACE:
        wrong["place"] = _("Write where, in at most %(limit)s characters.", limit=LONGEST_PLACE)
    if len(note) > LONGEST_NOTE:
        wrong["note"] = _("Use at most %(limit)s characters.", limit=LONGEST_NOTE)
    if wrong:
        raise DomainError(next(iter(wrong.values())), fields=wrong)


def _turn(campaign_id: UUID, id_: UUID, *, back: bool) -> int:
    mine = (PaperBatch.campaign_id == campaign_id, PaperBatch.id == id_)
    there = PaperBatch.taken_back_at.is_(None) if back else PaperBatch.taken_back_at.is_not(None)
    turned = update(PaperBatch).where(*mine, there).values(taken_back_at=clock.now() if back else None)
    number = session().scalar(turned.returning(PaperBatch.number))
    if number is None:
        raise Conflict(_("These signatures are not here, or that was done already."))
    return int(number)
