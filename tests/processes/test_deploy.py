"""The files in deploy/ work: nginx takes its file and routes as it says, the units start commands that exist."""

import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign.cli import cli
from tests.support.forms import CAMPAIGN, SLUG
from tests.support.installation import Installation, free_ports

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def test_every_unit_starts_a_command_that_exists() -> None:
    for unit in (DEPLOY / "systemd").glob("*.service"):
        text = unit.read_text()
        assert "KillMode=mixed" in text, unit.name
        (command,) = re.findall(r"^ExecStart=/opt/postbag/\.venv/bin/campaign (.+)$", text, re.MULTILINE)
        for name in ("web", "live", "scheduler") if command == "%i" else ("people", "letters"):
            words = command.replace("%i", name).split()
            answer = CliRunner().invoke(cli, [*words, "--help"])
            assert answer.exit_code == 0, answer.output


@pytest.fixture
def proxy(installation: Installation, tmp_path: Path) -> Iterator[str]:
    """nginx in front of a real installation, from the file in deploy/, on a port of the test's and without TLS."""
    if NGINX is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    port = free_ports()[0]
    installation.env |= {"PROXIES": "1"}
    installation.web()
    installation.live()
    text = (DEPLOY / "nginx" / "postbag.conf").read_text()
    text = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r"^ +ssl_certificate.*\n", "", text, flags=re.MULTILINE)
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{installation.port}")
    text = text.replace("127.0.0.1:8001", f"127.0.0.1:{installation.live_port}")
    text = text.replace("/var/log/nginx/", f"{tmp_path}/")
    text = text.replace("/var/cache/nginx/postbag", f"{tmp_path}/cache").replace("letters.example.org", "127.0.0.1")
    places = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"daemon off; user root; pid {tmp_path}/nginx.pid; error_log {tmp_path}/nginx.log;"
        f"events {{}} http {{ access_log off; {places} {text} }}"
    )
    subprocess.run([NGINX, "-t", "-c", config], check=True, capture_output=True)
    server = subprocess.Popen([NGINX, "-c", config])
    try:
        installation.wait_up(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.debian
@pytest.mark.processes
def test_nginx_serves_pages_from_web_and_counters_and_streams_from_live(
    proxy: str, installation: Installation, tmp_path: Path
) -> None:
    with urllib.request.urlopen(proxy + CAMPAIGN, timeout=10) as page:
        assert page.status == 200
        assert page.headers["Content-Security-Policy"]
    counter = f"{proxy}/api/v1/campaigns/{SLUG}/counter"
    with urllib.request.urlopen(counter, timeout=10) as answer:
        assert json.load(answer)["signatures"] == 0
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    with urllib.request.urlopen(f"{counter}/stream", timeout=10) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        lines = [stream.readline().decode() for _line in range(5)]
    assert any(line.startswith("data: {") for line in lines), lines
    upload = urllib.request.Request(f"{proxy}/staff/campaigns/{SLUG}/making/picture", data=b"x" * 2_000_000)
    with urllib.request.urlopen(upload, timeout=10) as page:
        assert page.status == 200, "a picture comes through; it is Postbag that asks who brings it"
    installation.kill("web")
    with pytest.raises(urllib.error.HTTPError, match="502"):
        urllib.request.urlopen(f"{proxy}/confirm/a-token-of-marie", timeout=10)
    logs = [log.read_text() for log in (tmp_path / "nginx.log", tmp_path / "postbag-error.log")]
    assert not any("a-token" in log for log in logs)


def test_the_log_of_nginx_keeps_no_address_with_its_token() -> None:
    server = (DEPLOY / "nginx" / "postbag.conf").read_text().partition("server {")[2]
    assert re.findall(r"access_log\s+([^;]+);", server) == ["off"]
