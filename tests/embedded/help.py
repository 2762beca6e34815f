"""What the tests of this folder share: owners in processes of their own, and looks at what runs."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis

ROOT = Path(__file__).resolve().parents[2]
_OWNER = Path(__file__).with_name("owner.py")
NOBODY = pwd.getpwnam("nobody")
_ENV = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT), *(path for path in sys.path if "site-packages" in path)]),
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass
class Owner:
    """An owner process, in a process group of its own, and what it printed."""

    process: subprocess.Popen[str]
    facts: dict[str, str | int]

    @property
    def sockets(self) -> Path:
        return socket_folder(str(self.facts["database"]))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def owner(data: Path, *, prefix: Sequence[str] = (), user: int | None = None) -> Iterator[Owner]:
    """Start an owner on `data`; whatever it leaves is removed at the end."""
    process = subprocess.Popen(
        [*prefix, *_command(data, user)], env=_ENV, cwd="/", process_group=0,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        user=user, group=user, extra_groups=None if user is None else [],
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        assert line, process.stderr.read()
        started = Owner(process, json.loads(line))
        yield started
        shutil.rmtree(started.sockets, ignore_errors=True)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        for pid in at_work_in(data):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def refusal(data: Path, user: int | None = None) -> str:
    """Return what an owner says that cannot start."""
    done = subprocess.run(
        _command(data, user), env=_ENV, cwd="/", capture_output=True, text=True, check=False, timeout=20,
        user=user, group=user, extra_groups=None if user is None else [],
    )  # fmt: skip
    assert done.returncode == 1
    return done.stderr


def _command(data: Path, user: int | None) -> list[str]:
    return [sys.executable if user is None else _python_for(user), str(_OWNER), str(data)]


@cache
def _python_for(user: int) -> str:
    """Return a Python that this user can run with our packages; root's own may lie in a closed folder."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        with suppress(OSError):
            done = subprocess.run(
                [python, "-c", "import campaign.embedded"], env=_ENV, cwd="/",
                capture_output=True, check=False, user=user, group=user, extra_groups=[],
            )  # fmt: skip
            if done.returncode == 0:
                return python
    pytest.skip("no Python and packages that another user can reach")


def socket_folder(database_url: str) -> Path:
    return Path(parse_qs(urlsplit(database_url).query)["host"][0])


def connect(database_url: str) -> "psycopg.Connection[tuple[str, ...]]":
    return psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True)


def ask(database_url: str, query: str) -> list[tuple[str, ...]]:
    with connect(database_url) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def valkey(redis_url: str) -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        yield client
        client.connection_pool.disconnect()


def at_work_in(data: Path) -> set[int]:
    """Return the processes whose working folder lies below `data`: the servers have theirs there."""
    found = set()
    for path in Path("/proc").iterdir():
        with suppress(OSError):
            if path.name.isdigit() and (path / "cwd").readlink().is_relative_to(data):
                found.add(int(path.name))
    return found


def soon(wanted: Callable[[], object], seconds: float = 8.0) -> bool:
    """Return whether `wanted` becomes true in time."""
    deadline = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and is not fetched yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
