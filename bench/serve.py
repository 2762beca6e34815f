"""Starts reference servers as processes of their own and ends them by their ids."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.installation import Installation

# As the product's web process is run.
THREADS = 16


@contextmanager
def bare_site(installation: Installation, **env: str) -> Iterator[int]:
    """The bare Flask site under granian, on the place of this installation; answers its port."""
    argv = ["granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", str(THREADS)]
    argv += ["--host", "127.0.0.1", "--port", str(installation.port), "--no-ws", "--log-level", "error"]
    with _process([sys.executable, "-m", *argv, "bench.reference.app:app"], {**installation.env, **env}):
        installation.wait_up(f"http://127.0.0.1:{installation.port}/healthz")
        yield installation.port


@contextmanager
def _process(argv: list[str], env: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(argv, env={**os.environ, **env}, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)
