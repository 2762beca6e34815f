"""The database: reachable, new enough, durable, migrated, and on the same clock as this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from campaign.config import ROOT
from campaign.core.clock import now
from campaign.core.db import session
from campaign.doctor.finding import Finding, Findings, ok, problem, warning

OLDEST = 15
SKEW_SECONDS = 2.0
SECONDS = 5
# The words of the server stay out: they name user, host and database.
REASONS = {
    "password authentication failed": "it refuses the user or the password",
    "no pg_hba.conf entry": "it does not let this user in from here",
    "timeout expired": "no answer in time",
    "Connection refused": "nothing listens there",
    "No such file": "there is no such socket",
    "could not translate host name": "the name of its host is not known",
    "failed to resolve host": "the name of its host is not known",
    "too many": "it has no connection left",
    "does not exist": "it knows no such user or database",
}


@contextmanager
def reading() -> Iterator[None]:
    """Read in a transaction that can change nothing and waits for nothing long."""
    try:
        session().execute(text("SET TRANSACTION READ ONLY"))
        session().execute(text(f"SET LOCAL statement_timeout = {SECONDS * 1000}"))
        yield
    finally:
        session().rollback()


def version() -> int:
    """The server's major version; raises SQLAlchemyError when it does not answer."""
    with reading():
        return int(session().scalar(text("SHOW server_version_num")) or 0) // 10_000


def unreached(error: SQLAlchemyError) -> Finding:
    """It does not answer."""
    words = next((words for part, words in REASONS.items() if part in str(error)), type(error).__name__)
    advice = "Start PostgreSQL, or correct DATABASE_URL. Until then nobody can sign and nothing leaves."
    return problem("database", f"The database cannot be reached: {words}.", advice)


def recent(number: int) -> Finding:
    """Whether this version will do."""
    if number < OLDEST:
        return problem("database", f"This is PostgreSQL {number}.", f"Upgrade it to {OLDEST} or later.")
    return ok("database", f"PostgreSQL {number} answers.")


def check() -> Findings:
    """How it is set up."""
    with reading():
        durability = str(session().scalar(text("SHOW synchronous_commit")))
        before = now()
        there = session().scalar(text("SELECT clock_timestamp()")) or before
        after = now()
    yield _durable(durability)
    yield _clock(there, before, after)


def _durable(value: str) -> Finding:
    if value == "off":
        return problem(
            "synchronous commit",
            "synchronous_commit is off: a crash loses signatures that were confirmed.",
            "Set synchronous_commit = on for this database.",
        )
    return ok("synchronous commit", f"synchronous_commit is {value}: what is confirmed stays confirmed.")


def _clock(there: datetime, before: datetime, after: datetime) -> Finding:
    """The moment there was read between two moments here."""
    skew = max((there - after).total_seconds(), (before - there).total_seconds(), 0.0)
    if skew > SKEW_SECONDS:
        ahead = "ahead of" if there > after else "behind"
        return warning(
            "clock",
            f"The database's clock is {skew:.0f} s {ahead} this machine's.",
            "Let both follow the same time server (chrony, systemd-timesyncd).",
        )
    return ok("clock", "The database and this machine tell the same time.")


def migrated() -> Finding:
    """Whether the tables are those of this version."""
    script = ScriptDirectory(str(ROOT / "migrations"))
    wanted = set(script.get_heads())
    with reading():
        there = set(MigrationContext.configure(session().connection()).get_current_heads())
    if there == wanted:
        return ok("migrations", f"The tables are those of this version ({', '.join(sorted(wanted))}).")
    if not there:
        return problem("migrations", "The database has no tables.", "Run: campaign db upgrade")
    known = {revision.revision for revision in script.walk_revisions()}
    if there <= known:
        return problem(
            "migrations",
            f"The tables are older than this version: {', '.join(sorted(there))}, not {', '.join(sorted(wanted))}.",
            "Run: campaign db upgrade",
        )
    return problem("migrations", "The tables are newer than this program.", "Install the version that made them.")
