"""Letters that people send from their own mail: they say so, and that is counted apart."""

from uuid import UUID

from sqlalchemy import func, select

from campaign import counters
from campaign.core import clock, rows
from campaign.core.db import session
from campaign.core.ids import new_id
from campaign.signatures.journey_models import OwnMail
from campaign.signatures.keys import campaign_key


def count(campaign_id: UUID, lang: str) -> None:
    """Somebody has sent theirs. The public number stays as it is: nobody can check this one."""
    rows.add(OwnMail, {"id": new_id(), "campaign_id": campaign_id, "at": clock.now(), "lang": lang})
    counters.bump(campaign_key(campaign_id), own_mail=1)


def total(campaign_id: UUID) -> int:
    """How many have said so: for the nightly recount, never for a page."""
    query = select(func.count()).select_from(OwnMail).where(OwnMail.campaign_id == campaign_id)
    return session().scalar(query) or 0
