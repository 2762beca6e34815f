"""Transactions: opened at edges, whole or not at all, with what follows only after the commit."""

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from campaign.core import audit
from campaign.core.audit import AuditEntry
from campaign.core.db import Statement, after_commit, before_commit, session, together, transaction
from campaign.counters import Tally

BUMP = "INSERT INTO tallies (key, part, name, slot, n, changed_at) VALUES ('a', '', 'b', %(slot)s, 1, now())"


def entries() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(AuditEntry)) or 0


def test_what_fails_halfway_leaves_nothing(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction():
        audit.record("cli", "test.act", "thing:1")
        raise RuntimeError
    assert entries() == 0


def test_a_transaction_inside_another_is_a_mistake_in_the_code(app: Flask) -> None:
    with transaction(), pytest.raises(RuntimeError, match="edges"), transaction():
        pass
    with transaction():
        audit.record("cli", "test.act", "thing:1")
    assert entries() == 1


def test_what_follows_a_commit_does_not_follow_a_rollback(app: Flask) -> None:
    told: list[str] = []
    with pytest.raises(RuntimeError), transaction():
        after_commit(lambda: told.append("lost"))
        raise RuntimeError
    with transaction():
        audit.record("cli", "test.act", "thing:1")
        after_commit(lambda: told.append("kept" if entries() else "too early"))
        assert told == []
    assert told == ["kept"]


def test_a_hint_that_fails_neither_undoes_the_work_nor_stops_the_others(app: Flask) -> None:
    told: list[str] = []

    def fail() -> None:
        raise ConnectionError

    with transaction():
        audit.record("cli", "test.act", "thing:1")
        after_commit(fail)
        after_commit(lambda: told.append("next"))
    assert (entries(), told) == (1, ["next"])


def test_what_prepares_a_commit_belongs_to_the_transaction(app: Flask) -> None:
    def fail() -> list[Statement]:
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction():
        audit.record("cli", "test.act", "thing:1")
        before_commit(fail)
    assert entries() == 0


@pytest.mark.parametrize("bad", [0, 1])
def test_what_the_database_refuses_of_the_last_writes_takes_the_others_with_it(app: Flask, bad: int) -> None:
    writes: list[Statement] = [(BUMP, {"slot": 1}), (BUMP, {"slot": 2})]
    writes[bad] = (BUMP, {"slot": None})
    told: list[str] = []
    with pytest.raises(IntegrityError), transaction():
        audit.record("cli", "test.act", "thing:1")
        before_commit(lambda: writes)
        after_commit(lambda: told.append("lost"))
    assert (entries(), told) == (0, [])


def test_the_last_writes_are_durable_before_any_hint(app: Flask) -> None:
    seen: list[int] = []

    def look() -> None:
        with app.app_context():  # another session
            seen.append(entries())

    with transaction():
        audit.record("cli", "test.act", "thing:1")
        before_commit(lambda: [(BUMP, {"slot": 1})])
        after_commit(look)
    assert (seen, session().scalar(select(func.count()).select_from(Tally))) == ([1], 1)


def test_statements_in_one_trip_fail_as_each_by_itself_would(app: Flask) -> None:
    with pytest.raises(DBAPIError, match="invalid input syntax"):
        together(("SELECT %(word)s::int", {"word": "none"}), ("SELECT 1", {}))
    session().rollback()
    pid = session().scalar(text("SELECT pg_backend_pid()"))
    with app.app_context():
        session().execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    with pytest.raises(DBAPIError) as caught:
        together(("SELECT 1", {}), ("SELECT %(word)s::text", {"word": "two"}))
    assert caught.value.connection_invalidated
    session().rollback()
    assert together(("SELECT 1", {}), ("SELECT %(word)s::text", {"word": "two"})) == ("two",)


def test_a_commit_that_fails_runs_no_hints(app: Flask) -> None:
    told: list[str] = []
    with pytest.raises(Exception, match=r"terminat|connection|closed"), transaction() as current:
        audit.record("cli", "test.act", "thing:1")
        after_commit(lambda: told.append("lost"))
        current.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert (entries(), told) == (0, [])


def test_every_connection_speaks_utc_and_gives_up_in_time(app: Flask) -> None:
    shown = {name: session().scalar(text(f"SHOW {name}")) for name in ("TimeZone", "statement_timeout", "lock_timeout")}
    assert shown == {"TimeZone": "UTC", "statement_timeout": "20s", "lock_timeout": "5s"}


def test_an_error_of_the_database_does_not_quote_what_was_written(app: Flask) -> None:
    with pytest.raises(Exception) as caught, transaction() as current:  # noqa: PT011
        current.execute(
            text("INSERT INTO audit_log (id, at, actor) VALUES (:a, :b, :c)"), {"a": "canary", "b": "x", "c": "y"}
        )
    assert "canary" not in str(caught.value).partition("[SQL")[2]
