"""Keep what providers report, each event once."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text

from campaign.core import metrics
from campaign.core.db import session
from campaign.outbox.receipts.report import Report

# Columns and their types, in the words of the database.
TYPES = {
    **dict.fromkeys(("id", "source", "handover", "kind", "failure", "status"), "text"),
    "message_id": "uuid",
    "at": "timestamptz",
}
INSERT = text(
    f"""
    INSERT INTO receipts ({", ".join(TYPES)})
    SELECT * FROM unnest({", ".join(f"cast(:{name} AS {kind}[])" for name, kind in TYPES.items())})
    ON CONFLICT (id) DO NOTHING RETURNING id
    """  # noqa: S608 - put together from this file's constants
)


def store(reports: Sequence[Report]) -> int:
    """Add those that are not known yet; answers how many. Call it in a transaction, and answer 2xx after its commit."""
    if not reports:
        return 0
    for report in reports:
        metrics.RECEIPTS.labels(report.source.value, report.kind.value).inc()
    # In one order, so that two copies of a request that come at once do not wait for each other crosswise.
    rows = sorted(reports, key=lambda one: one.id)
    values = {name: [getattr(report, name) for report in rows] for name in TYPES}
    return len(session().execute(INSERT, values).all())


def messages_of(reports: Iterable[Report]) -> list[UUID]:
    """The messages that the reports name."""
    return sorted({report.message_id for report in reports if report.message_id is not None})
