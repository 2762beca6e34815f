"""A load process for one small answer: as little of Python as it takes to count right answers only.

Each answer is compared with what is right: status 200 and the same body, byte by byte.
"""

import json
import select
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Flood:
    """What to ask for, and over how many connections."""

    port: int
    path: str
    body: str
    seconds: float
    warm: float = 0.5
    connections: int = 32


@dataclass(frozen=True, kw_only=True)
class Flooded:
    """Right answers a second, wrong ones, and how busy the load process was (1 is a whole core)."""

    per_second: float
    wrong: int
    p95: float
    load: float


def flood(order: Flood) -> Flooded:
    """Run it in a process of its own."""
    argv = [sys.executable, "-m", "bench.flood"]
    done = subprocess.run(argv, input=json.dumps(asdict(order)), capture_output=True, text=True, check=True)
    return Flooded(**json.loads(done.stdout))


def _ask(order: Flood) -> Flooded:
    request = f"GET {order.path} HTTP/1.1\r\nHost: 127.0.0.1:{order.port}\r\nAccept: */*\r\n\r\n".encode()
    body = b"\r\n\r\n" + order.body.encode()
    poll, sockets, sent, times = select.epoll(), {}, {}, []
    for _ in range(order.connections):
        connection = socket.create_connection(("127.0.0.1", order.port), 10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[connection.fileno()] = connection
        poll.register(connection, select.EPOLLIN)
        connection.sendall(request)
    clock = time.perf_counter
    sent = dict.fromkeys(sockets, clock())
    begins = clock() + order.warm
    ends, used, right, wrong, now = begins + order.seconds, 0.0, 0, 0, 0.0
    while now < ends:
        for number, _event in poll.poll(1.0):
            connection = sockets[number]
            answer = connection.recv(65536)
            while not answer.endswith(body) and (part := _more(connection)):
                answer += part
            now = clock()
            if now >= begins:
                used = used or time.process_time()
                if answer.startswith(b"HTTP/1.1 200") and answer.endswith(body):
                    right += 1
                    times.append(now - sent[number])
                else:
                    wrong += 1
            sent[number] = now
            connection.send(request)
        now = clock()
    times.sort()
    p95 = 1000 * times[int(0.95 * len(times))] if times else 0.0
    busy = (time.process_time() - used) / order.seconds
    return Flooded(per_second=right / order.seconds, wrong=wrong, p95=p95, load=busy)


def _more(connection: socket.socket) -> bytes:
    """The rest of an answer that came in pieces; nothing when there is none within a second."""
    connection.settimeout(1.0)
    try:
        return connection.recv(65536)
    except TimeoutError:
        return b""


if __name__ == "__main__":
    data: dict[str, Any] = json.load(sys.stdin)
    json.dump(asdict(_ask(Flood(**data))), sys.stdout)
