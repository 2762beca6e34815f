"""The web process: granian runs the WSGI app."""

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from campaign.config import ROOT

# Requests that wait when all threads are busy; more get a quick refusal by the kernel's queue instead of a slow answer.
BACKLOG = 1024


def serve(host: str, port: int, processes: int, threads: int) -> None:
    """Serve until asked to stop. Each process has its own threads and its own database pool."""
    Granian(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        backlog=BACKLOG,
        working_dir=ROOT,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
    ).serve()
