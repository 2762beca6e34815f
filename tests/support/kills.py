"""kill -9 for workers, only at moments when they hold a lease."""

import os
import random
import signal
import time

from sqlalchemy import text

from campaign.core.db import session, transaction
from tests.support.installation import Installation


def kill_with_lease(installation: Installation, names: list[str], seconds: float = 20) -> str | None:
    """Stop a worker, look whether it holds a lease, and if so kill it; else let it go on and try another.

    Answers the name of the worker killed, None when none held a lease in that time.
    """
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        name = random.choice(names)
        process = installation.processes[name]
        if process.poll() is not None:
            continue
        os.kill(process.pid, signal.SIGSTOP)
        if holds_lease(process.pid):
            installation.kill(name)
            return name
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(random.uniform(0.001, 0.02))
    return None


def holds_lease(pid: int) -> bool:
    """Whether this worker has claimed a message and not recorded it."""
    with transaction():
        return bool(
            session().scalar(
                text(
                    """
                    SELECT EXISTS (SELECT FROM outbox_messages m JOIN LATERAL (
                        SELECT actor FROM outbox_moves WHERE message_id = m.id ORDER BY id DESC LIMIT 1) v ON true
                    WHERE m.state = 'sending' AND m.lease_until > clock_timestamp() AND v.actor LIKE '%/' || :pid)
                    """
                ),
                {"pid": pid},
            )
        )
