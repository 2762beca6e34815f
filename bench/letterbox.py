"""How a load process gets at the mailed links: from the ledger at once, or from the mail itself."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from uuid import UUID

import psycopg

from campaign.app import create_app
from campaign.config import load
from campaign.core import tokens
from campaign.core.columns import unseal
from campaign.core.tokens import Purpose

TO = re.compile(rb"^To: .*?([^\s<>]+@[^\s<>]+?)>?\r?$", re.MULTILINE)
LINK = re.compile(rb"https?://[^\s/]+(/confirm/\S+)")


class Letterbox(Protocol):
    """Somewhere that links turn up."""

    every: float

    def look(self) -> dict[str, str]:
        """The links that are there now, by address."""
        ...


class Ledger:
    """Takes the links from the signatures that wait, so that a rate does not hang on a mail worker."""

    every = 0.005

    def __init__(self, url: str, link: Callable[[UUID], str]) -> None:
        self._connection = psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)
        self._link = link

    def look(self) -> dict[str, str]:
        """One small statement over the index of what is not confirmed."""
        rows = self._connection.execute("SELECT email, id FROM signatures WHERE state = 'pending'").fetchall()
        return {unseal(email): self._link(id_) for email, id_ in rows}


class Maildir:
    """Reads the mails as they arrive."""

    every = 0.02

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "new"
        self._seen = {path.name for path in self._folder.iterdir()}

    def look(self) -> dict[str, str]:
        """What came since the last look."""
        new = [path for path in self._folder.iterdir() if path.name not in self._seen]
        self._seen.update(path.name for path in new)
        found = {}
        for raw in (path.read_bytes().replace(b"=\r\n", b"").replace(b"=\n", b"") for path in new):
            to, link = TO.search(raw), LINK.search(raw)
            if to and link:
                found[to[1].decode()] = link[1].decode()
        return found


def open_box(kind: str, env: dict[str, str]) -> Letterbox:
    """A letterbox: `mail` reads the Maildir of MAIL_URL, `ledger` signs links as we do, `bare` only names rows."""
    if kind == "mail":
        return Maildir(Path(env["MAIL_URL"].removeprefix("maildir://")))
    if kind == "bare":
        return Ledger(env["DATABASE_URL"], lambda id_: f"/confirm/{id_.hex}")
    context = create_app(load(env)).app_context()
    context.push()
    return Ledger(env["DATABASE_URL"], lambda id_: f"/confirm/{tokens.sign(Purpose.CONFIRM, id_.hex)}")
