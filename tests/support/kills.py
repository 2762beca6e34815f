"""kill -9 for workers, only at moments when they hold a lease."""

import os
import signal
import time

from sqlalchemy import text

from campaign.core.db import session, transaction
from tests.support.installation import Installation


def kill_with_lease(installation: Installation, names: list[str], seconds: float = 20) -> str | None:
    """See who holds a lease, stop it, look again, and if it still does, kill it; else let it go on and look on.

    Answers the name of the worker killed, None when none held a lease in that time.
    """
    ends = time.monotonic() + seconds
    pids = {installation.processes[name].pid: name for name in names}
    while time.monotonic() < ends:
        for pid in holders() & pids.keys():
            if installation.processes[pids[pid]].poll() is not None:
                continue
            os.kill(pid, signal.SIGSTOP)
            if pid in holders():
                installation.kill(pids[pid])
                return pids[pid]
            os.kill(pid, signal.SIGCONT)
        time.sleep(0.004)
    return None


def holders() -> set[int]:
    """The ids of the workers that have claimed a message and not recorded it."""
    with transaction():
        return set(session().scalars(text(HOLDERS)))


HOLDERS = """
    SELECT split_part(v.actor, '/', 2)::int FROM outbox_messages m JOIN LATERAL (
        SELECT actor FROM outbox_moves WHERE message_id = m.id ORDER BY id DESC LIMIT 1) v ON true
    WHERE m.state = 'sending' AND m.lease_until > clock_timestamp()
"""
