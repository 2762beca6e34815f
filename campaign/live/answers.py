"""Answers as ASGI messages, laid out once and sent as they are."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaign.core.errors import DomainError

Message = Mapping[str, Any]
Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Scope = Mapping[str, Any]
Headers = Sequence[tuple[bytes, bytes]]

METHODS = b"GET, HEAD, OPTIONS"
# The numbers are public and carry no cookie: any site may show them.
OPEN = (
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"x-content-type-options", b"nosniff"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    start: Message
    body: Message

    async def give(self, send: Send) -> None:
        """Send it."""
        await send(self.start)
        await send(self.body)


def start(status: int, headers: Headers) -> Message:
    """The first message of an answer, open to all sites."""
    return {"type": "http.response.start", "status": status, "headers": [*headers, *OPEN]}


def chunk(body: bytes) -> Message:
    """A piece of a body that goes on."""
    return {"type": "http.response.body", "body": body, "more_body": True}


LAST: Message = {"type": "http.response.body", "body": b"", "more_body": False}


def json_headers(body: bytes) -> list[tuple[bytes, bytes]]:
    """What a JSON body is. The server leaves the body itself out where the request was a HEAD."""
    return [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]


def whole(status: int, body: bytes, headers: Headers) -> Answer:
    """An answer with its whole body."""
    return Answer(
        start(status, [*headers, (b"access-control-expose-headers", b"ETag")]),
        {"type": "http.response.body", "body": body, "more_body": False},
    )


def not_modified(headers: Headers) -> Answer:
    """304: what you have is right (RFC 9110, 15.4.5)."""
    return Answer(start(304, headers), LAST)


def plain(value: Mapping[str, Any]) -> Answer:
    """A small JSON object that nobody should keep."""
    body = json.dumps(value).encode()
    return Answer(
        start(200, [*json_headers(body), (b"cache-control", b"no-store")]),
        {"type": "http.response.body", "body": body, "more_body": False},
    )


def failure(error: DomainError, headers: Headers = ()) -> Answer:
    """An error in the form of the API."""
    body = json.dumps({"error": {"code": error.code, "message": error.words, "fields": {}}}).encode()
    return Answer(
        start(error.status, [*json_headers(body), (b"cache-control", b"no-store"), *headers]),
        {"type": "http.response.body", "body": body, "more_body": False},
    )


def preflight() -> Answer:
    """What a browser asks before a request with headers of its own (Fetch, 3.2.2)."""
    headers = [
        (b"allow", METHODS),
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", b"If-None-Match, Last-Event-ID, Cache-Control"),
        (b"access-control-max-age", b"86400"),
    ]
    return Answer(start(204, headers), LAST)
