"""Read limits as they stand: how fast each goes, and until when it is closed."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from campaign.core.db import session
from campaign.outbox.health import FOR_GOOD_SECONDS
from campaign.outbox.pace import MARGIN, default_rate


@dataclass(frozen=True)
class LimitView:
    """One limit, by the database's clock. `closed`: seconds until a rest ends, None while there is none."""

    key: str
    per_minute: float | None  # None: no limit
    closed: float | None = None
    reason: str | None = None
    later: float | None = None  # seconds until its next opening begins; None while there is one, or none is needed

    @property
    def for_good(self) -> bool:
        """Whether only staff open it again."""
        return self.closed is not None and self.closed > FOR_GOOD_SECONDS


def read_limits(keys: Iterable[str]) -> dict[str, LimitView]:
    """These limits by key; one that nothing has gone through yet has the rate that it will get."""
    wanted = sorted(set(keys))
    found = {row.key: _view(*row) for row in session().execute(_READ, {"keys": wanted})}
    return {key: found.get(key) or _fresh(key) for key in wanted}


def _view(key: str, gap: float, closed: float | None, reason: str | None, later: float | None) -> LimitView:
    shut = float(closed) if closed is not None and closed > 0 else None
    ahead = float(later) if later is not None and later > 0 else None
    return LimitView(key, 60 * MARGIN / gap if gap else None, shut, reason if shut else None, ahead)


def _fresh(key: str) -> LimitView:
    rate = default_rate(key)
    return LimitView(key, 60 / rate.gap if rate else None)


_READ = text(
    """
    SELECT key, gap, extract(epoch FROM closed_until - clock_timestamp()) AS closed, closed_reason,
      extract(epoch FROM lower(opening) - clock_timestamp()) AS later
    FROM outbox_paces WHERE key = ANY(:keys)
    """
).bindparams(bindparam("keys", type_=ARRAY(Text())))
