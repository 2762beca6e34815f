"""A mail server for tests: aiosmtpd, which misbehaves at the steps that a script names and tells what it heard."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope as Received, LoginPassword, Session

from campaign.config import Settings
from campaign.outbox.transports.smtp import SmtpTransport
from campaign.outbox.transports.smtp_session import Times
from tests.support.certificates import Certificate

USER, PASSWORD = "relay-user", "a:pass/word@1?"
ESCAPED = "relay-user:a%3Apass%2Fword%401%3F@"
# What a script may say in place of a reply.
CLOSE, STALL, SLOW = "close", "stall", "slow"
STALL_SECONDS, SLOW_SECONDS = 30.0, 1.5
CALM, QUICK = Times(connect=10.0, command=20.0), Times(connect=2.0, command=1.0)


@dataclass
class Sink:
    """What the server is to answer by command, each time or one after the other, and what it heard.

    Commands are CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, RSET, QUIT and `.` for the message.
    """

    script: dict[str, str | list[str]] = field(default_factory=dict)
    offers: tuple[str, ...] = ("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES")
    connections: int = 0
    names: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    together: int = 0  # the most lines that were there when the first of them was read
    contents: list[bytes] = field(default_factory=list)  # of every message that was read to its end
    mails: list[Received] = field(default_factory=list)  # those that were taken
    encrypted: list[bool] = field(default_factory=list)
    open: list["Server"] = field(default_factory=list)
    port: int = 0

    @property
    def heard(self) -> list[str]:
        """The commands, without what they were about."""
        return [line.split()[0] for line in self.lines]

    def says(self, command: str) -> str | None:
        """The script's line for this command now; None for what is usual."""
        line = self.script.get(command)
        if isinstance(line, list):
            return line.pop(0) or None if line else None
        return line

    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Session, _letter: Any, name: str, said: list[str]
    ) -> list[str]:
        session.host_name = name
        self.names.append(name)
        return [*said[:-1], *(f"250-{offer}" for offer in self.offers), said[-1]]

    async def handle_DATA(self, server: "Server", session: Session, letter: Received) -> str:  # noqa: N802
        self.lines.append(".")
        self.contents.append(letter.original_content or b"")
        self.encrypted.append(session.ssl is not None)
        line = self.says(".") or "250 2.0.0 Ok: queued as 4bXyzQ1234"
        if line in (CLOSE, STALL):
            await server.misbehave(line)
        elif line.startswith("2"):
            self.mails.append(letter)
        return line

    def authenticate(self, _server: Any, _session: Any, _letter: Any, _mechanism: str, given: Any) -> AuthResult:
        right = given == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    def hang_up(self, line: str = "") -> None:
        """What a server does of its own accord: a last line, and gone."""
        for server in self.open:
            asyncio.run_coroutine_threadsafe(server.leave(line), server.loop).result(5)


class Server(SMTP):
    """One connection; plays the script before each command."""

    def __init__(self, sink: Sink, **options: Any) -> None:
        super().__init__(sink, hostname="sink.example", ident="ready", **options)
        self.sink, self._greeted = sink, False
        sink.open.append(self)
        self._smtp_methods = {name: partial(self._play, name, do) for name, do in self._smtp_methods.items()}

    async def push(self, status: Any) -> None:
        if self._greeted:
            await super().push(status)
            return
        self._greeted = True
        self.sink.connections += 1
        await self._say(self.sink.says("CONNECT") or status)

    async def _play(self, name: str, do: Any, arg: str | None) -> None:
        self.sink.lines.append(f"{name} {arg or ''}".strip())
        self.sink.together = max(self.sink.together, 1 + self._reader._buffer.count(b"\n"))  # type: ignore[attr-defined]
        line = self.sink.says(name)
        if line == SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        await (do(arg) if line in (None, SLOW) else self._say(line))

    async def _say(self, line: str) -> None:
        if line in (CLOSE, STALL):
            await self.misbehave(line)
        for part in line.splitlines():
            await super().push(part)
        if line.startswith("421") and self.transport is not None:
            self.transport.close()

    async def misbehave(self, how: str) -> None:
        """Leave without a word, or keep silent."""
        if how == CLOSE and self.transport is not None:
            self.transport.abort()
        await asyncio.sleep(STALL_SECONDS)

    async def leave(self, line: str) -> None:
        if self.transport is not None:
            if line:
                self._writer.write(line.encode() + b"\r\n")
            self.transport.close()


@contextmanager
def listening(
    sink: Sink,
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    login: bool = False,
    **options: Any,
) -> Iterator[Sink]:
    """The server in a thread, on a port of its own, while the block runs."""
    loop = asyncio.new_event_loop()
    if login:
        options |= {"authenticator": sink.authenticate, "auth_require_tls": starttls is not None}
    make = partial(Server, sink, loop=loop, tls_context=starttls, **options)
    server = loop.run_until_complete(loop.create_server(make, "127.0.0.1", 0, ssl=tls))
    sink.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(_end(sink))
        loop.close()


async def _end(sink: Sink) -> None:
    """Let no socket and no task outlive the server."""
    for server in sink.open:
        for transport in (server.transport, server._original_transport):
            if transport is not None:
                transport.abort()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0.01)


def server_tls(certificate: Certificate) -> ssl.SSLContext:
    """What a server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.shown, certificate.key)
    return context


@contextmanager
def transport(settings: Settings, url: str, times: Times = CALM, **changes: Any) -> Iterator[SmtpTransport]:
    """The transport for a MAIL_URL, closed afterwards."""
    made = SmtpTransport(replace(settings, mail_url=url, **changes), times)
    try:
        yield made
    finally:
        made.close()
