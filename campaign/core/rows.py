"""Rows that a transaction adds, inserted together at its end: one statement, whatever tables they go to.

A round trip costs more than the insert that it carries, and one signature is a row in each of four tables.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import URL

from campaign.core.db import Base, Statement, before_commit, session

Row = Mapping[str, Any]
Bind = Callable[[Any], Any]
# A model, what to do about rows that are there, how many rows, and their columns.
Part = tuple[type[Base], str, int, tuple[str, ...]]
DIALECT = URL.create("postgresql+psycopg").get_dialect()()


def add(model: type[Base], *rows: Row, on_conflict: str = "") -> None:
    """Insert these rows at the end of the open transaction; until then nothing in it sees them.

    Rows of one model name the same columns. Rows of different models may refer to each other: the database checks that
    at the end of the statement. `on_conflict` is fixed text such as `ON CONFLICT DO NOTHING`.
    """
    if not rows:
        return
    info = session().info
    if _write not in info["before_commit"]:  # what a transaction that failed left behind is not this one's
        info["rows"] = {}
        before_commit(_write)
    info["rows"].setdefault((model, on_conflict), []).extend(rows)


def _write() -> list[Statement]:
    pending: dict[tuple[type[Base], str], list[Row]] = session().info.pop("rows")
    statement, binds = _prepare(tuple((*into, len(rows), tuple(rows[0])) for into, rows in pending.items()))
    values = (value for rows in pending.values() for row in rows for value in row.values())
    bound = tuple(bind(value) for bind, value in zip(binds, values, strict=True))
    # The text is ready and the values are bound: SQLAlchemy would do both again each time.
    return [(statement, bound)]


@lru_cache(maxsize=256)
def _prepare(parts: tuple[Part, ...]) -> tuple[str, list[Bind]]:
    """The last insert, with the others in front of it as common table expressions; and how each value is bound."""
    *before, last = map(_insert, parts)
    together = ", ".join(f"part_{number} AS ({insert})" for number, insert in enumerate(before))
    return (f"WITH {together} {last}" if before else last), [bind for part in parts for bind in _binds(part)]


def _insert(part: Part) -> str:
    model, on_conflict, count, names = part
    # Typed one by one: in several rows the database would take a value that it does not know for text.
    row = ", ".join(f"%s::{model.__table__.c[name].type.compile(DIALECT)}" for name in names)
    into = f"INSERT INTO {model.__tablename__} ({', '.join(names)})"
    return f"{into} VALUES {', '.join([f'({row})'] * count)} {on_conflict}"


def _binds(part: Part) -> Iterator[Bind]:
    model, _on_conflict, count, names = part
    for name in names * count:
        kind = model.__table__.c[name].type.dialect_impl(DIALECT)
        yield kind.bind_processor(DIALECT) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
