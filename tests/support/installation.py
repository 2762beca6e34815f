"""A real installation: web, live, workers and scheduler as processes of their own."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.support.nursery import Child, nursery

Process = Child | subprocess.Popen[bytes]


def free_ports() -> tuple[int, int]:
    """Two free neighbours on the loopback address, below the range that outgoing connections take theirs from."""
    while True:
        port = random.randrange(20_000, 30_000, 2)
        if _free(port) and _free(port + 1):
            return port, port + 1


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass
class Installation:
    """Starts `campaign` processes on given settings and ends them by their ids."""

    env: dict[str, str]
    folder: Path
    processes: dict[str, Process] = field(default_factory=dict)
    port: int = 0
    live_port: int = 0

    def __post_init__(self) -> None:
        self.port, self.live_port = free_ports()
        self.env |= {
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "LIVE_URL": f"http://127.0.0.1:{self.live_port}",
            "LOG_LEVEL": "warning",
        }

    @property
    def url(self) -> str:
        """Where the pages are."""
        return self.env["PUBLIC_URL"]

    def start(self, name: str, *arguments: str) -> Process:
        """Start one process, `campaign ARGUMENTS`, under a name of the test's."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = self._started(arguments, log)
        return self.processes[name]

    def _started(self, arguments: tuple[str, ...], log: IO[bytes]) -> Process:
        env = {**os.environ, **self.env}
        if "LD_PRELOAD" not in env:
            return nursery().start(list(arguments), env, log)
        command = [sys.executable, "-m", "campaign", *arguments]
        return subprocess.Popen(
            command, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def web(self, *options: str) -> None:
        """Start the web process and wait until it answers."""
        self.start("web", "web", "--port", str(self.port), *options)
        self.wait_up(f"{self.url}/healthz")

    def live(self) -> None:
        """Start the live process and wait until it answers."""
        self.start("live", "live", "--port", str(self.live_port))
        self.wait_up(f"{self.env['LIVE_URL']}/healthz")

    def everything(self, letter_workers: int = 1) -> None:
        """Start it all."""
        for number in range(letter_workers):
            self.worker("letters", number)
        self.worker("people", 0)
        self.start("scheduler", "scheduler")
        self.start("live", "live", "--port", str(self.live_port))
        self.start("web", "web", "--port", str(self.port))
        self.wait_up(f"{self.url}/healthz")
        self.wait_up(f"{self.env['LIVE_URL']}/healthz")

    def worker(self, lane: str, number: int) -> Process:
        """Start a worker of a lane."""
        return self.start(f"{lane}-{number}", "worker", "--lane", lane)

    def wait_up(self, url: str, seconds: float = 40) -> None:
        """Wait until an address answers."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"{url} does not answer; {self.logs()}")

    def pids(self) -> set[int]:
        """The ids of the processes that run."""
        return {process.pid for process in self.processes.values() if process.poll() is None}

    def kill(self, name: str) -> None:
        """kill -9 a process and all that it started."""
        process = self.processes[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def logs(self) -> str:
        """What the processes wrote."""
        return "\n".join(f"{path.name}: {path.read_text()[-2000:]}" for path in self.folder.glob("*.log"))

    def stop(self) -> None:
        """Ask every process to end, then make it."""
        running = [process for process in self.processes.values() if process.poll() is None]
        for process in running:
            process.terminate()
        ends = time.monotonic() + 10
        for process in running:
            try:
                process.wait(max(0.1, ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):  # it has ended just now
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
