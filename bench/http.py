"""HTTP/1.1 as bytes, for load processes that must cost little."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: *([^;\r]+)", re.IGNORECASE)
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


@dataclass
class Browser:
    """What one visitor sends with each request: the site's name, the own address, the cookie that was set."""

    host: str
    address: str = "192.0.2.1"
    cookie: str = ""

    def get(self, path: str) -> bytes:
        """A GET request."""
        return f"GET {path} HTTP/1.1\r\n{self._head()}\r\n".encode()

    def post(self, path: str, fields: dict[str, str]) -> bytes:
        """A form."""
        body = urlencode(fields).encode()
        head = (
            f"POST {path} HTTP/1.1\r\n{self._head()}Sec-Fetch-Site: same-origin\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def keep(self, answer: "Answer") -> None:
        """Remember the cookie that came with an answer."""
        found = COOKIE.search(answer.head)
        if found:
            self.cookie = found[1].decode()

    def _head(self) -> str:
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        return f"Host: {self.host}\r\nX-Forwarded-For: {self.address}\r\nAccept: */*\r\n{cookie}"


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
