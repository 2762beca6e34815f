"""Finds and ends server processes by the name of their socket folder, such as those a killed owner left."""

import signal
import time
from collections.abc import Sequence
from pathlib import Path

from campaign.processes import kin

Steps = Sequence[tuple[signal.Signals, float]]

_PROC = Path("/proc")
_KILL_SECONDS = 10.0


def find(program: str, token: str) -> set[int]:
    """Return the process ids of `program` that show `token` in their command line.

    The token is the random name of the socket folder, noted in the data folder, so these are surely ours.
    Command lines can be read where the working folder of another user's process cannot, such as by root in a
    container. Linux only: without /proc nothing is found.
    """
    if not _PROC.is_dir() or not token:
        return set()
    processes = (path for path in _PROC.iterdir() if path.name.isdigit())
    return {int(path.name) for path in processes if _shows(path, program, token)}


def runs(program: str, pid: str) -> bool:
    """Return whether process `pid` runs `program`; without /proc that is taken for granted."""
    return not _PROC.is_dir() or _shows(_PROC / pid, program, "")


def _shows(process: Path, program: str, token: str) -> bool:
    # A process that is dead but not reaped has an empty command line.
    line = _read(process / "cmdline")
    return line != b"" and token.encode() in line and _read(process / "comm").strip() == program.encode()


def end(program: str, token: str, steps: Steps = ()) -> None:
    """End every process that `find` finds: by each signal of `steps`, with its seconds to obey, then SIGKILL.

    Only the eldest get the signals, as they end their own children; SIGKILL goes to all.
    """
    for number, seconds in [*steps, (signal.SIGKILL, _KILL_SECONDS)]:
        pids = find(program, token)
        if not pids:
            return
        kin.send(pids if number is signal.SIGKILL else _eldest(pids), number)
        _wait(program, token, seconds)


def _eldest(pids: set[int]) -> set[int]:
    return {pid for pid in pids if _parent(pid) not in pids}


def _parent(pid: int) -> int:
    # The second field, a name in brackets, may hold spaces and brackets of its own.
    fields = _read(_PROC / str(pid) / "stat").rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # ended meanwhile
        return b""


def _wait(program: str, token: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while find(program, token) and time.monotonic() < deadline:
        time.sleep(0.02)
