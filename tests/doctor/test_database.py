"""The database as the doctor sees it: real, away, behind, ahead, and on another clock."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from campaign.core.clock import now
from campaign.core.db import session, transaction
from campaign.doctor import database
from campaign.doctor.examine import ledger
from campaign.doctor.finding import Finding, Status
from tests.doctor.conftest import Having
from tests.support.installation import free_ports

OK, SKIPPED, WARNING, PROBLEM = Status


def found() -> dict[str, Finding]:
    """What is said, by line."""
    return {finding.check: finding for finding in ledger()}


def test_a_database_that_is_well(app: Flask) -> None:
    lines = found()
    for check in ("database", "synchronous commit", "clock", "migrations"):
        assert lines[check].status is OK, lines[check]
    assert lines["database"].text.startswith("PostgreSQL 1")


def test_looking_changes_nothing(app: Flask) -> None:
    with pytest.raises(Exception, match="read-only"), database.reading():
        session().execute(text("DELETE FROM beats"))


@pytest.mark.parametrize(("number", "status"), [(14, PROBLEM), (15, OK), (18, OK)])
def test_a_version_that_is_too_old(number: int, status: Status) -> None:
    assert database.recent(number).status is status


def test_commits_that_are_not_waited_for(app: Flask, database_url: str) -> None:
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute("SELECT current_database()").fetchone()
        assert row
        connection.execute(f"ALTER DATABASE {row[0]} SET synchronous_commit = off")
        try:
            line = found()["synchronous commit"]
        finally:
            connection.execute(f"ALTER DATABASE {row[0]} RESET synchronous_commit")
    assert line.status is PROBLEM
    assert "Set synchronous_commit = on" in line.advice


@pytest.mark.parametrize(("ahead", "status", "words"), [(10, WARNING, "behind"), (-10, WARNING, "ahead"), (1, OK, "")])
def test_clocks_apart(app: Flask, monkeypatch: pytest.MonkeyPatch, ahead: int, status: Status, words: str) -> None:
    monkeypatch.setattr(database, "now", lambda: now() + timedelta(seconds=ahead))
    line = found()["clock"]
    assert (line.status, words in line.text) == (status, True), line


@pytest.fixture
def tables(app: Flask) -> Iterator[Flask]:
    """The mark of the migrations is put back afterwards."""
    with transaction():
        before = session().scalar(text("SELECT version_num FROM alembic_version"))
    yield app
    with transaction():
        session().execute(text("DELETE FROM alembic_version"))
        session().execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": before})


@pytest.mark.parametrize(
    ("mark", "words", "advice"),
    [
        ("0001", "older than this version: 0001, not ", "campaign db upgrade"),
        ("9999", "newer than this program", "Install the version"),
        (None, "has no tables", "campaign db upgrade"),
    ],
)
def test_tables_of_another_version(tables: Flask, mark: str | None, words: str, advice: str) -> None:
    with transaction():
        session().execute(text("DELETE FROM alembic_version"))
        if mark:
            session().execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": mark})
    lines = found()
    assert lines["migrations"].status is PROBLEM
    assert words in lines["migrations"].text
    assert advice in lines["migrations"].advice
    assert lines["tables"].status is SKIPPED
    assert "scheduler" not in lines


def test_a_database_that_is_away(having: Having) -> None:
    having(DATABASE_URL=f"postgresql://who:canary-password@127.0.0.1:{free_ports()[0]}/nowhere")
    lines = found()
    assert lines["database"].status is PROBLEM
    assert "nothing listens there" in lines["database"].text
    assert lines["tables"].status is SKIPPED
    assert "canary" not in str(lines)


def test_a_database_of_another_name(having: Having, database_url: str) -> None:
    head, _slash, rest = database_url.rpartition("/test_")
    having(DATABASE_URL=f"{head}/nowhere{'?' + rest.partition('?')[2] if '?' in rest else ''}")
    assert "knows no such user or database" in found()["database"].text
