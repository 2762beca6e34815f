"""A stand-in for SendGrid's `POST /v3/mail/send`: a real server that keeps a mailbox and fails in the ways asked for.

In a process of its own: `python -m tests.support.sendgrid --port 0 [--certificate FILE --key FILE]` prints its address.
"""

import argparse
import json
import math
import socket
import ssl
import struct
import sys
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

KEY = "SG.stand-in-key.0123456789abcdefghijklmnopqrstuvwxyz"
PATH = "/v3/mail/send"
OFF = struct.pack("ii", 1, 0)  # SO_LINGER: closing resets
TICK = 0.05


@dataclass(frozen=True)
class Step:
    """What to do with one request.

    `then`: answer; close, reset or hang without an answer; drip it; cut it after so many bytes; answer and leave.
    The mail is taken with 202, and with `keep` whatever the answer is. `reset_in` names a reset, in seconds from now.
    """

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    then: str = "answer"
    cut: int = 8
    keep: bool = False
    reset_in: float | None = None


@dataclass(frozen=True)
class Call:
    """A request as it came in; `at` by the stand-in's clock, in seconds since 1970."""

    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: Any
    connection: int


class StandIn:
    """Listens on loopback until closed. `skew` sets its clock apart from ours, in seconds.

    `rule` answers what was not scripted; where it answers None, it is what SendGrid would do.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, skew: float = 0.0, port: int = 0) -> None:
        self._tls, self._skew = tls, skew
        self._steps: deque[Step] = deque()
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.calls: list[Call] = []
        self.mailbox: list[Any] = []
        self.resets: list[int] = []
        self.count = self.connections = 0
        self.keep = True
        self.rule: Callable[[Call], Step | None] = lambda _call: None
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        """What SENDGRID_HOST is set to."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def copies(self) -> Counter[str]:
        """How often each message was taken, by the id that it carries."""
        return Counter(mail["personalizations"][0]["custom_args"]["message_id"] for mail in self.mailbox)

    def clock(self) -> float:
        """Seconds since 1970, as this stand-in has them."""
        return time.time() + self._skew

    def script(self, *steps: Step) -> None:
        """What the next requests meet, in order; after these it is 202 again."""
        self._steps.extend(steps)

    def close(self) -> None:
        """Stop listening and drop every connection."""
        self._ends.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.close()

    def _listen(self) -> None:
        while not self._ends.is_set():
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with suppress(OSError, ValueError):  # who went away, or speaks no HTTP, is not waited for
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.add(connection)
            with connection, connection.makefile("rb") as stream:
                while request := _read(stream):
                    if not self._meet(connection, self._call(request, number)):
                        break
        self._open.discard(connection)

    def _call(self, request: tuple[str, str, dict[str, str], bytes], number: int) -> Call:
        method, path, headers, raw = request
        body = json.loads(raw) if raw and self.keep else raw
        call = Call(self.clock(), method, path, headers, body, number)
        with self._lock:
            self.count += 1
            if self.keep:
                self.calls.append(call)
        return call

    def _meet(self, connection: socket.socket, call: Call) -> bool:
        """Do what was scripted, or what SendGrid would; False when the connection is over."""
        step = self._steps.popleft() if self._steps else self.rule(call) or _natural(call)
        if (step.status == 202 or step.keep) and self.keep:
            self.mailbox.append(call.body)
        answer = self._answer(step)
        if step.then == "hang":
            self._ends.wait()
        elif step.then == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, OFF)
        elif step.then == "drip":
            for byte in answer:
                connection.sendall(bytes([byte]))
                self._ends.wait(TICK)
        elif step.then == "cut":
            connection.sendall(answer[: step.cut])
        elif step.then != "close":
            connection.sendall(answer)
        return step.then == "answer"

    def _answer(self, step: Step) -> bytes:
        headers = {"Server": "stand-in", "Date": formatdate(self.clock(), usegmt=True), **step.headers}
        if step.status == 202:
            headers.setdefault("X-Message-Id", uuid.uuid4().hex[:22])
        if step.body[:1] == b"{":
            headers["Content-Type"] = "application/json"
        if step.reset_in is not None:
            headers |= {"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0"}
            self.resets.append(math.ceil(self.clock() + step.reset_in))
            headers["X-RateLimit-Reset"] = str(self.resets[-1])
        headers["Content-Length"] = str(len(step.body))
        lines = [f"HTTP/1.1 {step.status} Said", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode() + step.body


def complaint(*fields: str | None, message: str = "is not right") -> bytes:
    """SendGrid's body of a 400."""
    return json.dumps({"errors": [{"message": message, "field": name} for name in fields]}).encode()


def _natural(call: Call) -> Step:
    if call.headers.get("authorization") != f"Bearer {KEY}":
        return Step(401, body=complaint(None, message="The provided authorization grant is invalid"))
    if (call.method, call.path) != ("POST", PATH):
        return Step(404)
    return Step()


def _read(stream: Any) -> tuple[str, str, dict[str, str], bytes] | None:
    """One request, or None at the end."""
    line = stream.readline()
    if not line:
        return None
    method, path, _version = line.decode().split()
    headers = {}
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _colon, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    return method, path, headers, stream.read(int(headers.get("content-length", 0)))


def server_tls(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS for a stand-in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def main(arguments: Iterable[str]) -> None:
    """Serve until killed, remembering nothing but the number of requests."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    chosen = parser.parse_args(list(arguments))
    tls = server_tls(chosen.certificate, chosen.key) if chosen.certificate else None
    standin = StandIn(tls=tls, port=chosen.port)
    standin.keep = False
    sys.stdout.write(standin.url + "\n")
    sys.stdout.flush()
    sys.stdin.read()  # ends with the process that started it


if __name__ == "__main__":
    main(sys.argv[1:])
