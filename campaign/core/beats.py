"""Heartbeats: workers and schedulers say that they run, so that others can see who is there.

A row is a sign of life and nothing more: no lock, no lease, and no work depends on it.
The clock is the database's.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, extract, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Moment
from campaign.core.db import Base, session

EVERY_SECONDS = 15.0
# Four beats missed in a row: it is gone, frozen, or cannot reach the database.
FRESH_SECONDS = 60.0
KEPT = timedelta(days=1)
SCHEDULER = "scheduler"


class Beat(Base):
    """One process that runs, or did until lately."""

    __tablename__ = "beats"

    name: Mapped[str] = mapped_column(primary_key=True, doc="scheduler, worker:<lane>")
    host: Mapped[str] = mapped_column(primary_key=True)
    pid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    started_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class Seen:
    """A process, how many seconds ago it was started, and how many seconds ago it was last seen."""

    name: str
    host: str
    pid: int
    running: float
    silent: float

    @property
    def alive(self) -> bool:
        """Whether it was seen lately."""
        return self.silent <= FRESH_SECONDS


def worker(lane: str) -> str:
    """The name under which the workers of a lane beat."""
    return f"worker:{lane}"


def beat(name: str, running: float) -> None:
    """Say that this process runs, since `running` seconds ago."""
    at = func.clock_timestamp()
    times = {"started_at": at - timedelta(seconds=running), "seen_at": at}
    key = {"name": name, "host": socket.gethostname(), "pid": os.getpid()}
    row = insert(Beat).values(**key, **times)
    session().execute(row.on_conflict_do_update(index_elements=list(key), set_=times))


def leave(name: str) -> None:
    """Say that this process ends."""
    mine = (Beat.name == name, Beat.host == socket.gethostname(), Beat.pid == os.getpid())
    session().execute(delete(Beat).where(*mine))


def seen() -> list[Seen]:
    """Every process that is there or left without a word within a day, the last seen first."""
    silent = extract("epoch", func.clock_timestamp() - Beat.seen_at)
    running = extract("epoch", func.clock_timestamp() - Beat.started_at)
    query = select(Beat.name, Beat.host, Beat.pid, running, silent).order_by(silent, Beat.name)
    return [Seen(name, host, pid, float(up), float(still)) for name, host, pid, up, still in session().execute(query)]


def forget() -> None:
    """Drop those that have been silent for a day."""
    session().execute(delete(Beat).where(Beat.seen_at < func.clock_timestamp() - KEPT))
