"""What happens to an account is in the log of every organisation that it works for."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from campaign.accounts.models import Membership
from campaign.core import audit
from campaign.core.audit import Values
from campaign.core.db import session


def of_account(
    actor: str, action: str, user_id: UUID, before: Values | None = None, after: Values | None = None, **detail: Any
) -> None:
    """Write an entry on an account for each of its organisations; one without any where it has none."""
    homes = session().scalars(select(Membership.organisation_id).where(Membership.user_id == user_id)).all()
    for home in (*homes,) or (None,):
        audit.record(actor, action, f"user:{user_id}", home, before, after, **detail)
