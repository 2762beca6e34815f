"""Read a multipart form whose fields are in any charset, and keep nothing of its files but their names."""

from collections.abc import Iterator
from typing import IO

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from campaign.core.errors import DomainError

CHUNK = 64 * 1024
FIELD_MAX = 10 * 1024 * 1024
PARTS_MAX = 500


class BadForm(DomainError):
    """Not a multipart form."""

    code = "bad_form"


def read(stream: IO[bytes], boundary: str) -> tuple[dict[str, bytes], list[str]]:
    """The fields as bytes, each cut at 10 MB, and the names of the files. Raises BadForm."""
    fields: dict[str, bytearray] = {}
    files: list[str] = []
    into: bytearray | None = None
    try:
        for event in _events(stream, boundary):
            if isinstance(event, File):
                files.append(event.filename)
                into = None
            elif isinstance(event, Field):
                into = fields.setdefault(event.name, bytearray())
            elif isinstance(event, Data) and into is not None:
                into += event.data[: max(0, FIELD_MAX - len(into))]
    except (ValueError, LookupError, RequestEntityTooLarge) as error:
        raise BadForm("This is not a multipart form.") from error
    return {name: bytes(value) for name, value in fields.items()}, files


def _events(stream: IO[bytes], boundary: str) -> Iterator[Event]:
    decoder = MultipartDecoder(boundary.encode("latin-1"), max_parts=PARTS_MAX)
    while True:
        event = decoder.next_event()
        if isinstance(event, NeedData):
            decoder.receive_data(stream.read(CHUNK) or None)
            continue
        yield event
        if isinstance(event, Epilogue):
            return
