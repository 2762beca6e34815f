"""One conversation with a mail server: opened, kept for many letters, and ended when it is out of step."""

import select
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from campaign.outbox.transports.smtp_server import Server, Tls
from campaign.outbox.transports.smtp_trouble import Barred, Lost, Said, Stage, Trouble, happened, was_silence

QUIT_SECONDS = 2.0
CLOSING = 421  # the one reply after which the server hangs up (RFC 5321, 4.2.1)
GO_ON = 354


@dataclass(frozen=True)
class Times:
    """How long to wait, in seconds: for the connection, and for the answer to one command."""

    connect: float = 10.0
    command: float = 30.0


class Session:
    """A connection; `stage` says how far it has come, so that a failure knows what may have happened."""

    def __init__(self, server: Server, name: str, times: Times) -> None:
        self._server, self._times = server, times
        self._smtp = smtplib.SMTP(local_hostname=name, timeout=times.command)
        self._in_step = False
        self.stage = Stage.CONNECT
        self.letters = 0
        self.used = time.monotonic()

    def open(self) -> None:
        """Connect, greet, encrypt and log in, as far as the server is to be; raises Trouble."""
        with self._watched():
            self._connect()
            self._hello()
            self._encrypt()
            self._log_in()

    def deliver(self, sender: str, to: str, raw: bytes, ends: float) -> str:
        """Hand one message over and answer what the server said to it; raises Trouble.

        Its body does not leave after `ends` (monotonic): somebody else may hold the message by then.
        """
        self.letters += 1
        with self._watched():
            self._offer(sender, to, len(raw))
            if time.monotonic() >= ends:
                raise Lost(self.stage, "it took so long that the message is left to another worker", silent=True)
            self._smtp.send(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            self.stage = Stage.DOT
            # Who gives up here sends twice, so wait for as long as the message is ours (RFC 5321, 4.5.3.2.6).
            self._patience(max(self._times.command, ends - time.monotonic()))
            code, text = self._smtp.getreply()
            self._patience(self._times.command)
            return self._expect(2, code, text).decode("ascii", "replace")

    def usable(self, letters: int, seconds: float) -> bool:
        """Whether the next letter may go this way: not after so many, nor so long idle, nor when it was hung up on."""
        sock = self._smtp.sock
        if sock is None or self.letters >= letters or time.monotonic() - self.used > seconds:
            return False
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return self._in_step and not poll.poll(0)  # unasked, a server says 421 or closes

    def close(self) -> None:
        """End it, politely where the server listens."""
        if self._smtp.sock is not None and self._in_step:
            with suppress(OSError):
                self._patience(QUIT_SECONDS)
                self._smtp.docmd("QUIT")
        self._drop()

    def _drop(self) -> None:
        self._in_step = False
        with suppress(OSError):
            self._smtp.close()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Turn whatever goes wrong into Trouble. A connection stays open only while both sides are in step."""
        self._in_step = False
        try:
            yield
        except Said as said:
            if said.code == CLOSING or said.stage not in (Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT):
                self._drop()
            raise
        except Trouble:
            self._drop()
            raise
        except ssl.SSLCertVerificationError as error:
            self._drop()
            raise Barred(self.stage, f"its certificate does not hold: {error.verify_message}") from error
        except smtplib.SMTPAuthenticationError as error:
            self._drop()
            raise self._no(error.smtp_code, error.smtp_error) from error
        except (OSError, ValueError) as error:
            self._drop()
            raise Lost(self.stage, happened(error), silent=was_silence(error)) from error
        finally:
            self.used = time.monotonic()
        self._in_step = True

    def _connect(self) -> None:
        self.stage = Stage.CONNECT
        sock = socket.create_connection((self._server.host, self._server.port), self._times.connect)
        self._smtp.sock = sock
        sock.settimeout(self._times.command)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the end of a body must not wait for an ACK
        if self._server.tls is Tls.IMPLICIT:
            self._wrap(sock)
        self._expect(2, *self._smtp.getreply())

    def _hello(self) -> None:
        self.stage = Stage.HELLO
        self._expect(2, *self._smtp.ehlo())

    def _encrypt(self) -> None:
        tls, sock = self._server.tls, self._smtp.sock
        if sock is None or tls in (Tls.NONE, Tls.IMPLICIT):
            return
        self.stage = Stage.TLS
        if not self._smtp.has_extn("starttls"):
            if tls is Tls.REQUIRED:
                raise Barred(self.stage, "it does not offer STARTTLS, which MAIL_URL requires")
            return
        code, text = self._smtp.docmd("STARTTLS")
        if code == 220:
            self._wrap(sock)
            self._hello()
        elif tls is Tls.REQUIRED:
            raise self._no(code, text)

    def _wrap(self, sock: socket.socket) -> None:
        self._smtp.sock = self._server.context().wrap_socket(sock, server_hostname=self._server.host)
        self._smtp.file = None  # nothing that came in the clear may pass for an answer

    def _log_in(self) -> None:
        """By PLAIN or LOGIN, once: a second try of a wrong password can lock the account."""
        if not self._server.user:
            return
        self.stage = Stage.LOGIN
        smtp = self._smtp
        smtp.user, smtp.password = self._server.user, self._server.password
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            smtp.auth("PLAIN", smtp.auth_plain)
        elif "LOGIN" in offered:
            smtp.auth("LOGIN", smtp.auth_login)
        else:
            raise Barred(self.stage, "it does not offer a log-in by PLAIN or LOGIN on this connection")

    def _offer(self, sender: str, to: str, size: int) -> None:
        """MAIL, RCPT and DATA, from the second letter on all at once where the server can take that (RFC 2920).

        Its answers may then come all at once too, so that a silence cannot be laid at one of them. Whatever dies so is
        tried over a new connection, whose first letter goes step by step and tells.
        """
        limit = f" SIZE={size}" if self._smtp.has_extn("size") else ""
        commands = [(Stage.MAIL, f"MAIL FROM:<{sender}>{limit}"), (Stage.RCPT, f"RCPT TO:<{to}>"), (Stage.DATA, "DATA")]
        together = self.letters > 1 and self._smtp.has_extn("pipelining")
        self.stage = Stage.MAIL
        if together:
            self._smtp.send("".join(f"{command}\r\n" for _stage, command in commands))
        for number, (stage, command) in enumerate(commands, 1):
            self.stage = stage
            if not together:
                self._smtp.send(f"{command}\r\n")
            code, text = self._smtp.getreply()
            if code // 100 != (3 if stage is Stage.DATA else 2):
                trouble = self._no(code, text)
                self._make_room(trouble, len(commands) - number if together else 0)
                raise trouble

    def _make_room(self, trouble: Trouble, outstanding: int) -> None:
        """Read what else was asked for, and clear the way for the next letter; or hang up."""
        if not isinstance(trouble, Said) or trouble.code == CLOSING:
            return
        try:
            after = [self._smtp.getreply()[0] for _ in range(outstanding)]
            # The one way out of a body that the server waits for although it has no recipient is to hang up.
            self._in_step = GO_ON not in after and self._smtp.docmd("RSET")[0] == 250
        except OSError:
            self._in_step = False
        if not self._in_step:
            self._drop()

    def _expect(self, kind: int, code: int, text: bytes) -> bytes:
        """The text of a reply whose code begins with `kind`; raises Trouble for any other."""
        if code // 100 != kind:
            trouble = self._no(code, text)
            self._in_step = isinstance(trouble, Said)
            raise trouble
        return text

    def _no(self, code: int, text: bytes | str) -> Trouble:
        """What a reply means that is not the one hoped for."""
        if code // 100 in (4, 5):
            return Said.reply(self.stage, code, text)
        return Lost(self.stage, "it answered out of turn")

    def _patience(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)
