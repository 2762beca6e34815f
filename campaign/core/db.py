"""The database: base class of the models, the transaction, and what may happen only after a commit."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

import psycopg
import structlog
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Session

from campaign.config import ROOT, Settings

log = structlog.get_logger()

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# A statement that hangs must not hold a web thread or a letter for ever; migrations set their own.
SESSION_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=20000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
)


# Over TCP a database host that vanished would otherwise hold a statement for minutes.
ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}


class Base(DeclarativeBase):
    """What all models share: one metadata with named constraints, so that migrations can name them too."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {str: Text}


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
migrate = Migrate(directory=str(ROOT / "migrations"), compare_type=True)


def init_app(app: Flask, settings: Settings) -> None:
    """Connect the app to PostgreSQL through psycopg 3."""
    app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql+psycopg:" + settings.database_url.partition(":")[2]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        # What overflows is closed after each use, and a connection costs more than a signature.
        "pool_size": 32,
        "max_overflow": 0,
        "pool_use_lifo": True,
        "pool_timeout": 5,
        "hide_parameters": True,  # an error's text would carry names and addresses into the log
        "connect_args": {"connect_timeout": 3, "options": SESSION_OPTIONS, **ALIVE},
    }
    db.init_app(app)
    migrate.init_app(app, db)


def session() -> Session:
    """The session of this app context, for reads and for commands inside a transaction."""
    return db.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work, opened by an edge only: commits at the end, rolls back on any error.

    Callbacks given to `after_commit` run once the commit is durable. Raises RuntimeError when nested.
    """
    current = session()
    if current.info.get("open"):
        raise RuntimeError("a transaction is open already: only edges open one")
    current.info.update(open=True, before_commit=[], after_commit=[])
    try:
        yield current
        for prepare in current.info["before_commit"]:
            prepare()
        current.commit()
        callbacks = current.info["after_commit"]
    except BaseException:
        current.rollback()
        raise
    finally:
        for key in ("open", "before_commit", "after_commit"):
            current.info.pop(key, None)
    for callback in callbacks:
        _run(callback)


def together(*statements: tuple[str, Mapping[str, Any]]) -> tuple[Any, ...] | None:
    """Run statements in one round trip, in their order; answers the first row of the last, as psycopg gives it.

    Each sees what was committed before it began, the lock of an earlier one included; the transaction's BEGIN travels
    with them. Raises what `execute` raises.
    """
    connection = session().connection()
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("not a connection of psycopg")
    try:
        with driver.pipeline():
            cursors = [driver.execute(words, values) for words, values in statements]
        row: tuple[Any, ...] | None = cursors[-1].fetchone()
    except psycopg.Error as error:
        # As SQLAlchemy does itself: its own classes of errors, and no further use of a connection that is gone.
        connection._handle_dbapi_exception(error, statements[-1][0], None, None, None)  # noqa: SLF001
    return row


def before_commit(callback: Callable[[], Any]) -> None:
    """Run `callback` as the last thing inside the open transaction; for writes that must lock in one order."""
    session().info["before_commit"].append(callback)


def after_commit(callback: Callable[[], Any]) -> None:
    """Run `callback` once the open transaction is durable. What it tells others is a hint: a failure is only logged."""
    session().info["after_commit"].append(callback)


def _run(callback: Callable[[], Any]) -> None:
    try:
        callback()
    except Exception as error:  # noqa: BLE001 - the work is committed; a lost hint is swept up later
        log.warning("after_commit_failed", error=type(error).__name__)
