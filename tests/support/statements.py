"""What a page asks of the database: its statements, and how many rows they read. Counts, as times differ."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from campaign.core.db import db, session

Asked = list[tuple[str, Any]]


@contextmanager
def asked() -> Iterator[Asked]:
    """The statements of the block, with their values."""
    found: Asked = []

    def note(_connection: Any, _cursor: Any, words: str, values: Any, *_more: Any) -> None:
        found.append((words, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def rows_read(statements: Asked) -> int:
    """How many rows of tables and indexes they read when they run again, those that a filter drops included."""
    total = 0
    for words, values in statements:
        explained = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {words}"
        row = session().connection().exec_driver_sql(explained, values).scalar_one()
        total += _read((json.loads(row) if isinstance(row, str) else row)[0]["Plan"])
    return total


def _read(plan: dict[str, Any]) -> int:
    below = sum(_read(part) for part in plan.get("Plans", ()))
    if not plan["Node Type"].endswith("Scan"):
        return below
    return below + round((plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"])
