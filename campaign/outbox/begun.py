"""Whether the text of messages may still change: nothing of them has been handed to a worker."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from campaign.core.db import session

# A worker that has set a message aside may have composed it already, see `batches`; a frozen mail may have left.
_BEGUN = """
    SELECT state NOT IN ('held', 'queued', 'cancelled', 'suppressed') OR attempts > 0 OR mail IS NOT NULL
      OR carrier_id IS NOT NULL OR coalesce(lease_until > clock_timestamp(), false) AS begun
    FROM outbox_messages WHERE id = ANY(:ids) ORDER BY id
"""


def begun(ids: Sequence[UUID], *, lock: bool = False) -> bool:
    """Whether any of these has been taken up. With `lock` none is until the transaction ends; may wait for a worker."""
    if not ids:
        return False
    values = {"ids": list(ids)}
    found = any(session().scalars(_LOCKED if lock else _LOOK, values).all())
    if lock and not found:
        # A worker that set one aside longer ago than its lease, and comes back late, does not begin with it.
        session().execute(_ANEW, values)
    return found


_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_LOOK, _LOCKED = text(_BEGUN).bindparams(_IDS), text(f"{_BEGUN} FOR UPDATE").bindparams(_IDS)
_ANEW = text("UPDATE outbox_messages SET fence = nextval('outbox_fence') WHERE id = ANY(:ids)").bindparams(_IDS)
