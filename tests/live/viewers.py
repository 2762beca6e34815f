"""A crowd with open streams, each on a socket of its own, read by one thread."""

import json
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tests.live.process import LiveProcess, eventually


@dataclass
class Viewer:
    """One stream and what arrived on it."""

    connection: socket.socket
    text: bytes = b""
    seen: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    ended: bool = False

    @property
    def head(self) -> str:
        """The head of the answer, in small letters."""
        return self.text.partition(b"\r\n\r\n")[0].decode().lower()

    @property
    def last(self) -> int:
        """The signatures last shown; -1 before the first event."""
        return self.seen[-1][1]["signatures"] if self.seen else -1

    def read(self) -> None:
        """Take what has arrived."""
        try:
            piece = self.connection.recv(65536)
        except BlockingIOError:
            return
        self.ended = not piece or piece.endswith(b"0\r\n\r\n")
        self.text += piece
        for line in self.text.split(b"\n")[:-1]:
            if line.startswith(b"data: "):
                self._note(json.loads(line[6:]))

    def _note(self, value: dict[str, Any]) -> None:
        if value not in [known for _moment, known in self.seen]:
            self.seen.append((time.time(), value))


class Viewers:
    """So many viewers of one campaign."""

    def __init__(self, live: LiveProcess, path: str, count: int) -> None:
        self._done = False
        self._selector = selectors.DefaultSelector()
        self.all = [Viewer(live.open(path)) for _ in range(count)]
        for viewer in self.all:
            viewer.connection.setblocking(False)
            self._selector.register(viewer.connection, selectors.EVENT_READ, viewer)
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done = True
        self._thread.join()
        self._selector.close()
        for viewer in self.all:
            viewer.connection.close()

    def wait_until_all_show(self, signatures: int, seconds: float = 15) -> None:
        """Wait until everybody has that number."""
        what = f"all show {signatures}"
        eventually(lambda: all(viewer.last == signatures for viewer in self.all), what, seconds)

    def wait_until_all_ended(self, seconds: float = 15) -> None:
        """Wait until every stream was ended by the server."""
        eventually(lambda: all(viewer.ended for viewer in self.all), "all streams have ended", seconds)

    def _read(self) -> None:
        while not self._done:
            for key, _events in self._selector.select(0.1):
                key.data.read()
                if key.data.ended:
                    self._selector.unregister(key.fileobj)
