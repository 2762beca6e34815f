"""A working copy of rows of the register: change the copy, and read off what has changed.

A row is an image: its columns as JSON can hold them (dates and ids as text), without what is worked out from others.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from campaign.core.db import Base
from campaign.core.ids import new_id
from campaign.targets.models import Area, Body, Contact, Person, Post, Tenure

Image = dict[str, Any]
# In the order in which they are written: what others point to comes first.
MODELS: dict[str, type[Base]] = {
    "areas": Area,
    "bodies": Body,
    "persons": Person,
    "posts": Post,
    "tenures": Tenure,
    "contacts": Contact,
}
WORKED_OUT = {"search", "waits"}
OF_POSTS = ("tenures", "contacts")


@dataclass(frozen=True)
class Change:
    """One row, before and after; nothing before: it is added, nothing after: it is removed."""

    table: str
    id: str
    before: Image | None
    after: Image | None

    @property
    def kind(self) -> str:
        """`added`, `removed`, `ended` where it gets a last day, else `changed`."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        return "ended" if self.after.get("until") and not self.before.get("until") else "changed"

    def back(self) -> "Change":
        """The change that undoes it."""
        return Change(self.table, self.id, self.after, self.before)


def key_of(table: str) -> str:
    """The column that tells rows apart."""
    return "code" if table == "areas" else "id"


def image(row: Base) -> Image:
    """A row as JSON can hold it."""
    return {name: _plain(getattr(row, name)) for name in _columns(row.__tablename__)}


def values(table: str, made: Image) -> dict[str, Any]:
    """The columns of an image as a row holds them."""
    return {name: _typed(column.type, made[name]) for name, column in _columns(table).items()}


def digest(changes: Sequence[Change]) -> str:
    """What tells this list of changes from any other (SHA-256, hex)."""
    text = json.dumps([asdict(change) for change in changes], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class Sheet:
    """Rows by table and id; `rows` is how they stand, and may be changed by `put` and `set` only."""

    def __init__(self, rows: Iterable[Base] = ()) -> None:
        self._before: dict[str, dict[str, Image]] = {table: {} for table in MODELS}
        for row in rows:
            made = image(row)
            self._before[row.__tablename__][made[key_of(row.__tablename__)]] = made
        self.rows: dict[str, dict[str, Image]] = {table: dict(found) for table, found in self._before.items()}
        self._posts: dict[tuple[str, str], list[str]] = {}
        for table in OF_POSTS:
            for id_, found in self.rows[table].items():
                self._posts.setdefault((table, found["post_id"]), []).append(id_)

    def put(self, table: str, **given: Any) -> str:
        """A new row; columns that are not given are empty. Answers its id."""
        made = {name: _blank(column) for name, column in _columns(table).items()}
        if table != "areas":
            made["id"] = str(new_id())
        made |= {name: _plain(value) for name, value in given.items()}
        return self._add(table, str(made[key_of(table)]), made)

    def set(self, table: str, id_: str, **given: Any) -> None:
        """Other values for columns of a row."""
        self.rows[table][id_] = self.rows[table][id_] | {name: _plain(value) for name, value in given.items()}

    def of_post(self, table: str, post_id: str) -> list[Image]:
        """The tenures or the contacts of a post, by the day they begin."""
        ids = self._posts.get((table, post_id), ())
        rows = [self.rows[table][id_] for id_ in ids if id_ in self.rows[table]]
        return sorted(rows, key=lambda row: str(row["since"]))

    def changes(self) -> list[Change]:
        """What differs from the beginning, in the order in which it can be written."""
        found = []
        for table in MODELS:
            before, after = self._before[table], self.rows[table]
            ids = [*before, *(id_ for id_ in after if id_ not in before)]
            differ = (id_ for id_ in ids if before.get(id_) != after.get(id_))
            found += [Change(table, id_, before.get(id_), after.get(id_)) for id_ in differ]
        return found

    def unchanged(self, table: str) -> int:
        """How many rows of a table are as they were."""
        return sum(self.rows[table].get(id_) == row for id_, row in self._before[table].items())

    def apply(self, changes: Iterable[Change]) -> None:
        """Take changes of another sheet over."""
        for change in changes:
            if change.after is None:
                self.rows[change.table].pop(change.id, None)
            else:
                self._add(change.table, change.id, change.after)

    def _add(self, table: str, id_: str, made: Image) -> str:
        if table in OF_POSTS and id_ not in self.rows[table]:
            self._posts.setdefault((table, made["post_id"]), []).append(id_)
        self.rows[table][id_] = made
        return id_


def _columns(table: str) -> dict[str, Any]:
    found = _cached.get(table)
    if found is None:
        columns = MODELS[table].__table__.columns
        found = _cached[table] = {column.key: column for column in columns if column.key not in WORKED_OUT}
    return found


_cached: dict[str, dict[str, Any]] = {}


def _blank(column: Any) -> Any:
    if column.nullable:
        return None
    if isinstance(column.type, JSONB):
        return {}
    return [] if isinstance(column.type, ARRAY) else ""


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return UUID(value) if isinstance(kind, Uuid) else value
