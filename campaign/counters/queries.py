"""Read tallies: sums over slots, never a count of rows."""

from sqlalchemy import func, select

from campaign.core.db import session
from campaign.counters.models import Tally

# The figures of `{key}` as {part: {name: n}} and the moment of the last change, for statements that read more.
FIGURES_SQL = """
    (SELECT jsonb_object_agg(part, names) FROM (
        SELECT part, jsonb_object_agg(name, n) AS names FROM (
            SELECT part, name, sum(n) AS n FROM tallies WHERE key = {key} GROUP BY part, name
        ) per_name GROUP BY part
    ) per_part)
"""
CHANGED_SQL = "(SELECT max(changed_at) FROM tallies WHERE key = {key})"


def figures(key: str) -> dict[str, dict[str, int]]:
    """The figures of one key: `{part: {name: n}}`, the key's own under the empty part."""
    rows = session().execute(
        select(Tally.part, Tally.name, func.sum(Tally.n)).where(Tally.key == key).group_by(Tally.part, Tally.name)
    )
    found: dict[str, dict[str, int]] = {}
    for part, name, n in rows:
        found.setdefault(part, {})[name] = int(n)
    return found
