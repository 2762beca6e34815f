"""Finds and ends a family of processes: all that carry one mark in their environment, orphans included.

Run by its path under `python -I -S` it is the undertaker of a supervisor: when the supervisor is killed,
the pipe on its standard input closes, and it ends what remains of the family in time. Standard library
only.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

MARK = "CAMPAIGN_KIN"

_PROC = Path("/proc")


def new_mark(name: str) -> str:
    """Return a mark below our own, so that a family within a family belongs to both."""
    return f"{os.environ.get(MARK, '')}/{name}"


def find(mark: str) -> set[int]:
    """Return the ids of all processes with this mark or one below it. Without /proc (Linux) it finds none."""
    wanted = f"{MARK}={mark}".encode()
    if not _PROC.is_dir():
        return set()
    return {int(path.name) for path in _PROC.iterdir() if path.name.isdigit() and _carries(path, wanted)}


def _carries(process: Path, wanted: bytes) -> bool:
    try:
        entries = (process / "environ").read_bytes().split(b"\0")
    except OSError:  # ended meanwhile, or another user's
        return False
    return any(entry == wanted or entry.startswith(wanted + b"/") for entry in entries)


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to those of `pids` that still run."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


@contextmanager
def undertaker(mark: str, grace: float) -> Iterator[None]:
    """Inside, should this process be killed, all that have the mark are killed after `grace` seconds."""
    argv = [sys.executable, "-I", "-S", __file__, mark, str(grace)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()  # before its pipe is closed


def _undertake(mark: str, grace: float) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    # The children were sent SIGTERM by the supervisor's death; this is the deadline for it.
    deadline = time.monotonic() + grace
    while find(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    send(find(mark), signal.SIGKILL)


if __name__ == "__main__":
    _undertake(sys.argv[1], float(sys.argv[2]))
