"""A live process of a test's own."""

import http.client
import json
import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.installation import free_ports
from tests.support.nursery import nursery


@dataclass
class Reply:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as an object."""
        return json.loads(self.body)


class LiveProcess:
    """Starts `serve` in a process that notes its statements."""

    def __init__(self, env: Mapping[str, str], folder: Path) -> None:
        self.port, _other = free_ports()
        self._noted = folder / "statements"
        self._noted.touch()
        self._log = folder / "live.log"
        self._opened: list[socket.socket] = []
        with self._log.open("ab") as log:
            arguments = [str(self.port), str(self._noted)]
            self.process = nursery().start(arguments, {**os.environ, **env}, log, module="tests.live.counting")
        eventually(lambda: self.get("/healthz").status == 200, "the live process answers", 40)

    def get(self, path: str, method: str = "GET", **headers: str) -> Reply:
        """Ask once, over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): v for name, v in headers.items()})
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def open(self, path: str, **headers: str) -> socket.socket:
        """Ask and leave the answer in the socket, which `close` closes."""
        lines = [f"GET {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self._opened.append(connection)
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection

    def statements(self) -> list[float]:
        """When a statement was sent to the database."""
        return [float(line) for line in self._noted.read_text().split()]

    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text()

    def stop(self) -> float:
        """Ask it to end; answers the seconds it took."""
        begun = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(20)
        finally:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - begun

    def close(self) -> None:
        """Stop it, and close what was opened; before, somebody may still read what had arrived when it ended."""
        self.stop()
        for connection in self._opened:
            connection.close()


def eventually(holds: Callable[[], bool], what: str, seconds: float = 15) -> None:
    """Wait until something holds; fails after so many seconds."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if holds():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"never: {what}")
