"""The transport against Postfix's own test server, which nobody here wrote."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import pytest

from campaign.config import Settings
from campaign.outbox import Answer, Later, Refused, Sent, Stopped, Unknown
from tests.support.outbox import an_envelope
from tests.support.smtp import CALM, QUICK, transport

SINK = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

pytestmark = [
    pytest.mark.debian,
    pytest.mark.skipif(SINK is None, reason="smtp-sink is not installed (Debian: apt-get install postfix)"),
]


@contextmanager
def listening(log: Path, *options: str) -> Iterator[int]:
    """smtp-sink with these options; answers its port. What it hears goes to the log."""
    assert SINK, "CI installs what ci/debian.txt lists, postfix among it"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    with log.open("wb") as file:
        process = subprocess.Popen([SINK, *user, "-v", *options, f"127.0.0.1:{port}", "100"], stderr=file)
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(port: int) -> None:
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("smtp-sink does not listen")


def heard(log: Path) -> list[str]:
    """The commands, and `connect` for each connection but the one that waited for the start."""
    lines = [line.partition(": ")[2] for line in log.read_text().splitlines()]
    connections = ["connect" for line in lines if line.startswith("connect (AF_INET")][1:]
    commands = ("ehlo", "MAIL", "RCPT", "DATA", ".", "QUIT", "RSET")
    return connections + [line.split()[0] for line in lines if line.startswith(commands)]


@pytest.fixture
def mails() -> Iterator[Path]:
    """A folder that smtp-sink can write to, which gives root's rights up."""
    with tempfile.TemporaryDirectory(prefix="sink-") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.mark.parametrize("options", [[], ["-p"]], ids=["together", "in turn"])
def test_five_hundred_letters_over_five_connections(
    settings: Settings, tmp_path: Path, mails: Path, options: list[str]
) -> None:
    log = tmp_path / "log"
    with (
        listening(log, "-d", f"{mails}/%M.", *options) as port,
        transport(settings, f"smtp://127.0.0.1:{port}") as smtp,
    ):
        for number in range(500):
            assert isinstance(smtp.send(an_envelope(subject=f"Letter {number}: één", text=f".\n{number}\n")), Sent)
    counts = {word: heard(log).count(word) for word in ("connect", "ehlo", "MAIL", "RCPT", "DATA", ".", "QUIT", "RSET")}
    assert counts == {"connect": 5, "ehlo": 5, "MAIL": 500, "RCPT": 500, "DATA": 500, ".": 500, "QUIT": 5, "RSET": 0}
    found = [cast(EmailMessage, message_from_bytes(path.read_bytes(), policy=default)) for path in mails.iterdir()]
    texts = {str(mail["Subject"]): mail.get_content().replace("\r\n", "\n") for mail in found}
    # Its dumps end with an empty line of their own.
    assert texts == {f"Letter {number}: één": f".\n{number}\n\n" for number in range(500)}


@pytest.mark.parametrize(
    ("options", "expected", "lane", "counted"),
    [
        (["-f", "CONNECT", "-B", "554 5.7.1 blocked"], Stopped, None, None),
        (["-r", "CONNECT"], Later, True, False),
        (["-Q", "CONNECT"], Later, True, False),
        (["-q", "EHLO"], Later, True, False),
        (["-r", "MAIL", "-b", "451 4.3.0 wait"], Later, True, False),
        (["-f", "MAIL", "-B", "530 5.7.0 log in"], Stopped, None, None),
        (["-Q", "MAIL"], Later, True, False),
        (["-r", "RCPT", "-b", "451 4.7.1 greylisted"], Later, False, True),
        (["-r", "RCPT", "-b", "452 4.2.2 full"], Later, False, True),
        (["-f", "RCPT", "-B", "550 5.1.1 nobody"], Refused, None, None),
        (["-f", "RCPT", "-B", "552 5.2.2 full"], Later, False, True),
        (["-Q", "RCPT"], Later, True, True),
        (["-q", "RCPT"], Later, False, True),
        (["-Q", "DATA"], Later, True, True),
        (["-q", "DATA"], Later, False, True),
        (["-A", "0"], Refused, None, None),
        (["-r", "."], Later, False, True),
        (["-f", "."], Refused, None, None),
        (["-Q", "."], Later, True, True),
        (["-q", "."], Unknown, None, None),
        (["-W", "MAIL:9"], Later, True, False),
        (["-W", "RCPT:9"], Later, False, True),
        (["-W", "DATA:9"], Later, False, True),
        (["-W", ".:9"], Unknown, None, None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_each_way_in_which_it_can_misbehave(
    settings: Settings,
    tmp_path: Path,
    options: list[str],
    expected: type[Answer],
    lane: bool | None,
    counted: bool | None,
) -> None:
    log = tmp_path / "log"
    times, lease = (QUICK, 2) if options[0] == "-W" else (CALM, 60)
    with (
        listening(log, *options) as port,
        transport(settings, f"smtp://127.0.0.1:{port}", times, lease_seconds=lease) as smtp,
    ):
        answer = smtp.send(an_envelope())
    assert isinstance(answer, expected), answer
    if isinstance(answer, Later):
        assert (answer.lane, answer.counted) == (lane, counted), answer
    assert heard(log).count("connect") == 1
