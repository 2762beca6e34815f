"""Mail servers that take everything: Postfix's smtp-sink where it is installed, and one of ours that notes when.

Ours runs in a process of its own: `python -m bench.sink PORT [FILE]`. A line of the file is a time and a Message-ID.
"""

import asyncio
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bench.serve import process, wait_open
from tests.support.installation import free_ports

MESSAGE_ID = re.compile(rb"^Message-ID: *(?:\r\n )?<([^>]+)>", re.IGNORECASE | re.MULTILINE)
REPLIES = {b"MAIL": b"250 2.1.0 Ok\r\n", b"RCPT": b"250 2.1.5 Ok\r\n", b"RSET": b"250 2.0.0 Ok\r\n"}
HELLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"


@dataclass(frozen=True)
class Sink:
    """One that listens; `name` is what it is called in the table."""

    port: int
    name: str
    notes: Path | None = None

    def arrivals(self) -> list[tuple[float, str]]:
        """When which message was taken."""
        assert self.notes
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [(float(at), id_) for at, id_ in (line.split(" ") for line in lines)]


@contextmanager
def fast_sink() -> Iterator[Sink]:
    """The fastest there is."""
    port = free_ports()[0]
    program = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        argv, name = [sys.executable, "-m", "bench.sink", str(port)], "our own sink (Postfix's is not installed)"
    else:
        # As root it wants a user to become.
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        argv, name = [program, *user, f"127.0.0.1:{port}", "100"], "Postfix's smtp-sink"
    with process(argv, {}):
        wait_open(port)
        yield Sink(port, name)


@contextmanager
def noting_sink(folder: Path) -> Iterator[Sink]:
    """The one that notes when each message came."""
    port = free_ports()[0]
    notes = folder / "arrivals.txt"
    with process([sys.executable, "-m", "bench.sink", str(port), str(notes)], {}):
        wait_open(port)
        yield Sink(port, "our own sink", notes)


class _Session(asyncio.Protocol):
    """One connection; commands may come many at once (RFC 2920)."""

    def __init__(self, notes: TextIO) -> None:
        self._notes = notes
        self._buffer = b""
        self._reading = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._message() if self._reading else self._command():
            pass

    def _command(self) -> bool:
        line, end, rest = self._buffer.partition(b"\r\n")
        if not end:
            return False
        self._buffer, verb = rest, line[:4].upper()
        if verb in (b"EHLO", b"HELO"):
            self._transport.write(HELLO)
        elif verb == b"DATA":
            self._reading = True
            self._transport.write(b"354 Go on\r\n")
        elif verb == b"QUIT":
            self._transport.write(b"221 2.0.0 Bye\r\n")
            self._transport.close()
        else:
            self._transport.write(REPLIES.get(verb, b"250 2.0.0 Ok\r\n"))
        return True

    def _message(self) -> bool:
        message, end, rest = self._buffer.partition(b"\r\n.\r\n")
        if not end:
            return False
        self._buffer, self._reading = rest, False
        found = MESSAGE_ID.search(message)
        self._notes.write(f"{time.time():.6f} {found[1].decode() if found else '-'}\n")
        self._notes.flush()
        self._transport.write(b"250 2.0.0 Ok: queued as 4bXyzQ1234\r\n")
        return True


async def _serve(port: int, notes: TextIO) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Session(notes), "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    """Serve until ended."""
    port, *rest = sys.argv[1:]
    with Path(rest[0] if rest else os.devnull).open("a") as notes:
        asyncio.run(_serve(int(port), notes))


if __name__ == "__main__":
    main()
