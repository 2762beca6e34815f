"""The log keeps everything, tells it to one organisation only, and cannot be changed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from campaign.core import audit
from campaign.core.audit import AuditEntry, Wanted
from campaign.core.db import session, transaction

OURS, THEIRS = uuid4(), uuid4()
START = datetime(2026, 11, 22, 12, tzinfo=UTC)


def write(n: int = 1, home: UUID = OURS, actor: str = "staff:1", action: str = "x.do", subject: str = "x:1") -> None:
    with transaction():
        for number in range(n):
            audit.record(actor, action, subject, home, {"n": number}, {"n": number + 1}, why="test")


def test_an_entry_says_what_was_and_what_is(app: Flask) -> None:
    write()
    (entry,) = audit.history("x:1", OURS)
    assert (entry.before, entry.after, entry.detail) == ({"n": 0}, {"n": 1}, {"why": "test"})


def test_another_organisation_reads_nothing_of_it(app: Flask) -> None:
    write()
    assert audit.history("x:1", THEIRS) == []
    assert audit.page(Wanted(organisation_id=THEIRS)) == ([], False)
    assert list(audit.every(Wanted(organisation_id=THEIRS))) == []
    assert audit.actors(THEIRS) == audit.actions(THEIRS) == []


@pytest.mark.parametrize(
    "act", [update(AuditEntry).values(actor="nobody"), delete(AuditEntry)], ids=["change", "delete"]
)
def test_nothing_is_changed_or_deleted(app: Flask, act: object) -> None:
    write()
    with pytest.raises(DBAPIError, match="append-only"), transaction():
        session().execute(act)
    assert len(audit.history("x:1", OURS)) == 1


def test_filters(app: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        write(actor="staff:1", action="team.remove", subject="user:1")
        clock.move_to(START + timedelta(days=1))
        write(actor="staff:2", action="team.change_role", subject="user:2")

    def found(**values: object) -> list[str]:
        return [entry.subject for entry in audit.page(Wanted(organisation_id=OURS, **values))[0]]

    assert found() == ["user:2", "user:1"]
    assert found(who="staff:1") == found(record="user:1") == found(what="team.rem") == ["user:1"]
    assert found(what="team.") == ["user:2", "user:1"]
    assert found(what="%") == found(what="_") == []
    assert found(since=START + timedelta(hours=1)) == ["user:2"]
    assert found(until=START + timedelta(hours=1)) == ["user:1"]
    assert found(since=START, until=START) == []


def test_pages_and_the_whole_hold_each_entry_once_the_last_first(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 7)
    with time_machine.travel(START, tick=False):
        write(60)
    wanted = Wanted(organisation_id=OURS)
    first, more = audit.page(wanted)
    second, none = audit.page(wanted, 2)
    assert (len(first), more, len(second), none) == (50, True, 10, False)
    every = [entry.id for entry in audit.every(wanted)]
    assert every == [entry.id for entry in first + second]
    assert len(set(every)) == 60
