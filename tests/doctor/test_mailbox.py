"""The mailbox for bounces: opened as the scheduler opens it, and left as it was."""

import mailbox as maildirs
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign import config
from campaign.doctor import mailbox
from campaign.doctor.finding import Finding, Status
from campaign.doctor.redact import secrets_of
from tests.doctor.conftest import REAL, Having
from tests.support.certificates import certificate
from tests.support.imap import ImapStandIn
from tests.support.sendgrid import server_tls


def found() -> Finding:
    (line,) = mailbox.check()
    return line


@pytest.fixture
def imap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapStandIn]:
    """A server that this machine trusts, with one unread mail and one that somebody marked to go."""
    files = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
    there = ImapStandIn(server_tls(files.shown, files.key), login=("bounce", "canary-password"))
    there.folder.add(b"Subject: unread\r\n\r\n")
    there.folder.flags[there.folder.add(b"Subject: going\r\n\r\n")] = {"\\Deleted"}
    yield there
    there.close()


def test_without_one_it_says_so(having: Having) -> None:
    having(**REAL)
    assert (found().status, "BOUNCE_URL is not set" in found().text) == (Status.SKIPPED, True)


def test_the_right_password_and_nothing_in_the_folder_changes(having: Having, imap: ImapStandIn) -> None:
    having(**REAL, BOUNCE_URL=f"imaps://bounce:canary-password@localhost:{imap.port}/INBOX")
    assert found().status is Status.OK
    assert imap.folder.flags == {1: set(), 2: {"\\Deleted"}}
    assert not {"SELECT", "UID", "STORE", "EXPUNGE"} & set(imap.folder.heard)


def test_a_wrong_password_and_a_certificate_that_does_not_hold(
    having: Having, imap: ImapStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    having(**REAL, BOUNCE_URL=f"imaps://bounce:canary-wrong@localhost:{imap.port}/INBOX")
    refused = found()
    assert (refused.status, refused.text) == (
        Status.PROBLEM,
        "It cannot be opened: the mailbox does not let us in.",
    )
    assert "canary-wrong" in secrets_of(config.current())
    monkeypatch.delenv("SSL_CERT_FILE")
    forged = found()
    assert (forged.status, "SSLCertVerificationError" in forged.text) == (Status.PROBLEM, True)
    assert "canary" not in str((refused, forged))


def test_a_maildir_that_is_there_and_one_that_is_not(having: Having, tmp_path: Path) -> None:
    maildirs.Maildir(str(tmp_path / "in"), create=True)
    having(**REAL, BOUNCE_URL=f"maildir://{tmp_path}/in")
    assert found().status is Status.OK
    having(**REAL, BOUNCE_URL=f"maildir://{tmp_path}/elsewhere")
    assert (found().status, "is no Maildir" in found().text) == (Status.PROBLEM, True)
