"""Lanes that are stopped, rest, stand still, or are only patient."""

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.core.db import session, transaction
from campaign.core.ids import new_id
from campaign.core.rates import Rate
from campaign.doctor import lanes
from campaign.doctor.finding import Finding, Status
from campaign.outbox import Lane, State, Stopped, Unknown, pauses, reopen
from tests.support import outbox as ledger

OK, SKIPPED, WARNING, PROBLEM = Status


def found() -> dict[str, Finding]:
    """What is said, by line."""
    return {finding.check: finding for finding in lanes.check()}


def paces(seconds: float) -> None:
    """Every limit opened so long ago."""
    with transaction():
        session().execute(
            text("UPDATE outbox_paces SET opens_at = clock_timestamp() - make_interval(secs => :s)"), {"s": seconds}
        )


def test_an_empty_ledger_is_well(app: Flask) -> None:
    assert {line.status for line in found().values()} == {OK}
    assert list(found()) == ["lane people", "lane letters", "oldest people", "oldest letters", "unsure messages"]


def test_a_stopped_lane_says_why_and_how_to_open_it(app: Flask) -> None:
    ledger.notes()
    ledger.record(ledger.claimed(), Stopped("535 for vera@rivers.be at the log-in"))
    line = found()["lane letters"]
    assert line.status is PROBLEM
    assert "535" in line.text
    assert "vera" not in line.text
    assert "campaign outbox open --lane letters" in line.advice
    assert found()["lane people"].status is OK
    with transaction():
        reopen(Lane.LETTERS.limit)
    assert found()["lane letters"].status is OK


def test_a_resting_lane_is_a_warning_and_opens_by_itself(app: Flask) -> None:
    ledger.notes()
    ledger.record(ledger.claimed(), Unknown("reset"))
    lines = found()
    assert lines["lane letters"].status is WARNING
    assert "It rests for 1 second more" in lines["lane letters"].text
    assert lines["unsure messages"].status is WARNING
    assert "Of 1 it is not known" in lines["unsure messages"].text


def test_a_letter_that_could_have_left_is_a_warning(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.later(id_, "due_at", -100)
    paces(60)
    line = found()["oldest letters"]
    assert line.status is WARNING
    assert "could have left 60 seconds ago" in line.text


@pytest.mark.parametrize("shut", ["target:one", f"domain:{ledger.NOTE.domain}", Lane.LETTERS.limit])
def test_a_letter_that_waits_for_its_pace_waits_rightly(app: Flask, shut: str) -> None:
    (id_,) = ledger.notes()
    ledger.later(id_, "due_at", -10_000)
    paces(5_000)
    with transaction():
        session().execute(
            text("UPDATE outbox_paces SET opens_at = clock_timestamp() + interval '1 hour' WHERE key = :k"), {"k": shut}
        )
    line = found()["oldest letters"]
    assert line.status is OK
    assert "due for 2 hours" in line.text


def test_a_frozen_letter_does_not_wait(app: Flask) -> None:
    (id_,) = ledger.notes()
    ledger.later(id_, "due_at", -10_000)
    paces(5_000)
    ledger.put(id_, frozen=True)
    assert found()["oldest letters"].text == "Nothing that is due waits."


@pytest.mark.parametrize(("seconds", "status"), [(50, OK), (70, WARNING)])
def test_somebody_who_waits_for_a_mail(app: Flask, seconds: float, status: Status) -> None:
    (id_,) = ledger.notes(lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit)
    ledger.at_rate(Lane.PEOPLE.limit, Rate(1, "hour"))
    ledger.later(id_, "due_at", -seconds)
    assert found()["oldest people"].status is status


def test_unsure_messages_are_counted(app: Flask) -> None:
    for id_ in ledger.notes(3):
        ledger.put(id_, state=State.UNSURE)
    line = found()["unsure messages"]
    assert (line.status, line.text[:4]) == (WARNING, "Of 3")


@pytest.mark.parametrize(("key", "option"), [("all", "resume."), ("lane:letters", "resume --lane letters.")])
def test_a_lane_that_somebody_paused_says_so_and_how_to_let_it_go_on(app: Flask, key: str, option: str) -> None:
    ledger.notes()
    paces(10_000)
    with transaction():
        pauses.pause(key, reason="moving house, says vera@rivers.be", actor="cli")
    lines = found()
    assert (lines["lane letters"].status, lines["oldest letters"].status) == (WARNING, SKIPPED)
    assert "paused by cli: moving house" in lines["lane letters"].text
    assert "vera" not in lines["lane letters"].text
    assert lines["lane letters"].advice.endswith(option)
    assert lines["lane people"].status is (WARNING if key == "all" else OK)


@pytest.mark.parametrize("of", ["owner", "owner and stream", "stream"])
def test_a_letter_that_staff_paused_waits_rightly(app: Flask, of: str) -> None:
    owner = new_id()
    (id_,) = ledger.notes(owner=owner)
    ledger.later(id_, "due_at", -100)
    paces(60)
    assert found()["oldest letters"].status is WARNING
    keys = {"owner": pauses.of_owner(owner), "owner and stream": pauses.of_owner(owner, "target:one")}
    with transaction():
        pauses.pause(keys.get(of, "target:one"), reason="a test", actor="staff:ann")
    assert found()["oldest letters"].status is OK
