"""Starts reference servers as processes of their own and ends them by their ids."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.installation import Installation

# Both sides alike: a process for each core, with few threads, as an installation that is busy is run.
PROCESSES = os.cpu_count() or 1
THREADS = 4
# As for the pages of a site, and without its log. `user` is only read where root runs this.
NGINX = """
daemon off; pid {folder}/pid; worker_processes 1; error_log stderr crit; {user}
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; default_type application/json;
  open_file_cache max=10; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/html; }}
}}
"""


@contextmanager
def bare_site(installation: Installation, **env: str) -> Iterator[int]:
    """The bare Flask site under granian, on the place of this installation; answers its port."""
    argv = ["granian", "--interface", "wsgi", "--workers", str(PROCESSES), "--blocking-threads", str(THREADS)]
    argv += ["--host", "127.0.0.1", "--port", str(installation.port), "--no-ws", "--log-level", "error"]
    with process([sys.executable, "-m", *argv, "bench.reference.app:app"], {**installation.env, **env}):
        installation.wait_up(f"http://127.0.0.1:{installation.port}/healthz")
        yield installation.port


@contextmanager
def process(argv: list[str], env: dict[str, str]) -> Iterator[None]:
    """A process until the end of the block, ended by its id."""
    running = subprocess.Popen(argv, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        running.terminate()
        running.wait(10)


@contextmanager
def nginx_file(folder: Path, port: int, path: str, body: bytes) -> Iterator[bool]:
    """nginx with one worker process that serves these bytes at this path; False where there is no nginx."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        yield False
        return
    file = folder / "nginx" / "html" / path.lstrip("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(body)
    conf = folder / "nginx" / "nginx.conf"
    conf.write_text(NGINX.format(folder=folder / "nginx", port=port, user="user root;" if os.geteuid() == 0 else ""))
    with process([program, "-p", str(folder / "nginx"), "-c", str(conf), "-e", "stderr"], {}):
        wait_open(port)
        yield True


def wait_open(port: int) -> None:
    """Until something listens there; raises RuntimeError when nothing does in ten seconds."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("a server did not start")
