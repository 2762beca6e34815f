"""How each lane fares, read once through what waits: for `campaign doctor`, in a second with a million messages."""

from dataclasses import dataclass

from sqlalchemy import text

from campaign.core.db import session
from campaign.outbox.lanes import Lane
from campaign.outbox.models import WAITING

# A closure that no clock ends: staff do.
FOR_GOOD_SECONDS = 10 * 365.25 * 86400


@dataclass(frozen=True)
class Health:
    """One lane. All times are in seconds, by the database's clock; None where nothing is closed or waits."""

    lane: Lane
    closed: float | None  # until it opens
    reason: str | None  # why it is closed
    waiting: float | None  # since the oldest message that is due, and not paused, has been due
    idle: float | None  # for which some message was due, every limit open, and it did not leave
    unsure: int

    @property
    def stopped(self) -> bool:
        """Closed until somebody opens it again."""
        return self.closed is not None and self.closed > FOR_GOOD_SECONDS


def health() -> list[Health]:
    """Every lane."""
    values = {"lanes": [lane.value for lane in Lane], "letters": Lane.LETTERS.value}
    rows = session().execute(HEALTH, values)
    return [Health(Lane(row.lane), row.closed, row.reason, row.waiting, row.idle, row.unsure) for row in rows]


# What waits by its time and what waits on wheels has an index each: few rows where few wait, whatever was sent before.
# Only letters keep to their recipient's domain, see `pace.limits_of`. What staff or trouble paused waits rightly.
HEALTH = text(
    f"""
    WITH present AS MATERIALIZED (SELECT clock_timestamp() AS at), waiting AS MATERIALIZED (
        SELECT lane, stream, owner, domain, min(due_at) AS due_at FROM (
            SELECT * FROM outbox_messages WHERE {WAITING} AND lot IS NULL
            UNION ALL
            SELECT * FROM outbox_messages WHERE {WAITING} AND lot IS NOT NULL
        ) m WHERE due_at <= (SELECT at FROM present) GROUP BY lane, stream, owner, domain
    ), going AS (
        SELECT * FROM waiting q WHERE NOT EXISTS (
            SELECT FROM outbox_pauses z WHERE z.key IN (
              split_part(q.stream, '/', 1),
              CASE WHEN q.stream <> 'lane:people' THEN 'owner:' || q.owner END,
              'owner:' || q.owner || '/' || split_part(q.stream, '/', 1),
              CASE WHEN starts_with(q.stream, 'target:') THEN 'paper:' || q.owner END))
    )
    SELECT l.lane, due.waiting, due.idle,
      CASE WHEN w.closed_until > present.at THEN w.closed_reason END AS reason,
      CASE WHEN w.closed_until > present.at THEN extract(epoch FROM w.closed_until - present.at)::float END
        AS closed,
      (SELECT count(*) FROM outbox_messages WHERE state = 'unsure' AND lane = l.lane) AS unsure
    FROM present CROSS JOIN unnest(cast(:lanes AS text[])) WITH ORDINALITY AS l(lane, place)
    LEFT JOIN outbox_paces w ON w.key = 'lane:' || l.lane
    LEFT JOIN LATERAL (
        SELECT max(extract(epoch FROM present.at - m.due_at))::float AS waiting,
          max(extract(epoch FROM present.at - greatest(m.due_at, s.opens_at, w.opens_at, d.opens_at)))::float
            AS idle
        FROM going m JOIN outbox_paces s ON s.key = m.stream AND s.lane = m.lane
        LEFT JOIN outbox_paces d ON d.key = 'domain:' || m.domain AND l.lane = :letters
        WHERE m.lane = l.lane
    ) due ON true ORDER BY l.place
    """  # noqa: S608 - fixed words
)
