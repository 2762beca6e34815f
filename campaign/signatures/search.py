"""Find signatures over all campaigns of an organisation: by reference, by address, by the beginning of a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from campaign.core.db import session
from campaign.signatures.conditions import search, where
from campaign.signatures.models import Signature
from campaign.signatures.states import SignatureState

MOST = 20
_TABLE = Signature.__table__.c


@dataclass(frozen=True)
class Hit:
    """One signature, enough to know it by."""

    id: UUID
    campaign_id: UUID
    reference: str
    name: str
    place: str
    state: SignatureState
    created_at: datetime


def find(campaign_ids: Sequence[UUID], words: str) -> tuple[list[Hit], bool]:
    """The newest signatures that fit, and whether there are more."""
    if not campaign_ids:
        return [], False
    conditions = search(words)
    # A campaign at a time, so that each walks its own index.
    anywhere = or_(*(and_(*where(id_, conditions)) for id_ in campaign_ids))
    query = select(*(_TABLE[name] for name in Hit.__dataclass_fields__)).where(anywhere)
    rows = session().execute(query.order_by(_TABLE.created_at.desc(), _TABLE.id).limit(MOST + 1)).all()
    return [Hit(*row) for row in rows[:MOST]], len(rows) > MOST
