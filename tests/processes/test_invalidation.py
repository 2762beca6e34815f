"""kill -9 in the middle of taking 10,000 signatures out: the next scheduler goes on, and every figure is exact."""

import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from campaign import reports
from campaign.core.db import session, transaction
from campaign.jobs.recount import recount
from campaign.signatures import invalidation
from campaign.signatures.conditions import Conditions
from campaign.signatures.records import BatchState
from tests.support import people
from tests.support.crowd import crowd
from tests.support.forms import SLUG
from tests.support.installation import Installation
from tests.support.kills import kill_with_lease
from tests.support.mail import mails
from tests.support.register import organisation

pytestmark = [pytest.mark.processes, pytest.mark.long, pytest.mark.timeout(300)]

MANY, KILLS = 10_000, 3
HOLDS = "SELECT NOT EXISTS (SELECT FROM invalidations WHERE state IN ('running', 'undoing') FOR UPDATE SKIP LOCKED)"


def test_killed_schedulers_and_workers_leave_an_invalidation_and_its_undo_exact(
    installation: Installation, tmp_path: Path
) -> None:
    campaign, home = crowd(MANY), organisation()
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0.02"))
        batch = invalidation.draft(campaign, Conditions(source="flood"), actor="staff:ann")
    installation.env["LEASE_SECONDS"], installation.env["GRACE_SECONDS"] = "2", "1"
    installation.worker("letters", 0)
    wait(lambda: mails(tmp_path / "mail") != [], "a letter")
    with transaction():
        invalidation.start(campaign, batch, "a flood", actor="staff:ann", organisation_id=home)
    kill_in_the_middle(installation)
    assert kill_with_lease(installation, ["letters-0"])
    installation.start("scheduler", "scheduler")
    installation.worker("letters", 1)
    wait(lambda: invalidation.batch(campaign, batch).state == BatchState.DONE, "the end")

    assert invalidation.batch(campaign, batch).done == MANY
    assert signatures() == {"confirmed": 1, "invalid": MANY}
    assert public() == 1
    wait(lambda: not letters().keys() & {"queued", "sending", "unsure"}, "letters that had a worker")
    assert letters()["cancelled"] + letters()["delivered"] == 2 * MANY + 2
    came = len({mail["Message-ID"] for mail in mails(tmp_path / "mail")})
    assert came - letters()["delivered"] in (0, 1), "but for the one in the hands of the worker that was killed"
    assert recount() == {}

    installation.kill("scheduler")
    installation.kill("letters-1")
    with transaction():
        invalidation.undo(campaign, batch, actor="staff:ann", organisation_id=home)
    kill_in_the_middle(installation)
    installation.start("scheduler", "scheduler")
    wait(lambda: invalidation.batch(campaign, batch).state == BatchState.UNDONE, "the end of the undo")
    assert signatures() == {"confirmed": MANY + 1}
    assert public() == MANY + 1
    assert letters().keys() <= {"queued", "delivered"}
    assert steps() == {2}, "each was taken out once and put back once"
    assert recount() == {}


def kill_in_the_middle(installation: Installation) -> None:
    """kill -9 a scheduler while its chunk is open in the database, again and again; after each the figures agree."""
    for _ in range(KILLS):
        pid = installation.start("scheduler", "scheduler").pid
        wait(partial(at_work, pid), "a chunk")
        installation.kill("scheduler")
        assert recount() == {}


def at_work(pid: int) -> bool:
    """Whether it holds the batch at this moment: it is stopped to look once more, and goes on if not."""
    if not holds():
        return False
    os.kill(pid, signal.SIGSTOP)
    if holds():
        return True
    os.kill(pid, signal.SIGCONT)
    return False


def holds() -> bool:
    with transaction():
        return bool(session().scalar(text(HOLDS)))


def wait(done: Callable[[], bool], what: str, seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends, f"{what} does not come"
        session().rollback()
        time.sleep(0.002)


def public() -> int:
    people.forget()
    session().rollback()
    return reports.counters([SLUG])[SLUG].signatures


def signatures() -> dict[str, int]:
    return counted("SELECT state, count(*) FROM signatures GROUP BY state")


def letters() -> dict[str, int]:
    return counted("SELECT state, count(*) FROM outbox_messages WHERE kind = 'letter' GROUP BY state")


def steps() -> set[int]:
    return set(counted("SELECT signature_id::text, count(*) FROM signature_moves GROUP BY 1").values())


def counted(sql: str) -> dict[str, int]:
    with transaction():
        found: dict[str, int] = dict(session().execute(text(sql)).all())
    return found
