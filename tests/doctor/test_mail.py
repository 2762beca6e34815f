"""Log-in to each way for mail to leave, against stand-ins; nothing is sent."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.doctor import mail
from campaign.doctor.finding import Finding, Status
from tests.doctor.conftest import REAL, Having
from tests.support.certificates import certificate
from tests.support.installation import free_ports
from tests.support.sendgrid import KEY, StandIn, Step
from tests.support.smtp import ESCAPED, Sink, listening, server_tls

OK, SKIPPED, WARNING, PROBLEM = Status
SCOPES = b'{"scopes": ["user.profile.read", "mail.send"]}'


def found() -> Finding:
    """The one line."""
    (line,) = mail.check()
    return line


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server that wants a log-in and does not insist on encryption."""
    with listening(Sink(), login=True) as sink:
        yield sink


def test_the_right_password(having: Having, sink: Sink) -> None:
    having(**REAL, MAIL_URL=f"smtp://{ESCAPED}127.0.0.1:{sink.port}?tls=none")
    assert found().status is OK
    assert sink.mails == []
    assert not {"MAIL", "RCPT", "DATA"} & set(sink.heard)
    assert sink.heard[-1] == "QUIT"


def test_a_wrong_password(having: Having, sink: Sink) -> None:
    having(**REAL, MAIL_URL=f"smtp://canary-user:canary-password@127.0.0.1:{sink.port}?tls=none")
    line = found()
    assert line.status is PROBLEM
    assert "the log-in was not accepted (AUTH 535" in line.text
    assert "canary" not in str(line)
    assert "MAIL_URL" in line.advice


def test_a_server_without_encryption(having: Having, sink: Sink) -> None:
    having(**REAL, MAIL_URL=f"smtp://{ESCAPED}127.0.0.1:{sink.port}")
    assert found().status is PROBLEM
    assert "STARTTLS, which MAIL_URL requires" in found().text
    assert "AUTH" not in sink.heard


def test_a_certificate_that_nobody_vouches_for(having: Having, tmp_path: Path) -> None:
    with listening(Sink(), starttls=server_tls(certificate(tmp_path)), login=True) as sink:
        having(**REAL, MAIL_URL=f"smtp://{ESCAPED}127.0.0.1:{sink.port}")
        line = found()
    assert line.status is PROBLEM
    assert "certificate" in line.text


def test_a_server_that_is_away(having: Having) -> None:
    having(**REAL, MAIL_URL=f"smtp://{ESCAPED}127.0.0.1:{free_ports()[0]}")
    assert found().status is PROBLEM
    assert "connection refused" in found().text


def test_an_address_that_cannot_be_read_quotes_no_password(having: Having) -> None:
    having(**REAL, MAIL_URL="smtp://user:canary/password@mail.rivers.be:587")
    line = found()
    assert line.status is PROBLEM
    assert "canary" not in str(line)


@pytest.mark.parametrize(
    ("step", "status", "words"),
    [
        (Step(200, body=SCOPES), OK, "may send mail"),
        (Step(200, body=b'{"scopes": ["stats.read"]}'), PROBLEM, "lacks the scope mail.send"),
        (Step(200, body=b"<html>"), PROBLEM, "lacks the scope mail.send"),
        (Step(401), PROBLEM, "401"),
        (Step(403), PROBLEM, "403"),
        (Step(302, headers={"Location": "https://elsewhere.example/"}), PROBLEM, "points elsewhere"),
        (Step(429, reset_in=5), PROBLEM, "429"),
        (Step(503), PROBLEM, "503"),
        (Step(503, then="reset"), PROBLEM, "did not answer"),
    ],
    ids=lambda value: f"{value.status} {value.then}" if isinstance(value, Step) else None,
)
def test_sendgrid(having: Having, step: Step, status: Status, words: str) -> None:
    there = StandIn()
    there.script(step)
    having(**REAL, MAIL_URL="sendgrid:", SENDGRID_API_KEY=KEY, SENDGRID_HOST=there.url)
    try:
        line = found()
    finally:
        there.close()
    assert (line.status, words in line.text) == (status, True), line
    assert KEY not in str(line)
    (call,) = there.calls
    assert (call.method, call.path, call.headers["authorization"]) == ("GET", "/v3/scopes", f"Bearer {KEY}")
    assert not there.mailbox


@pytest.mark.parametrize(
    "changes",
    [{"SENDGRID_API_KEY": "canary key"}, {"SENDGRID_API_KEY": KEY, "SENDGRID_HOST": "http://192.0.2.1"}],
)
def test_sendgrid_settings_that_must_not_be_used(having: Having, changes: dict[str, str]) -> None:
    having(**REAL, MAIL_URL="sendgrid:", **changes)
    line = found()
    assert line.status is PROBLEM
    assert "SENDGRID_" in line.text
    assert "canary" not in str(line)


def test_a_mail_folder_that_is_there_and_one_that_the_first_mail_makes(having: Having, tmp_path: Path) -> None:
    for name in ("tmp", "new", "cur"):
        (tmp_path / "there" / name).mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    for folder in ("there", "not/yet"):
        having(MAIL_URL=f"maildir://{tmp_path}/{folder}")
        assert found().status is OK
    assert sorted(tmp_path.rglob("*")) == before


def test_a_mail_folder_that_cannot_be_written(having: Having, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    having(MAIL_URL=f"maildir://{tmp_path}/file")
    assert found().status is PROBLEM
    assert os.strerror(20) in found().text  # not a directory
