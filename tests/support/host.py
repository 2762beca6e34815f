"""Somebody else's web site: a few pages, each with the policy that it wants, on an origin of its own."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from campaign.config import ROOT

DOCS = ROOT / "docs" / "embed.md"
# What stands for an installation in the documents.
HOME, LIVE, CAMPAIGN = "https://letters.example.org", "https://live.example.org", "your-campaign"


@dataclass
class Host:
    """The site; pages by path, as body and Content-Security-Policy."""

    port: int = 0
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its origin."""
        return f"http://localhost:{self.port}"

    def put(self, path: str, body: str, policy: str = "") -> str:
        """Add a page; answers its address."""
        self.pages[path] = (f"<!doctype html><html lang=en><title>Host</title><body>{body}", policy)
        return self.url + path


@contextmanager
def serving() -> Iterator[Host]:
    """A host that answers while inside."""
    host = Host()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, policy = host.pages.get(self.path, ("", ""))
            self.send_response(200 if body else 204)  # a browser asks for an icon, too
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        host.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()


def examples(home: str, live: str, slug: str) -> list[str]:
    """The HTML of docs/embed.md, for an installation."""
    return [_for(block, home, live, slug) for block in re.findall(r"```html\n(.*?)```", DOCS.read_text(), re.DOTALL)]


def policies(home: str, live: str, slug: str) -> str:
    """The lines of docs/embed.md for pages with a strict policy, put together as a host would."""
    section = DOCS.read_text().partition("## A page with a Content-Security-Policy")[2].partition("\n## ")[0]
    sources: dict[str, list[str]] = {}
    for line in re.findall(r"^\|[^|]+\| `([^`]+)` \|$", section, re.MULTILINE):
        for directive in _for(line, home, live, slug).split("; "):
            name, *hosts = directive.split()
            sources.setdefault(name, []).extend(host for host in hosts if host not in sources.get(name, []))
    return "; ".join(f"{name} {' '.join(hosts)}" for name, hosts in sources.items())


def _for(text: str, home: str, live: str, slug: str) -> str:
    return text.replace(HOME, home).replace(LIVE, live).replace(CAMPAIGN, slug)
