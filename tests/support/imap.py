"""A stand-in for an IMAP server: one folder over TLS, and only the commands that a reader of bounces needs."""

import re
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Folder:
    """Mails by number, with their flags, and what was said to the server."""

    heard: list[str] = field(default_factory=list)
    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)

    def add(self, raw: bytes) -> int:
        """Deliver one."""
        number = max(self.mails, default=0) + 1
        self.mails[number], self.flags[number] = raw, set()
        return number


class ImapStandIn:
    """Listens on loopback until closed."""

    def __init__(self, tls: ssl.SSLContext, login: tuple[str, str] = ("bounce", "secret")) -> None:
        self.folder, self._tls, self._login = Folder(), tls, login
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            with suppress(OSError, ValueError), self._tls.wrap_socket(connection, server_side=True) as line:
                self._serve(line)

    def _serve(self, line: ssl.SSLSocket) -> None:
        stream = line.makefile("rwb")
        stream.write(b"* OK ready\r\n")
        stream.flush()
        while request := stream.readline():
            tag, _space, command = request.decode().strip().partition(" ")
            said, status = self._answer(command)
            stream.write(said + f"{tag} {status}\r\n".encode())
            stream.flush()
            if command.upper().startswith("LOGOUT"):
                return

    def _answer(self, command: str) -> tuple[bytes, str]:
        word = command.upper()
        self.folder.heard.append(word.split()[0])
        if word.startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n", "OK done"
        if word.startswith("LOGIN"):
            user, password = command.split()[1:]
            return b"", "OK in" if (user.strip('"'), password.strip('"')) == self._login else "NO not you"
        if word.startswith("SELECT"):
            return f"* {len(self.folder.mails)} EXISTS\r\n".encode(), "OK [READ-WRITE] done"
        if word.startswith("EXAMINE"):
            return f"* {len(self.folder.mails)} EXISTS\r\n".encode(), "OK [READ-ONLY] done"
        if word.startswith("UID SEARCH"):
            found = [str(n) for n, flags in self.folder.flags.items() if not flags]
            return f"* SEARCH {' '.join(found)}\r\n".encode(), "OK done"
        if word.startswith("UID FETCH"):
            number = int(command.split()[2])
            raw = self.folder.mails[number]
            head = f"* {number} FETCH (UID {number} BODY[]<0> {{{len(raw)}}}\r\n".encode()
            return head + raw + b")\r\n", "OK done"
        if word.startswith("UID STORE"):
            self.folder.flags[int(command.split()[2])] |= set(re.findall(r"\\\w+", command))
            return b"", "OK done"
        if word.startswith("EXPUNGE"):
            for number in [n for n, flags in self.folder.flags.items() if "\\Deleted" in flags]:
                del self.folder.mails[number], self.folder.flags[number]
            return b"", "OK done"
        return b"", "OK bye" if word.startswith("LOGOUT") else "BAD what"
