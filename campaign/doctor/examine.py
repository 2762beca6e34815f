"""Make all checks at once, and wait for none of them longer than a person would."""

import threading
import time
from collections.abc import Callable
from functools import partial

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from campaign.config import Settings
from campaign.doctor import database, domain, lanes, mail, mailbox, processes, redis, settings, sites
from campaign.doctor.finding import Finding, Findings, Status, problem, skipped
from campaign.doctor.redact import redact, secrets_of
from campaign.doctor.resolver import Resolver, SystemResolver

# Each call has a time-out of its own of 5 s; this bounds what makes several, one after the other.
SECONDS = 18.0
Check = Callable[[], Findings]


def examine(app: Flask, resolver: Resolver | None = None, seconds: float = SECONDS) -> list[Finding]:
    """Everything there is to say of this installation. Changes nothing and sends nothing."""
    given: Settings = app.extensions["settings"]
    checks: dict[str, Check] = {
        "settings": partial(settings.check, given),
        "database": ledger,
        "redis": redis.check,
        "pages": sites.pages,
        "live": sites.live,
        "mail": mail.check,
        "mailbox": mailbox.check,
        "sending domain": partial(domain.check, resolver or SystemResolver()),
    }
    looks = [_Look(app, name, check) for name, check in checks.items()]
    ends = time.monotonic() + seconds
    for look in looks:
        look.start()
    secrets = secrets_of(given)
    return [redact(finding, secrets) for look in looks for finding in look.until(ends)]


def ledger() -> Findings:
    """The database, and what only it knows: who runs, and how the lanes fare."""
    try:
        number = database.version()
    except SQLAlchemyError as error:
        yield database.unreached(error)
        yield skipped("tables", "Workers, scheduler and lanes are not looked at: only the database knows of them.")
        return
    yield database.recent(number)
    yield from database.check()
    tables = database.migrated()
    yield tables
    if tables.status is Status.PROBLEM:
        yield skipped("tables", "Workers, scheduler and lanes are not looked at before that.")
        return
    yield from processes.check()
    yield from lanes.check()


class _Look(threading.Thread):
    """One check in a thread that the end of the program does not wait for: a name look-up cannot be cut short."""

    def __init__(self, app: Flask, check: str, look: Check) -> None:
        super().__init__(name=f"doctor {check}", daemon=True)
        self._app, self._check, self._look = app, check, look
        self._found: list[Finding] = []

    def run(self) -> None:
        """Collect what is found, as it is found."""
        try:
            with self._app.app_context():
                self._found.extend(self._look())
        except Exception as error:  # noqa: BLE001 - one check that fails must not hide what the others found
            words = f"The check did not end: {type(error).__name__}."
            self._found.append(problem(self._check, words, "Try again; if it stays, report it as a mistake of ours."))

    def until(self, ends: float) -> list[Finding]:
        """What was found by then."""
        self.join(max(0.0, ends - time.monotonic()))
        found = list(self._found)
        if self.is_alive():
            found.append(problem(self._check, "The check did not end in time.", "Is what it asks overloaded?"))
        return found
