"""The ground for one fault: servers that may be broken, a database of its own, real processes, a receiving side."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import flask_migrate
import psycopg
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from campaign import embedded, outbox
from campaign.app import create_app
from campaign.config import load
from campaign.core.db import db, session, transaction
from campaign.core.rates import Rate
from campaign.outbox import Lane
from campaign.seed import seed
from tests.support import ledger
from tests.support.installation import Installation
from tests.support.mail import maildir

Result = TypeVar("Result")

# No limit but the lane's, which each fault sets. Requests carry the addresses of many networks, see `Crowd`.
SETTINGS = {
    "SECRET_KEY": "a-secret-for-faults-only-0123456789abcdef",
    "MAIL_FROM": "letters@mail.postbag.example",
    "PROXIES": "1",
    "SIGN_LIMIT": "1000000/minute",
    "DOMAIN_PACE": "1000000/minute",
    "TARGET_PACE": "1000000/minute",
    "PROVIDER_PACE": "1000/second",
    "LEASE_SECONDS": "30",
    "GRACE_SECONDS": "1",
    "SWEEP_SECONDS": "1",
}
# How long a recovery may take before it counts as none. No assertion is on times; this only ends a test that hangs.
PATIENCE = 90.0


@dataclass
class Ground:
    """One installation under test. Its processes are started by the fault."""

    servers: embedded.Servers
    folder: Path
    app: Flask
    installation: Installation

    @property
    def inbox(self) -> Path:
        """The Maildir that letters arrive in, where no other receiver was chosen."""
        return self.folder / "mail"

    @property
    def database_url(self) -> str:
        """The database, for psycopg."""
        return plain(self.app.config["SQLALCHEMY_DATABASE_URI"])

    def fill(self, letters: int, rate: Rate | None) -> int:
        """So many letters by confirmed supporters, and the pace that the lane keeps; answers how many there are."""
        with transaction():
            outbox.set_rate(Lane.LETTERS.limit, rate)
        made = ledger.fill(letters // 2)
        ledger.pace(rate)
        return made

    def start(self, *names: str) -> None:
        """Start web, live, people or scheduler."""
        for name in names:
            if name == "people":
                self.installation.start(name, "worker", "--lane", name)
            elif name.startswith("scheduler"):
                self.installation.start(name, "scheduler")
            else:
                getattr(self.installation, name)()

    def ask(self, statement: str, **values: Any) -> Any:
        """One value from the database; waits while it is away."""
        return patiently(lambda: session().scalar(text(statement), values))

    def row(self, statement: str, **values: Any) -> Any:
        """One row from the database."""
        return patiently(lambda: session().execute(text(statement), values).one())

    def do(self, statement: str, **values: Any) -> None:
        """Change rows by hand, as time or a fault would."""
        with transaction():
            session().execute(text(statement), values)

    def settled(self, seconds: float = PATIENCE) -> bool:
        """Wait until every letter is in a state that is final."""
        return eventually(lambda: self.ask(UNFINISHED) == 0, seconds)


UNFINISHED = """
    SELECT count(*) FROM outbox_messages
    WHERE lane = 'letters' AND state IN ('held', 'queued', 'sending', 'unsure')
"""


def plain(url: str) -> str:
    """A database address as psycopg reads it."""
    return url.replace("postgresql+psycopg:", "postgresql:")


def plant(servers: embedded.Servers, folder: Path) -> None:
    """Make the database that all others are copied from: migrated, with the demonstration campaign. Once a server."""
    app = create_app(load({**_environment(servers, folder), "DATABASE_URL": servers.database_url}))
    with app.app_context():
        flask_migrate.upgrade()
        with transaction():
            seed()
        db.session.remove()
        db.engine.dispose()


def _environment(servers: embedded.Servers, folder: Path) -> dict[str, str]:
    urls = {"REDIS_URL": servers.redis_url, "MAIL_URL": f"maildir://{folder}/mail"}
    return SETTINGS | urls | {"PUBLIC_URL": "http://127.0.0.1:1", "DEMO": "0"}


@contextmanager
def prepared(servers: embedded.Servers, folder: Path, **settings: str) -> Iterator[Ground]:
    """Ground on planted servers, with these settings besides the usual ones; its processes end with the block."""
    name = f"fault_{secrets.token_hex(4)}"
    with psycopg.connect(plain(servers.database_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE campaign")
    servers.valkey.flush()
    head, _slash, rest = servers.database_url.rpartition("/campaign")
    env = {**_environment(servers, folder), "DATABASE_URL": f"{head}/{name}{rest}", **settings}
    installation = Installation(env, folder)
    app = create_app(load(installation.env))
    maildir(folder)
    with app.app_context():
        try:
            yield Ground(servers, folder, app, installation)
        finally:
            installation.stop()
            servers.valkey.start()
            servers.postgres.start()
            db.session.remove()
            db.engine.dispose()
            with psycopg.connect(plain(servers.database_url), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def patiently(act: Callable[[], Result], seconds: float = PATIENCE) -> Result:
    """Do something in a transaction of its own, also when the database is away for a while."""
    ends = time.monotonic() + seconds
    while True:
        try:
            with transaction():
                return act()
        except SQLAlchemyError:
            if time.monotonic() > ends:
                raise
            with suppress(SQLAlchemyError):
                db.session.remove()
            time.sleep(0.1)


def eventually(holds: Callable[[], bool], seconds: float = PATIENCE, every: float = 0.1) -> bool:
    """Wait until something holds; False when it did not in that time."""
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            return False
        time.sleep(every)
    return True
