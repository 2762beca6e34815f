"""What the next page tells a member of staff once, kept with their session."""

from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import select, update

from campaign.accounts.models import StaffSession
from campaign.core.db import session

# A session that never opens another page must not gather without end.
MOST = 5


class Notice(TypedDict):
    """One sentence. `undo`: where a POST takes the act back; `path`: the page it is for; `at`: seconds of the epoch."""

    id: str
    text: str
    undo: str | None
    tone: str
    path: str
    at: float


def change_notices(session_id: UUID, told: list[str], new: list[Notice]) -> None:
    """Take away what was told and keep what is new; of too many, the oldest go."""
    mine = StaffSession.id == session_id
    kept: list[Any] = session().scalar(select(StaffSession.notices).where(mine).with_for_update()) or []
    left = [notice for notice in kept if notice["id"] not in told] + list(new)
    session().execute(update(StaffSession).where(mine).values(notices=left[-MOST:]))
