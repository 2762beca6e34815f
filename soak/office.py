"""A receiving side that can hold a worker at a chosen point of the hand-over: a stand-in for SendGrid's mail/send."""

import json
import socket
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from soak.verdict import Arrival

KEY = "SG.only-for-faults-0123456789abcdefghij"
PATIENCE = 60.0
Rule = Callable[[str, Any], tuple[int, bytes] | None]


class Point(StrEnum):
    """Where a worker is while it is held."""

    BEFORE = "before the letter is taken"
    BETWEEN = "taken, not answered"
    AFTER = "answered, not recorded"


class Hold:
    """One worker held at a point."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self.letter = ""
        self._reached, self._released = threading.Event(), threading.Event()

    def wait(self, seconds: float = PATIENCE) -> str:
        """Wait until a letter is held; answers its id in the ledger."""
        if not self._reached.wait(seconds):
            raise AssertionError(f"no letter came: {self.point}")
        return self.letter

    def release(self) -> None:
        """Let the hand-over go on."""
        self._released.set()

    def meet(self, letter: str) -> None:
        """Called by the office when a letter is at the point."""
        self.letter = letter
        self._reached.set()
        self._released.wait(PATIENCE)


class Office:
    """Takes letters until closed; `rule` may answer otherwise than 202, and None is 202."""

    def __init__(self) -> None:
        self.same_again = True
        self._taken: list[tuple[Arrival, str]] = []
        self._texts: dict[str, Any] = {}
        self.rule: Rule = lambda _letter, _body: None
        self._hold: Hold | None = None
        self._held: set[str] = set()
        self._lock = threading.Lock()
        office = self

        class Desk(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                office.receive(self)

            def log_message(self, *_args: object) -> None:
                """Nothing: figures are printed at the end."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_args: object) -> None:
                """Workers that are killed hang up in the middle; that is the point."""

        self._server = Server(("127.0.0.1", 0), Desk)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """What an installation needs in order to send here."""
        return {
            "MAIL_URL": "sendgrid:",
            "SENDGRID_HOST": f"http://127.0.0.1:{self._server.server_port}",
            "SENDGRID_API_KEY": KEY,
        }

    @property
    def arrivals(self) -> list[Arrival]:
        """What was taken."""
        with self._lock:
            return [arrival for arrival, _letter in self._taken]

    @property
    def letters(self) -> list[str]:
        """What was taken, by the ids in the ledger."""
        with self._lock:
            return [letter for _arrival, letter in self._taken]

    def copies(self, letter: str) -> int:
        """How often a letter was taken, by its id in the ledger."""
        return self.letters.count(letter)

    def hold(self, point: Point) -> Hold:
        """Hold the next letter at this point that was never held before."""
        hold = Hold(point)
        with self._lock:
            self._hold = hold
        return hold

    def receive(self, desk: BaseHTTPRequestHandler) -> None:
        """One hand-over."""
        at = time.time()
        body = json.loads(desk.rfile.read(int(desk.headers["Content-Length"])))
        letter = body["personalizations"][0]["custom_args"]["message_id"]
        hold = None
        with self._lock:
            if self._hold and letter not in self._held:
                hold, self._hold = self._hold, None
                self._held.add(letter)
        if hold and hold.point == Point.BEFORE:
            hold.meet(letter)
            if _gone(desk):
                return
        status, words = self.rule(letter, body) or (202, b"")
        if status == 202:
            with self._lock:
                self._taken.append((Arrival(at, body["headers"]["Message-ID"]), letter))
                self.same_again &= self._texts.setdefault(letter, body) == body
        if hold and hold.point != Point.BEFORE:
            hold.meet(letter)
        desk.send_response(status)
        desk.send_header("Content-Length", str(len(words)))
        desk.end_headers()
        desk.wfile.write(words)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


def _gone(desk: BaseHTTPRequestHandler) -> bool:
    """Whether who brought the letter has hung up."""
    desk.connection.setblocking(False)
    try:
        return len(desk.connection.recv(1, socket.MSG_PEEK)) == 0
    except BlockingIOError:
        return False
    finally:
        desk.connection.setblocking(True)
