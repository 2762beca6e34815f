"""The scheduler: rings for what is due and does the daily work. It survives Redis and PostgreSQL being away."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from campaign import accounts, config, offices, outbox, targets
from campaign.campaigns import pictures
from campaign.core import beats
from campaign.core.db import db, session, transaction
from campaign.core.queue import ring
from campaign.jobs import batches
from campaign.jobs.answers import follow_up, spread_answers
from campaign.jobs.calendar import follow_calendar
from campaign.jobs.delivery import follow_plans
from campaign.jobs.heart import beating
from campaign.jobs.milestones import follow_milestones
from campaign.jobs.post import read_mailbox
from campaign.jobs.recount import recount
from campaign.jobs.stop import catch_signals, stopping, wait
from campaign.privacy import purge

log = structlog.get_logger()
HOUR = 3600.0


@dataclass
class Task:
    """Something done every so often. `alone`: only one scheduler at a time, by an advisory lock."""

    name: str
    every: float
    run: Callable[[], object]
    alone: bool = False
    due: float = 0.0


def tasks() -> list[Task]:
    """All that the scheduler does."""
    sweep_seconds = float(config.current().sweep_seconds)
    return [
        Task("sweep", sweep_seconds, sweep),
        Task("calendar", 15.0, follow_calendar),
        Task("delivery", 60.0, follow_plans, alone=True),
        Task("tenures", 60.0, _in_transaction(targets.settle_all), alone=True),
        Task("mailbox", 60.0, read_mailbox, alone=True),
        Task("retry-bounced", HOUR, _in_transaction(outbox.receipts.retry_bounced), alone=True),
        Task("purge-unconfirmed", HOUR, _to_the_end(purge.unconfirmed), alone=True),
        Task("purge-texts", HOUR, _to_the_end(purge.texts), alone=True),
        Task("purge-addresses", HOUR, _to_the_end(purge.addresses), alone=True),
        Task("purge-receipts", HOUR, _to_the_end(purge.receipts), alone=True),
        Task("purge-replies", HOUR, _to_the_end(purge.replies), alone=True),
        Task("purge-staff", HOUR, _in_transaction(accounts.purge), alone=True),
        Task("purge-exports", HOUR, batches.forget, alone=True),
        Task("milestones", 5.0, follow_milestones, alone=True),
        Task("answers", 5.0, spread_answers, alone=True),
        Task("follow-ups", HOUR, follow_up, alone=True),
        Task("purge-wishes", HOUR, _in_transaction(offices.answers.forget), alone=True),
        Task("purge-pictures", 24 * HOUR, _in_transaction(pictures.forget), alone=True),
        Task("recount", 24 * HOUR, recount, alone=True),
    ]


def run(app: Flask) -> None:
    """Run until asked to stop. A task that fails is logged and tried again at its next time."""
    catch_signals()
    with app.app_context(), beating(app, beats.SCHEDULER), batches.working(app):
        plan = tasks()
        log.info("scheduler_started")
        while not stopping():
            for task in plan:
                if time.monotonic() >= task.due and not stopping():
                    task.due = time.monotonic() + task.every
                    _attempt(task)
            wait(0.5)


def sweep() -> None:
    """Free what nobody holds any more, ring each lane that has something due, forget processes that are long gone."""
    with transaction():
        outbox.follow_clock()
    with transaction():
        outbox.expire_leases()
    with transaction():
        outbox.receipts.catch_up()
    with transaction():
        outbox.release_unsure()
    with transaction():
        outbox.heal_paces()
    with transaction():
        lanes = outbox.lanes_due()
    for lane in lanes:
        ring(lane)
    with transaction():
        beats.forget()


def _attempt(task: Task) -> None:
    try:
        if task.alone:
            _alone(task)
        else:
            task.run()
    except SQLAlchemyError as error:
        log.warning("task_failed", name=task.name, error=type(error).__name__)
    except Exception:  # one task's mistake must not end the sweeps
        log.exception("task_failed", name=task.name)
    finally:
        session().rollback()
        db.session.remove()


def _alone(task: Task) -> None:
    """Run it if no other scheduler is at it; the lock goes with the connection."""
    with db.engine.connect() as connection:
        query = text("SELECT pg_try_advisory_lock(hashtext(:name))")
        if not connection.scalar(query, {"name": f"campaign.{task.name}"}):
            return
        connection.commit()
        try:
            task.run()
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": f"campaign.{task.name}"})
            connection.commit()


def _to_the_end(step: Callable[[], int]) -> Callable[[], None]:
    """Do a step, a batch in a transaction each, until it finds nothing more or we are to stop."""

    def run_it() -> None:
        done = 1
        while done and not stopping():
            with transaction():
                done = step()
            if done:
                log.info("purged", name=step.__name__, count=done)

    return run_it


def _in_transaction(command: Callable[[], object]) -> Callable[[], object]:
    def run_it() -> object:
        with transaction():
            return command()

    return run_it
