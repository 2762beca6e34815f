"""Read the Maildir as its receiver would."""

import mailbox
import re
import time
from email import message_from_binary_file
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

LINK = re.compile(r"https?://[^\s/]+(/(?:confirm|thanks)/\S+)")


def mails(folder: Path) -> list[EmailMessage]:
    """Every mail in the Maildir, oldest first."""
    found = []
    for path in sorted((folder / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns):
        with path.open("rb") as file:
            found.append(cast(EmailMessage, message_from_binary_file(file, policy=default)))
    return found


def arrivals(folder: Path) -> list[float]:
    """When each mail arrived, by the receiving side: the times of its files, in order."""
    return sorted(path.stat().st_mtime_ns / 1e9 for path in (folder / "new").glob("*"))


def text(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def wait_for_mails(folder: Path, count: int, seconds: float = 30) -> list[EmailMessage]:
    """Wait until so many mails are there."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if len(list((folder / "new").glob("*"))) >= count:
            return mails(folder)
        time.sleep(0.05)
    raise AssertionError(f"{len(list((folder / 'new').glob('*')))} of {count} mails came in {seconds} s")


def link(mail: EmailMessage) -> str:
    """The path of the link that a mail asks to open."""
    found = LINK.search(text(mail))
    assert found, text(mail)
    return found[1]


def maildir(folder: Path) -> Path:
    """An empty Maildir below the folder, so that readers find it before the first mail."""
    mailbox.Maildir(str(folder / "mail"), create=True)
    return folder / "mail"
