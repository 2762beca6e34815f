"""The command as it is typed: exit codes, lines, JSON, and a lane opened again."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from campaign import cli as commands, outbox
from campaign.core.db import session, transaction
from campaign.outbox import Claimed, Lane, Stopped, Wait, pauses
from tests.support import nursery, outbox as ledger
from tests.support.installation import Installation


def run(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`campaign ARGUMENTS` as a process."""
    return nursery.run(list(arguments), {**os.environ, **env})


@pytest.mark.processes
def test_an_installation_that_runs_is_well_and_one_that_was_stopped_is_not(installation: Installation) -> None:
    installation.everything()
    ends = time.monotonic() + 20
    while (done := run(installation.env, "doctor")).returncode and time.monotonic() < ends:
        time.sleep(0.3)  # the workers have just been started
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "All is well."), done.stdout
    assert done.stderr == ""
    installation.stop()
    done = run(installation.env, "doctor", "--json")
    whole = json.loads(done.stdout)
    wrong = {check["check"] for check in whole["checks"] if check["status"] == "problem"}
    assert (done.returncode, whole["status"]) == (1, "problem")
    assert wrong == {"worker people", "worker letters", "scheduler", "live"}
    assert {frozenset(check) for check in whole["checks"]} == {frozenset(("check", "status", "text", "advice"))}


@pytest.mark.processes
def test_settings_are_listed_all_at_once_and_end_with_1(tmp_path: Path) -> None:
    env = {"SECRET_KEY": "canary", "DATABASE_URL": "postgresql://who:canary℀@host/campaign", "MAIL_URL": ""}
    done = run({**env, "REDIS_URL": "", "PUBLIC_URL": "", "MAIL_FROM": ""}, "doctor")
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "MAIL_URL", "MAIL_FROM"):
        assert [line for line in lines if line.startswith("problem") and f" {name} " in line], done.stdout
    assert lines[-1] == "6 problems."
    assert "canary" not in done.stdout + done.stderr


def test_a_stopped_lane_is_opened_as_the_doctor_says(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.notes()
    ledger.record(ledger.claimed(), Stopped("401"))
    assert outbox.health()[1].stopped
    session().rollback()
    monkeypatch.setattr(commands, "_app", lambda _process: app)
    done = CliRunner().invoke(commands.cli, ["outbox", "open", "--lane", Lane.LETTERS.value])
    assert (done.exit_code, done.output) == (0, "The lane letters is open.\n")
    assert outbox.health()[1].closed is None
    with transaction():
        row = session().execute(text("SELECT actor, action, subject FROM audit_log")).one()
    assert tuple(row) == ("cli", "outbox.open", "lane:letters")


@pytest.mark.parametrize("lane", [(), ("--lane", "letters")])
def test_mail_is_paused_and_let_go_on_for_a_lane_or_for_everything(
    app: Flask, monkeypatch: pytest.MonkeyPatch, lane: tuple[str, ...]
) -> None:
    ledger.notes()
    ledger.notes(lane=Lane.PEOPLE, stream=Lane.PEOPLE.limit)
    monkeypatch.setattr(commands, "_app", lambda _process: app)

    def typed(*words: str) -> str:
        done = CliRunner().invoke(commands.cli, ["outbox", *words, *lane])
        assert done.exit_code == 0, done.output
        return done.output

    key = "lane:letters" if lane else "all"
    assert typed("pause", "--reason", "moving house") == f"Paused: {key}.\n"
    assert typed("pause") == f"Paused already: {key}.\n"
    assert isinstance(ledger.claim(), Wait)
    assert isinstance(ledger.claim(Lane.PEOPLE), Claimed if lane else Wait)
    with transaction():
        pauses.pause("target:one", reason="an office asked", actor="staff:ann")
    said = typed("resume").splitlines()
    assert said == [f"Goes on: {key}.", "Still paused: target:one by staff:ann: an office asked"]
    with transaction():
        pauses.resume("target:one")
    assert typed("resume") == f"Not paused: {key}.\n"
    assert isinstance(ledger.claim(), Claimed)
    with transaction():
        rows = session().execute(text("SELECT actor, action, subject FROM audit_log ORDER BY at")).all()
    assert [tuple(row) for row in rows] == [
        ("cli", "outbox.pause", f"outbox:{key}"),
        ("cli", "outbox.resume", f"outbox:{key}"),
    ]
