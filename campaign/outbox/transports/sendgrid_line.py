"""A kept connection to SendGrid, put under the SDK's own client.

The SDK opens a new TLS connection for each request, without time-outs, and follows redirects with the key in hand.
Here the SDK still makes the request; this file carries it: one connection, deadlines, and never to another host.
"""

import io
import select
import socket
import ssl
import time
from dataclasses import dataclass
from email.message import Message as Headers
from functools import cache, partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import Request

from python_http_client import Client

# Servers drop idle connections from five seconds on (Node), most after a minute. A request that meets such a drop
# counts as unknown and holds a letter up for the grace, so a connection that rested longer is not used again.
IDLE_SECONDS = 4.0
# SendGrid's errors take a few hundred bytes; nothing longer is read, and the connection is given up.
ANSWER_BYTES = 65_536


class NotReached(Exception):
    """No connection came about, so nothing was sent. Says why, without a host or an address."""


class Lost(Exception):
    """The connection failed after it stood, so the request may have arrived."""


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for each address of the host to connect, and for request and answer together.

    No request leaves later than `leave` after it was asked for: by then somebody else may send it.
    """

    connect: float = 10.0
    answer: float = 20.0
    leave: float = 30.0


@dataclass(frozen=True)
class Reply:
    """An answer, read to its end, in the form that the SDK expects."""

    status: int
    headers: Headers
    body: bytes

    def getcode(self) -> int:
        """The HTTP status."""
        return self.status

    def read(self) -> bytes:
        """The body."""
        return self.body

    def info(self) -> Headers:
        """The headers."""
        return self.headers


class Line:
    """Carries requests to one host, one after the other. Not for several threads at once."""

    def __init__(self, origin: str, patience: Patience, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(origin)
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname or "", parts.port
        self._patience, self._tls = patience, tls
        self._connection: HTTPConnection | None = None
        self._used = 0.0

    def carry(self, request: Request) -> Reply:
        """Send a request once and read what comes back, whatever its status. Raises NotReached or Lost."""
        began = time.monotonic()
        connection = self._open()
        if time.monotonic() - began > self._patience.leave:
            raise NotReached("connecting took too long")
        ends = time.monotonic() + self._patience.answer
        try:
            return self._exchange(connection, request, ends)
        except (OSError, HTTPException) as error:
            self.close()
            raise Lost(_name(error)) from None

    def close(self) -> None:
        """Let go of the connection; the next request makes a new one."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _open(self) -> HTTPConnection:
        connection = self._connection
        if connection and time.monotonic() - self._used < IDLE_SECONDS and not _dropped(connection.sock):
            return connection
        self.close()
        connection = self._fresh()
        try:
            connection.connect()
        except (OSError, UnicodeError) as error:  # a host name can fail to be encoded
            connection.close()
            raise NotReached(_name(error)) from None
        self._connection = connection
        return connection

    def _fresh(self) -> HTTPConnection:
        seconds = self._patience.connect
        if self._secure:
            return HTTPSConnection(self._host, self._port, timeout=seconds, context=self._tls or _public_tls())
        return HTTPConnection(self._host, self._port, timeout=seconds)

    def _exchange(self, connection: HTTPConnection, request: Request, ends: float) -> Reply:
        connection.sock.settimeout(self._patience.answer)
        connection.response_class = cast(Any, partial(_response, ends=ends))  # called only, so any maker will do
        connection.request(request.get_method(), request.selector, request.data, dict(request.headers))
        with connection.getresponse() as response:
            body = self._body(response)
            self._used = time.monotonic()
            return Reply(response.status, response.headers, body)

    def _body(self, response: HTTPResponse) -> bytes:
        """The answer's body. The status has been read: should the rest fail, it stands all the same."""
        try:
            body = response.read(ANSWER_BYTES)
        except (OSError, HTTPException):
            self.close()
            return b""
        if response.will_close or not response.isclosed():
            self.close()
        return body


class KeptClient(Client):
    """The SDK's client over a line of ours."""

    def __init__(self, line: Line, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._line = line

    def _build_client(self, name: str | None = None) -> "KeptClient":
        path = [*self._url_path, name] if name else self._url_path
        return KeptClient(
            self._line, host=self.host, version=self._version, request_headers=self.request_headers, url_path=path
        )

    def _make_request(self, _opener: object, request: Request, **_timeout: object) -> Reply:
        return self._line.carry(request)


class _Until(io.RawIOBase):
    """Reads a socket up to a moment: a server that drips its answer holds nobody for longer."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, ends: float) -> None:
        self._raw, self._sock, self._ends = raw, sock, ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _response(sock: socket.socket, *, ends: float, **kwargs: Any) -> HTTPResponse:
    response = HTTPResponse(sock, **kwargs)
    response.fp = io.BufferedReader(_Until(response.fp.detach(), sock, ends))
    return response


def _dropped(sock: socket.socket) -> bool:
    """Whether an idle connection has something to read, which can only be its end."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


@cache
def _public_tls() -> ssl.SSLContext:
    """Reads the system's authorities, which takes longer than a request: once a process."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _name(error: Exception) -> str:
    """What failed, in words that name no host, address or header."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not trusted"
    names = {
        TimeoutError: "time-out",
        ConnectionRefusedError: "connection refused",
        ConnectionResetError: "connection reset",
        BrokenPipeError: "connection reset",
        socket.gaierror: "name not found",
        ssl.SSLError: "TLS failed",
    }
    return next((words for kind, words in names.items() if isinstance(error, kind)), type(error).__name__)
