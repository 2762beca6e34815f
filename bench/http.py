"""HTTP/1.1 as bytes, for load processes that must cost little."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)


class Wrong(Exception):
    """An answer that is not the right one."""


@dataclass(slots=True)
class Answer:
    """A whole answer."""

    status: int
    head: bytes
    body: bytes

    @property
    def location(self) -> str:
        """Where a redirect leads; raises Wrong where it leads nowhere."""
        found = LOCATION.search(self.head)
        if found is None:
            raise Wrong(f"{self.status} without a location")
        return found[1].decode()

    def expect(self, status: int) -> "Answer":
        """Itself; raises Wrong for another status."""
        if self.status != status:
            raise Wrong(f"{self.status} instead of {status}")
        return self


def get(host: str, path: str) -> bytes:
    """A GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n".encode()


def post(host: str, path: str, fields: dict[str, str]) -> bytes:
    """A form as a browser sends it."""
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def parse(data: bytes) -> Answer | None:
    """The answer, once it is whole; None until then. One request is under way at a time, so nothing follows it."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = data[: end + 2]
    length = LENGTH.search(head)
    if length is None:
        raise Wrong("an answer without a length")
    if len(data) < end + 4 + int(length[1]):
        return None
    return Answer(int(head[9:12]), head, data[end + 4 :])
