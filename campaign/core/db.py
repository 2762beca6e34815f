"""The database: base class of the models, the transaction, and what may happen only after a commit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import psycopg
import structlog
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from psycopg.pq import TransactionStatus
from sqlalchemy import MetaData, Text, event
from sqlalchemy.engine import ExecutionContext, Row
from sqlalchemy.orm import DeclarativeBase, Session

from campaign.config import ROOT, Settings

log = structlog.get_logger()

# SQL as psycopg takes it, with its values.
Statement = tuple[str, Mapping[str, Any] | Sequence[Any]]

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
    with app.app_context():
        event.listen(db.engine, "do_execute", _in_one_trip)


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
        _write_last(current)
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


def together(*statements: Statement) -> Row[Any] | None:
    """Run statements in one round trip, in their order; answers the first row of the last.

    Each sees what was committed before it began, the lock of an earlier one included. Raises what `execute` raises.
    """
    *before, (words, values) = statements
    return session().connection().exec_driver_sql(words, values, {"before": before}).first()


def at_once(*statements: Statement, commit: bool = False) -> list[Row[Any] | tuple[Any, ...] | None]:
    """As `together`, but answers the first row of each; with `commit` the COMMIT travels along, at an edge's wish.

    Raises what `execute` raises, and then nothing of it is done.
    """
    *before, (words, values) = statements
    answers: list[Row[Any] | tuple[Any, ...] | None] = []
    options = {"before": before, "answers": answers, "commit": commit}
    answers.append(session().connection().exec_driver_sql(words, values, options).first())
    return answers


def _write_last(current: Session) -> None:
    """What was left for the end travels with the COMMIT; the session's own commit then finds nothing to do."""
    current.flush()
    writes = [statement for prepare in current.info["before_commit"] for statement in prepare()]
    if writes:
        *before, (words, values) = writes
        current.connection().exec_driver_sql(words, values, {"before": before, "commit": True})


def _in_one_trip(
    cursor: "psycopg.Cursor[Any]", statement: str, parameters: Any, context: ExecutionContext
) -> bool | None:
    """Execute for SQLAlchemy, which treats errors as ever, with all that goes before and after in one round trip.

    That is the transaction's BEGIN, the statements of the option `before`, and with `commit` the COMMIT: where one
    fails, the server skips all that follow. True where it is done.
    """
    options, driver = context.execution_options, cursor.connection
    before, commit = options.get("before", ()), options.get("commit", False)
    begins = driver.info.transaction_status == TransactionStatus.IDLE and not driver.autocommit
    # Only a statement with values can share a trip: one without may be several.
    if not (before or commit or (begins and parameters)) or not isinstance(cursor, psycopg.Cursor):
        return None
    with driver.pipeline():
        cursors = [driver.execute(words, values) for words, values in before]
        cursor.execute(statement, parameters)
        if commit:
            driver.execute("COMMIT", prepare=False)
    if "answers" in options:
        options["answers"].extend(earlier.fetchone() if earlier.description else None for earlier in cursors)
    return True


def before_commit(callback: Callable[[], Sequence[Statement]]) -> None:
    """At the end of the open transaction run what `callback` answers then; for writes that must lock in one order."""
    session().info["before_commit"].append(callback)


def after_commit(callback: Callable[[], Any]) -> None:
    """Run `callback` once the open transaction is durable. What it tells others is a hint: a failure is only logged."""
    session().info["after_commit"].append(callback)


def _run(callback: Callable[[], Any]) -> None:
    try:
        callback()
    except Exception as error:  # noqa: BLE001 - the work is committed; a lost hint is swept up later
        log.warning("after_commit_failed", error=type(error).__name__)
