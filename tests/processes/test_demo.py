"""`campaign demo` as a newcomer meets it: starts, says where, lets staff in, keeps its data, ends clean."""

import contextlib
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import psutil
import pytest

from tests.support.forms import CAMPAIGN, SLUG, filled, token
from tests.support.installation import free_ports
from tests.support.mail import link, wait_for_mails

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]


class Demo:
    """A running demonstration and what it said."""

    def __init__(self, data: Path, port: int, **extra: str) -> None:
        self.data, self.port = data, port
        clean = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        self.log = data.parent / f"{data.name}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "campaign", "demo", "--port", str(port), "--data", str(data)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**clean, **extra},
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> "Demo":
        """Wait until it has said where everything is."""
        ends = time.monotonic() + 90
        while "Stop with Ctrl-C" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < ends, self.said
            time.sleep(0.2)
        return self

    def family(self) -> set[int]:
        """Every process that works on this data folder or was started for it."""
        found = set()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                places = [process.cwd(), *process.cmdline(), unquote(process.environ().get("MAIL_URL", ""))]
                ours = os.getsid(process.pid) == self.process.pid or any(str(self.data) in place for place in places)
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.add(process.pid)
        return found

    def gone(self, seconds: float = 25) -> bool:
        ends = time.monotonic() + seconds
        while self.family() and time.monotonic() < ends:
            time.sleep(0.2)
        return not self.family()

    def interrupt(self) -> int:
        """Ctrl-C: the signal goes to the whole group, as from a terminal."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)


@pytest.fixture
def port() -> int:
    return free_ports()[0]


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "a demo"
    yield folder
    for process in psutil.process_iter(["pid", "cmdline"]):
        if str(folder) in " ".join(process.info["cmdline"] or []):
            process.kill()


def visit(url: str, values: dict[str, str] | None = None) -> tuple[str, str]:
    data = urllib.parse.urlencode(values).encode() if values is not None else None
    with urllib.request.urlopen(url, data=data, timeout=10) as answer:
        return answer.url, answer.read().decode()


def sign(demo: Demo) -> None:
    """Sign, confirm, and see both letters arrive."""
    _url, page = visit(demo.url + CAMPAIGN)
    visit(f"{demo.url}{CAMPAIGN}/sign", filled(page))
    (asked,) = wait_for_mails(demo.data / "mail", 1)
    visit(demo.url + link(asked), {})
    wait_for_mails(demo.data / "mail", 3)


def count(demo: Demo) -> str:
    return visit(f"{demo.url}/api/v1/campaigns/{SLUG}/counter")[1]


def killed_halfway(data: Path, port: int) -> None:
    """Kill a first start while it makes its database."""
    demo = Demo(data, port)
    while not (data / "postgres").exists():
        assert demo.process.poll() is None, demo.said
        time.sleep(0.05)
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.process.wait()
    assert demo.gone(), demo.family()


def test_the_demonstration_starts_again_lets_staff_in_keeps_its_data_and_ends_clean(data: Path, port: int) -> None:
    killed_halfway(data, port)
    demo = Demo(data, port).ready()
    assert '"signatures":0' in count(demo)
    assert len(demo.family()) >= 8, "web, live, two workers, scheduler, PostgreSQL, Valkey and the demo itself"
    sign(demo)
    address, password = re.findall(r"^ +(staff@\S+)\n +(\S+)$", demo.said, re.MULTILINE)[0]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = browser.open(f"{demo.url}/staff/sign-in").read().decode()
    form = {"csrf_token": token(page), "email": address, "password": password}
    home = browser.open(f"{demo.url}/staff/sign-in", urllib.parse.urlencode(form).encode())
    assert home.url.endswith("/staff/")
    assert "Shelter is the law" in home.read().decode()
    assert "Letter" in browser.open(f"{demo.url}/staff/outbox").read().decode()
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.process.wait()
    assert demo.gone(), f"killed, it left {demo.family()}"
    again = Demo(data, port).ready()
    assert '"signatures":1' in count(again)
    assert re.findall(r"^ +(staff@\S+)\n +(\S+)$", again.said, re.MULTILINE)[0] != (address, password), (
        "a login for each run"
    )
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(30) == 0
    assert again.gone(), again.family()


def test_a_port_in_use_is_said_in_words(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        demo = Demo(data, taken.getsockname()[1])
        assert demo.process.wait(60) == 1
    assert "is in use. Choose another" in demo.said
    assert "Traceback" not in demo.said


def test_given_servers_are_used_instead_of_its_own(data: Path, port: int, env: dict[str, str], clean: None) -> None:
    given = {name: env[name] for name in ("DATABASE_URL", "REDIS_URL")}
    demo = Demo(data, port, **given).ready()
    sign(demo)
    assert not (data / "postgres").exists()
    assert demo.interrupt() == 0
    assert demo.gone(), demo.family()
    assert "Traceback" not in demo.said
