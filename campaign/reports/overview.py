"""The campaigns of an organisation at a glance: a few sums of tallies for all of them, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from campaign.core import clock
from campaign.core.db import session
from campaign.signatures import campaign_key, figures_key, hour_part

HOURS = 24


@dataclass(frozen=True)
class Overview:
    """One campaign: all its signatures, those of the last 24 hours, and its letters by what became of them."""

    signatures: int = 0
    day: int = 0
    queued: int = 0
    sent: int = 0
    delivered: int = 0
    bounced: int = 0


def overview(campaign_ids: Sequence[UUID]) -> dict[UUID, Overview]:
    """The figures of these campaigns, by id; one without any is nought."""
    at = clock.now()
    values = {
        "keys": [key(id_) for id_ in campaign_ids for key in (campaign_key, figures_key)],
        "hours": [hour_part(at - timedelta(hours=hours)) for hours in range(HOURS)],
    }
    found = {(key, name): int(n) for key, name, n in session().execute(_READ, values)}
    return {id_: _one(found, id_) for id_ in campaign_ids}


def _one(found: dict[tuple[str, str], int], id_: UUID) -> Overview:
    key = campaign_key(id_)
    return Overview(
        signatures=found.get((key, "signatures"), 0) + found.get((key, "paper"), 0),
        day=found.get((figures_key(id_), "signatures"), 0),
        **{name: found.get((key, name), 0) for name in ("queued", "sent", "delivered", "bounced")},
    )


# Of the figures by hour only the last day's; of a campaign's own everything, for letters are tallied by target.
_READ = text(
    """
    SELECT key, name, sum(n) FROM tallies
    WHERE key = ANY(:keys) AND (key LIKE 'campaign:%' OR part = ANY(:hours))
    GROUP BY key, name
    """
).bindparams(bindparam("keys", type_=ARRAY(Text())), bindparam("hours", type_=ARRAY(Text())))
