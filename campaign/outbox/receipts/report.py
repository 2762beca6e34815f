"""One report, read and cleaned, before it is stored; whatever brought it."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaign.outbox.receipts.kinds import Failure, Kind, Source

# An id as providers write theirs. Anything else is replaced by its hash: it may hold what no column can.
ID = re.compile(r"[A-Za-z0-9._=+/-]{1,100}")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a provider says of one message."""

    id: str
    source: Source
    message_id: UUID | None
    kind: Kind
    at: datetime
    handover: str | None = None
    failure: Failure | None = None
    status: str = ""


def stable_id(source: Source, *parts: str) -> str:
    """An id for a report that brings none fit to be one: the same parts, the same id."""
    said = "\0".join(parts).encode("utf-8", "surrogatepass")
    return f"{source}:{hashlib.sha256(said).hexdigest()[:40]}"
