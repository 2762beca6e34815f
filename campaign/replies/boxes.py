"""The mailbox that bounces and answers come to: a Maildir on this machine, or a folder on an IMAP server over TLS."""

import imaplib
import mailbox
import os
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 10.0
# Attachments beyond it are left on the server; what the mail says stands before them.
FETCH_BYTES = 10 * 1024 * 1024
# One visit. What is left is for the next.
MOST = 500


class BoxAway(Exception):
    """The mailbox cannot be reached or read now; its words hold no password."""


class Box(Protocol):
    """Mails that nobody has read yet."""

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Each with the key to name it by. Raises BoxAway."""
        ...

    def done(self, key: str, *, keep: bool) -> None:
        """It was read: it goes, or stays for people to look at, and is not read again. Raises BoxAway."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def connect(url: str, *, tls: ssl.SSLContext | None = None, only_look: bool = False) -> Box:
    """The mailbox of BOUNCE_URL; with `only_look`, nothing in it is changed. Raises BoxAway."""
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        return MaildirBox(unquote(parts.path))
    login = (unquote(parts.username or ""), unquote(parts.password or ""))
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    return ImapBox(parts.hostname or "", parts.port or 993, login, folder, tls, only_look=only_look)


class MaildirBox:
    """A Maildir that a mail server of ours delivers into."""

    def __init__(self, folder: str) -> None:
        if not (Path(folder) / "new").is_dir():
            raise BoxAway(f"{folder} is no Maildir")
        if not all(os.access(Path(folder) / name, os.R_OK | os.W_OK | os.X_OK) for name in ("new", "cur")):
            raise BoxAway(f"{folder} cannot be read and written by this user")
        self._folder = Path(folder)
        self._box = mailbox.Maildir(folder, create=False)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """What is not marked as seen."""
        try:
            for key in sorted(self._unseen())[:MOST]:
                yield key, self._box.get_bytes(key)[:FETCH_BYTES]
        except (OSError, KeyError) as error:
            raise BoxAway(f"the Maildir cannot be read: {type(error).__name__}") from error

    def _unseen(self) -> Iterator[str]:
        """By their names, which hold the marks: any number that was left for people hides none."""
        for file in (*(self._folder / "new").iterdir(), *(self._folder / "cur").iterdir()):
            key, _colon, info = file.name.partition(self._box.colon)
            if "S" not in info.removeprefix("2,"):
                yield key

    def done(self, key: str, *, keep: bool) -> None:
        """Remove it, or mark it as seen."""
        try:
            if not keep:
                self._box.discard(key)
                return
            mail = self._box.get_message(key)
            mail.set_subdir("cur")
            mail.add_flag("S")
            self._box[key] = mail
        except (OSError, KeyError) as error:
            raise BoxAway(f"the Maildir cannot be written: {type(error).__name__}") from error

    def close(self) -> None:
        """Nothing is held open."""
        self._box.close()


class ImapBox:
    """A folder on an IMAP server. TLS from the first byte on, and the certificate must hold."""

    def __init__(
        self,
        host: str,
        port: int,
        login: tuple[str, str],
        folder: str,
        tls: ssl.SSLContext | None = None,
        *,
        only_look: bool = False,
    ) -> None:
        self._only_look = only_look
        try:
            context = tls or ssl.create_default_context()
            self._imap = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=TIMEOUT_SECONDS)
        except (OSError, imaplib.IMAP4.error) as error:
            raise BoxAway(f"no connection to the mailbox: {type(error).__name__}") from error
        try:
            self._imap.login(*login)
            name = '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
            self._ok(self._imap.select(name, readonly=only_look))  # EXAMINE leaves all marks as they are
        except (OSError, imaplib.IMAP4.error) as error:
            self.close()
            raise BoxAway("the mailbox does not let us in") from error

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """What is neither seen nor deleted."""
        try:
            found = self._ok(self._imap.uid("SEARCH", "UNSEEN UNDELETED"))
            for key in (found[0] or b"").decode().split()[:MOST]:
                answer = self._ok(self._imap.uid("FETCH", key, f"(BODY.PEEK[]<0.{FETCH_BYTES}>)"))
                raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
                if raw is not None:
                    yield key, raw
        except (OSError, imaplib.IMAP4.error) as error:
            raise BoxAway(f"the mailbox cannot be read: {type(error).__name__}") from error

    def done(self, key: str, *, keep: bool) -> None:
        """Mark it as seen, or as deleted; what is deleted goes when we leave."""
        flag = "(\\Seen)" if keep else "(\\Seen \\Deleted)"
        try:
            self._ok(self._imap.uid("STORE", key, "+FLAGS.SILENT", flag))
        except (OSError, imaplib.IMAP4.error) as error:
            raise BoxAway(f"the mailbox cannot be written: {type(error).__name__}") from error

    def close(self) -> None:
        """Expunge what was marked, and log out."""
        with suppress(OSError, imaplib.IMAP4.error):
            if self._imap.state == "SELECTED" and not self._only_look:
                self._imap.expunge()
        with suppress(OSError, imaplib.IMAP4.error):
            self._imap.logout()

    @staticmethod
    def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
        status, data = answer
        if status != "OK":
            raise imaplib.IMAP4.error(status)
        return data
