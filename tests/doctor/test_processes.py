"""Who runs, by heartbeats that a test writes."""

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.core import beats
from campaign.core.db import session, transaction
from campaign.doctor import processes
from campaign.doctor.finding import Finding, Status
from campaign.doctor.spans import span

OK, SKIPPED, WARNING, PROBLEM = Status
ALL = (beats.worker("people"), beats.worker("letters"), beats.SCHEDULER)


def beat(name: str, host: str, silent: float = 0.0) -> None:
    """A process on another host was seen so many seconds ago."""
    with transaction():
        session().execute(
            text(
                "INSERT INTO beats VALUES (:name, :host, 7, clock_timestamp() - interval '2 hours',"
                " clock_timestamp() - make_interval(secs => :silent))"
            ),
            {"name": name, "host": host, "silent": silent},
        )


def found() -> dict[str, Finding]:
    """What is said, by line."""
    return {finding.check: finding for finding in processes.check()}


def test_nobody_is_there(app: Flask) -> None:
    lines = found()
    assert [line.status for line in lines.values()] == [PROBLEM] * 3
    assert lines["worker letters"].advice == "Start one: campaign worker --lane letters"
    assert "nobody can sign" in lines["worker people"].text
    assert lines["scheduler"].advice == "Start one: campaign scheduler"


def test_everybody_is_there(app: Flask) -> None:
    for name in ALL:
        beat(name, "alpha", 20)
    beat(ALL[1], "beta", 50)
    lines = found()
    assert [line.status for line in lines.values()] == [OK] * 3
    assert "2 at work on alpha, beta" in lines["worker letters"].text


@pytest.mark.parametrize("name", ALL)
def test_one_that_is_silent_counts_as_gone(app: Flask, name: str) -> None:
    for other in ALL:
        beat(other, "alpha", 300 if other == name else 0)
    wrong = [line for line in found().values() if line.status is PROBLEM]
    assert len(wrong) == 1
    assert "The last one was seen 5 minutes ago on alpha." in wrong[0].text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1, "1 second"), (119, "119 seconds"), (125, "2 minutes"), (7300, "2 hours"), (2e5, "2 days")],
)
def test_spans_in_words(seconds: float, words: str) -> None:
    assert span(seconds) == words
