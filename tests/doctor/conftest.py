"""Apps with settings of a test's own, and addresses that answer as a test says."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from flask import Flask

from campaign.app import create_app
from campaign.config import load
from campaign.core.db import db

# Not a demonstration: mail could leave, and DNS is asked.
REAL = {"DEMO": "0", "PUBLIC_URL": "https://letters.rivers.be", "MAIL_FROM": "letters@mail.rivers.be"}
DOMAIN = "mail.rivers.be"

Having = Callable[..., Flask]
Site = Callable[..., str]


@pytest.fixture
def having(clean: None, env: dict[str, str]) -> Iterator[Having]:
    """The app with these settings besides the usual ones, in its context."""
    with ExitStack() as stack:

        def make(**changes: str) -> Flask:
            app = create_app(load({**env, **changes}))
            stack.enter_context(app.app_context())
            stack.callback(db.engine.dispose)
            stack.callback(db.session.remove)
            return app

        yield make


@pytest.fixture
def site() -> Iterator[Site]:
    """Starts a web server with one answer to everything; answers its address."""
    with ExitStack() as stack:

        def start(status: int, body: bytes = b"", **headers: str) -> str:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)

                def log_message(self, *_args: object) -> None:
                    pass

            server = HTTPServer(("127.0.0.1", 0), Handler)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            stack.callback(server.server_close)
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}"

        yield start
