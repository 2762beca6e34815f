"""Servers of a fault's own: on a disk that is small, or with a clock that jumps."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from campaign import embedded
from soak.ground import plant

FAKETIME = "/usr/lib/*/faketime/libfaketime.so.1"
MEGABYTES = 320


class Missing(Exception):
    """What the machine lacks to do that to a server, in words."""


@contextmanager
def on_small_disk(folder: Path) -> Iterator[embedded.Servers]:
    """Planted servers whose data lie on a disk in memory of their own; only root may mount one."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0755", "postbag-soak", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        raise Missing("a small disk: only root may mount one, and not everywhere")
    try:
        with embedded.start(disk / "servers", durable=False) as servers:
            plant(servers, folder)
            yield servers
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=False)


@contextmanager
def with_own_clock(folder: Path) -> Iterator[embedded.Servers]:
    """Planted servers by whose clock it is as much later than here as the file `clock` says, in seconds."""
    library = next(Path("/").glob(FAKETIME.lstrip("/")), None)
    if library is None:
        raise Missing("libfaketime (Debian: faketime)")
    set_clock(folder, 0)
    env = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with embedded.start(folder / "servers", durable=False) as servers:
        plant(servers, folder)
    with embedded.start(folder / "servers", durable=False, env=env) as servers:
        pids = servers.postgres.pid, servers.valkey.pid
        try:
            yield servers
        finally:
            servers.stop()
            for pid in pids:  # libfaketime leaves these behind
                for left in Path("/dev/shm").glob(f"*faketime_*_{pid}"):
                    left.unlink(missing_ok=True)


def set_clock(folder: Path, seconds: int) -> None:
    """Put the servers' clock so far from ours, at once for every process."""
    draft = folder / "clock.new"
    draft.write_text(f"{seconds:+d}s\n", encoding="ascii")
    draft.chmod(0o644)
    draft.rename(folder / "clock")


def fill_disk(folder: Path) -> Path:
    """Take all the space that is left on the small disk; answers the file that holds it."""
    ballast, taken = folder / "disk" / "ballast", 0
    with ballast.open("wb") as file:
        while left := _left(folder):
            with suppress(OSError):  # somebody else was faster
                os.posix_fallocate(file.fileno(), taken, left)
                taken += left
    return ballast


def _left(folder: Path) -> int:
    disk = os.statvfs(folder / "disk")
    return disk.f_bavail * disk.f_frsize
