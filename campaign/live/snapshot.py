"""A campaign's counter as it goes out: encoded once, however many read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaign.live.answers import Answer, chunk, json_headers, not_modified, whole
from campaign.reports import Counter, etag

# How long a browser or a proxy may show a number without asking again.
CACHE = b"public, max-age=2"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of one counter."""

    key: str
    tag: bytes
    json: Answer
    unchanged: Answer
    event: Mapping[str, Any]

    @classmethod
    def of(cls, counter: Counter) -> "Snapshot":
        """Encode a counter in every form that is asked for."""
        body = counter.json()
        name = etag(body)
        tag = f'"{name}"'.encode()
        cached = [(b"etag", tag), (b"cache-control", CACHE)]
        return cls(
            key=f"campaign:{counter.campaign_id}",
            tag=tag,
            json=whole(200, body, [*json_headers(body), *cached]),
            unchanged=not_modified(cached),
            event=chunk(b"id: %b\nevent: counter\ndata: %b\n\n" % (name.encode(), body)),
        )
