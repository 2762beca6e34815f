"""The durable servers of a run, and databases on them that each side fills by itself."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import flask_migrate
import psycopg
from flask import Flask

from campaign import embedded
from campaign.app import create_app
from campaign.config import load
from campaign.core.db import db, transaction
from campaign.seed import seed
from tests.support.installation import Installation
from tests.support.mail import maildir

TEMPLATE = "bench_template"


@dataclass
class Place:
    """A database of its own, a Redis database, a folder, and the settings of whoever lives there."""

    folder: Path
    env: dict[str, str]
    _app: Flask | None = field(default=None, repr=False)

    @property
    def dsn(self) -> str:
        """The database for psycopg."""
        return self.env["DATABASE_URL"].replace("+psycopg", "", 1)

    def number(self, query: str) -> int:
        """The one number that a query answers."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            row = connection.execute(query).fetchone()
        assert row
        return int(row[0])

    def run(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement)

    def installation(self) -> Installation:
        """The product on this place; nothing of it runs yet."""
        return Installation(self.env, self.folder)

    @contextmanager
    def app(self) -> Iterator[Flask]:
        """The app in its context."""
        app = create_app(load(self.env))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


class House:
    """Servers with `durable=True`; `place` gives out migrated and seeded databases."""

    def __init__(self, folder: Path, servers: embedded.Servers) -> None:
        self._folder, self._servers, self._number = folder, servers, 0
        self._make_template()

    def place(self, name: str, **settings: str) -> Place:
        """A new place; settings in capitals are added to the ordinary ones."""
        self._number += 1
        folder = self._folder / f"{self._number}-{name}"
        folder.mkdir()
        maildir(folder)
        database = f"bench_{self._number}"
        with psycopg.connect(self._url().replace("+psycopg", "", 1), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database} TEMPLATE {TEMPLATE}")
        redis = f"{self._servers.redis_url.partition('?')[0]}?db={self._number % 16}"
        env = {**self._settings(folder), "DATABASE_URL": self._url(database), "REDIS_URL": redis}
        return Place(folder, {**env, **settings})

    def _make_template(self) -> None:
        with psycopg.connect(self._url().replace("+psycopg", "", 1), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
        env = {**self._settings(self._folder), "DATABASE_URL": self._url(TEMPLATE)}
        app = create_app(load({**env, "REDIS_URL": self._servers.redis_url}))
        with app.app_context():
            flask_migrate.upgrade()
            with transaction():
                seed()
            db.session.remove()
            db.engine.dispose()

    def _url(self, database: str = "campaign") -> str:
        head, _slash, rest = self._servers.database_url.rpartition("/campaign")
        return f"{head}/{database}{rest}"

    def _settings(self, folder: Path) -> dict[str, str]:
        return {
            "SECRET_KEY": "a-secret-for-the-bench-0123456789abcdef",
            "PUBLIC_URL": "http://127.0.0.1:8000",
            "MAIL_URL": f"maildir://{folder}/mail",
            "MAIL_FROM": "letters@mail.postbag.example",
            "SIGN_LIMIT": "1000000/minute",
            "LOG_LEVEL": "warning",
        }


@contextmanager
def house() -> Iterator[House]:
    """Start the servers in a folder of their own and remove it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="postbag-bench-", dir=os.environ.get("BENCH_DIR")))
    try:
        with embedded.start(folder, durable=True) as servers:
            yield House(folder, servers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
