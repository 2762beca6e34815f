"""A load process: so many connections, each with one visitor after another. It counts what came back right.

Closed loop: a connection's next visitor comes when the last one has gone. Open loop: visitors come at a rate, whatever
becomes of those before them, and their time counts from when they were due, so that a server that stalls hides nothing.
"""

import json
import select
import socket
import subprocess
import sys
import time
from collections import Counter, defaultdict, deque
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench.http import Answer, Wrong, parse
from bench.letterbox import Letterbox, open_box
from bench.visitors import VISITS, Ask, Mail, Site, Visit

TIMEOUT = 30.0


@dataclass(frozen=True, kw_only=True)
class Order:
    """What load to make."""

    visit: str
    port: int
    run: str
    seconds: float
    warm: float = 1.0
    connections: int = 16
    rate: float | None = None
    body: str = ""
    box: str = ""
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of it. `ok` and `times` are of the measured seconds, the rest of all."""

    ok: int
    per_second: float
    done: int
    wrong: dict[str, int]
    times: dict[str, dict[str, float]]  # in milliseconds

    def p95(self, name: str = "visit") -> float:
        """Of one kind of request, or of whole visits without the wait for the mail."""
        return self.times[name]["p95"]


def start(order: Order) -> "subprocess.Popen[str]":
    """Start a load process."""
    argv = [sys.executable, "-m", "bench.load"]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    process.stdin.write(json.dumps(asdict(order)))
    process.stdin.close()
    process.stdin = None
    return process


def finish(process: "subprocess.Popen[str]") -> Result:
    """Its result, once it is there."""
    output, _none = process.communicate()
    if process.returncode:
        raise RuntimeError("a load process failed")
    return Result(**json.loads(output))


def run(order: Order) -> Result:
    """Make the load and wait for it."""
    return finish(start(order))


class Connection:
    """One connection and the visitor on it."""

    def __init__(self, port: int, site: Site) -> None:
        self.site = site
        self.visit: Visit | None = None
        self.ask = Ask("", b"")
        self.sent_at = self.spent = 0.0
        self._port = port
        self._buffer = b""
        self.connect()

    def connect(self) -> None:
        """A fresh connection."""
        self.socket = socket.create_connection(("127.0.0.1", self._port), TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self._buffer = b""

    def send(self, ask: Ask) -> None:
        """Send a request. It fits into the socket's buffer: the one before it has been answered."""
        self.ask, self.sent_at = ask, time.perf_counter()
        self.socket.sendall(ask.data)

    def receive(self) -> Answer | None:
        """The answer if it is whole now; raises Wrong when the server has hung up."""
        data = self.socket.recv(262_144)
        if not data:
            raise Wrong("hung up")
        self._buffer += data
        answer = parse(self._buffer)
        if answer is not None:
            self._buffer = b""
        return answer


class Load:
    """The loop."""

    def __init__(self, order: Order, box: Letterbox | None) -> None:
        self._order, self._box = order, box
        self._visit = VISITS[order.visit]
        self._poll = select.epoll()
        self._connections: dict[int, Connection] = {}
        self._idle: deque[Connection] = deque()
        self._waiting: dict[str, Connection] = {}
        self._early: dict[str, str] = {}  # links whose mail was here before the answer to the form
        self._looked_at = 0.0
        self._number = self._done = 0
        self._wrong: Counter[str] = Counter()
        self._times: dict[str, list[float]] = defaultdict(list)
        self._from = time.perf_counter() + order.warm
        self._to = self._from + order.seconds
        self._due = time.perf_counter()

    def run(self) -> Result:
        """Until the time is over and the last visitor has gone."""
        if self._order.rate is None:
            for _ in range(self._order.connections):
                self._begin(self._new(), time.perf_counter())
        while time.perf_counter() < self._to or self._busy():
            if time.perf_counter() > self._to + TIMEOUT:
                self._wrong["no answer"] += self._busy()
                break
            self._arrive()
            for number, _event in self._poll.poll(self._pause()):
                self._serve(self._connections[number])
            self._look()
        visits = self._times["visit"]
        times = {name: _spread(values) for name, values in self._times.items() if values}
        rate = len(visits) / self._order.seconds
        return Result(ok=len(visits), per_second=rate, done=self._done, wrong=dict(self._wrong), times=times)

    def _busy(self) -> int:
        return len(self._connections) - len(self._idle)

    def _pause(self) -> float:
        if self._waiting and self._box:
            return self._box.every
        return 0.2 if self._order.rate is None else max(0.0, min(0.2, self._due - time.perf_counter()))

    def _new(self) -> Connection:
        order = self._order
        site = Site(f"127.0.0.1:{order.port}", order.run, order.body.encode())
        connection = Connection(order.port, site)
        self._adopt(connection)
        return connection

    def _adopt(self, connection: Connection) -> None:
        self._connections[connection.socket.fileno()] = connection
        self._poll.register(connection.socket, select.EPOLLIN)

    def _arrive(self) -> None:
        """Open loop: begin all visits that are due."""
        if self._order.rate is None:
            return
        while self._due <= min(time.perf_counter(), self._to):
            self._begin(self._idle.popleft() if self._idle else self._new(), self._due)
            self._due += 1 / self._order.rate

    def _begin(self, connection: Connection, due: float) -> None:
        self._number += 1
        connection.spent = time.perf_counter() - due
        connection.visit = self._visit(connection.site, self._number)
        self._step(connection, None)

    def _serve(self, connection: Connection) -> None:
        try:
            answer = connection.receive()
        except (Wrong, OSError) as error:
            self._fail(connection, str(error))
            return
        if answer is None:
            return
        took = time.perf_counter() - connection.sent_at
        connection.spent += took
        if self._measuring():
            self._times[connection.ask.name].append(took)
        self._step(connection, answer)

    def _step(self, connection: Connection, answer: Answer | str | None) -> None:
        assert connection.visit
        try:
            wish = connection.visit.send(answer)  # type: ignore[arg-type]  # None begins a generator
        except StopIteration:
            self._done += 1
            if self._measuring():
                self._times["visit"].append(connection.spent)
            self._end(connection)
        except Wrong as error:
            self._fail(connection, str(error))
        else:
            if isinstance(wish, Mail):
                self._wait(wish.email, connection)
            else:
                connection.send(wish)

    def _wait(self, email: str, connection: Connection) -> None:
        link = self._early.pop(email, None)
        if link is None:
            self._waiting[email] = connection
        else:
            self._step(connection, link)

    def _fail(self, connection: Connection, why: str) -> None:
        """Count it and go on with a fresh connection: what the old one still brings belongs to nobody."""
        self._wrong[why] += 1
        del self._connections[connection.socket.fileno()]
        connection.socket.close()
        connection.connect()
        self._adopt(connection)
        self._end(connection)

    def _end(self, connection: Connection) -> None:
        now = time.perf_counter()
        if self._order.rate is None and now < self._to:
            self._begin(connection, now)
        else:
            self._idle.append(connection)

    def _look(self) -> None:
        if not self._waiting or self._box is None or time.perf_counter() < self._looked_at + self._box.every:
            return
        self._looked_at = time.perf_counter()
        for email, link in self._box.look().items():
            connection = self._waiting.pop(email, None)
            if connection is None:
                self._early[email] = link
            else:
                self._step(connection, link)

    def _measuring(self) -> bool:
        return self._from <= time.perf_counter() < self._to


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = partial(_at, ordered)
    return {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": 1000 * ordered[-1]}


def _at(ordered: list[float], share: float) -> float:
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    """Read an order from standard input and write the result to standard output."""
    data: dict[str, Any] = json.load(sys.stdin)
    order = Order(**data)
    box = open_box(order.box, order.env) if order.box else None
    json.dump(asdict(Load(order, box).run()), sys.stdout)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
