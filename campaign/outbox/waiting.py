"""How many letters of an owner wait in a stream, and which of them are still open to whom they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from campaign.core.db import session


@dataclass(frozen=True)
class Waiting:
    """`follow` are composed for whoever it concerns when they leave; `stay` may have been sent, and go as they were."""

    follow: int = 0
    stay: int = 0


_WAITING = text(
    """
    SELECT owner, stream, count(*) FILTER (WHERE open) AS follow, count(*) FILTER (WHERE NOT open) AS stay FROM (
        SELECT owner, stream, state IN ('held', 'queued') AND (lot IS NOT NULL OR NOT EXISTS (
            SELECT FROM outbox_moves v WHERE v.message_id = m.id AND v.to_state = 'unsure')) AS open
        FROM outbox_messages m
        WHERE owner = ANY(:owners) AND stream = ANY(:streams) AND state IN ('held', 'queued', 'sending', 'unsure')
    ) w GROUP BY owner, stream
    """
).bindparams(bindparam("owners", type_=ARRAY(Uuid())), bindparam("streams", type_=ARRAY(Text())))


def waiting(owners: Sequence[UUID], streams: Sequence[str]) -> dict[tuple[UUID, str], Waiting]:
    """What waits now of these owners in these streams, counted from the rows; pairs with nothing are left out."""
    if not owners or not streams:
        return {}
    rows = session().execute(_WAITING, {"owners": list(owners), "streams": list(streams)})
    return {(row.owner, row.stream): Waiting(row.follow, row.stay) for row in rows}
