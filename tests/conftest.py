"""One pair of real servers for the whole run, started by the controller; each worker has its own database on them."""

import contextvars
import gc
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign import embedded
from campaign.app import create_app
from campaign.config import Settings, load
from campaign.core import logs
from campaign.core.db import db, transaction
from campaign.seed import seed
from tests.support import shared, snapshot
from tests.support.installation import Installation
from tests.support.mail import maildir

TEMPLATE = "postbag_template"
SERVERS = pytest.StashKey[embedded.Servers]()
FOLDER = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once and make the database that all others are copied from."""
    logs.setup("tests", "error")
    shared.share()
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    folder = tempfile.mkdtemp(prefix="postbag-test-")
    servers = embedded.start(Path(folder), durable=False)
    config.stash[SERVERS], config.stash[FOLDER] = servers, folder
    os.environ["TEST_DATABASE_URL"], os.environ["TEST_REDIS_URL"] = servers.database_url, servers.redis_url
    with psycopg.connect(_plain(servers.database_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    app = create_app(load({**environment(folder), "DATABASE_URL": _named(servers.database_url, TEMPLATE)}))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


def pytest_collection_finish() -> None:
    """What is imported by now stays: collecting it again and again was a tenth of the suite's work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that misses a program of ci/debian.txt has failed: nothing missing may pass for green."""
    report = yield
    needs = item.get_closest_marker("browser") or item.get_closest_marker("debian")
    if os.environ.get("CI") and needs and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    if SERVERS in config.stash:
        config.stash[SERVERS].stop()
        shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:")


def _named(url: str, name: str) -> str:
    """The same server, another database."""
    head, _slash, rest = url.rpartition("/campaign")
    return f"{head}/{name}{rest}"


def environment(folder: str) -> dict[str, str]:
    """Settings of a test installation."""
    return {
        "DATABASE_URL": os.environ["TEST_DATABASE_URL"],
        "REDIS_URL": os.environ["TEST_REDIS_URL"],
        "SECRET_KEY": "a-secret-for-tests-only-0123456789abcdef",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "LIVE_URL": "http://127.0.0.1:8001",
        "MAIL_URL": f"maildir://{folder}/mail",
        "MAIL_FROM": "letters@mail.postbag.example",
        "DEMO": "1",
        "DOMAIN_PACE": "600/minute",
        "SIGN_LIMIT": "100000/minute",
    }


@pytest.fixture(scope="session")
def worker_number(worker_id: str) -> int:
    """0 for the first xdist worker or a run without xdist."""
    return int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0


@pytest.fixture(scope="session")
def database_url(worker_number: int) -> str:
    """A migrated, empty database of this worker's own."""
    url = os.environ["TEST_DATABASE_URL"]
    name = f"test_{worker_number}_{os.getpid()}"
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return _named(url, name)


@pytest.fixture(scope="session")
def redis_url(worker_number: int) -> str:
    """A Redis database of this worker's own."""
    url = os.environ["TEST_REDIS_URL"].partition("?")[0]
    return f"{url}?db={worker_number}"


@pytest.fixture
def env(database_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of this test's installation; change it before asking for `app` or starting processes."""
    return {**environment(str(tmp_path)), "DATABASE_URL": database_url, "REDIS_URL": redis_url}


NO_TRIGGERS = "-c session_replication_role=replica"
# TRUNCATE of all tables takes 180 ms, most of it for tables that were empty: that was a third of the suite.
EMPTY = """
    DO $$
    DECLARE one record; filled boolean;
    BEGIN
        FOR one IN SELECT quote_ident(tablename) AS name FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one.name) INTO filled;
            IF filled AND pg_relation_size(one.name::regclass) > 1000000 THEN
                EXECUTE format('TRUNCATE %s CASCADE', one.name);
            ELSIF filled THEN
                EXECUTE format('DELETE FROM %s', one.name);
            END IF;
        END LOOP;
    END $$
"""


class Keeper:
    """One connection for all that fills and empties a database: a new one learns all tables anew, each time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._kept: psycopg.Connection[Any] | None = None

    def connection(self) -> "psycopg.Connection[Any]":
        """It; a new one when a test has ended it."""
        try:
            if self._kept is not None:
                self._kept.execute("SELECT")
        except psycopg.OperationalError:
            self.close()
        if self._kept is None:
            self._kept = psycopg.connect(self._url, autocommit=True, options=NO_TRIGGERS)
        return self._kept

    def close(self) -> None:
        """End it."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None


@pytest.fixture(scope="session")
def keeper(database_url: str) -> Iterator[Keeper]:
    """Of this worker's database."""
    keeper = Keeper(_plain(database_url))
    yield keeper
    keeper.close()


@pytest.fixture
def clean(keeper: Keeper, redis_url: str) -> Iterator[None]:
    """Leave nothing behind."""
    yield
    keeper.connection().execute(EMPTY)
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()


@pytest.fixture
def settings(env: dict[str, str]) -> Settings:
    """This test's settings."""
    return load(env)


@pytest.fixture
def app(clean: None, settings: Settings) -> Iterator[Flask]:
    """The app on an empty database, in its context."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = shared.Templates()
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def unused(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One app for all tests that need its words and settings and no rows."""
    folder = str(tmp_path_factory.mktemp("unused"))
    return create_app(load({**environment(folder), "DATABASE_URL": database_url, "REDIS_URL": redis_url}))


@pytest.fixture
def plain(unused: Flask) -> Iterator[Flask]:
    """That app in its context; what a test changes in its settings is set back."""
    settings = unused.extensions["settings"]
    with unused.app_context():
        yield unused
    unused.extensions["settings"] = settings


@pytest.fixture
def seeded(app: Flask, keeper: Keeper) -> Flask:
    """The app with the demonstration campaign."""
    if not snapshot.put_back(keeper.connection()):
        with transaction():
            seed()
        snapshot.take(keeper.connection())
    return app


class Browser(FlaskClient):
    """Each request gets contexts of its own, as in a server, also while a test holds the app's context open."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture
def client(seeded: Flask) -> FlaskClient:
    """A browser without scripts or cookies, on the demonstration campaign."""
    seeded.test_client_class = Browser
    return seeded.test_client()


@pytest.fixture
def installation(seeded: Flask, env: dict[str, str], tmp_path: Path) -> Iterator[Installation]:
    """Real processes on the demonstration campaign; the test starts those that it needs."""
    maildir(tmp_path)
    installation = Installation(env, tmp_path)
    yield installation
    installation.stop()
