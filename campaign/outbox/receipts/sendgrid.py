"""SendGrid's events as reports. The body has been verified; that it was signed does not make it well-formed."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from campaign.core.clock import now
from campaign.core.errors import DomainError
from campaign.outbox.receipts.classify import failure_of, status_of
from campaign.outbox.receipts.kinds import Failure, Kind, Source
from campaign.outbox.receipts.report import ID, Report, stable_id

KINDS = {
    "processed": Kind.PROCESSED,
    "deferred": Kind.DEFERRED,
    "delivered": Kind.DELIVERED,
    "bounce": Kind.BOUNCED,
    "dropped": Kind.DROPPED,
    "spamreport": Kind.COMPLAINED,
}
# Why SendGrid did not try: its lists of addresses, by the beginning of its words.
LISTS = ("bounced address", "invalid", "spam reporting address", "unsubscribed address", "user defined")
BLOCKS = frozenset({"reputation", "content", "frequency or volume too high", "technical"})
LATEST = 4_102_444_800  # 2100: beyond it is no time


class BadEvents(DomainError):
    """What was signed is not a list of events."""

    code = "bad_events"


def read(body: bytes) -> list[Report]:
    """The reports in a body; raises BadEvents where it is no list. What is no event in it is left out."""
    try:
        events = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadEvents("The body is not JSON.") from error
    if not isinstance(events, list):
        raise BadEvents("The body is not a list.")
    return [_report(event) for event in events if isinstance(event, dict)]


def _report(event: dict[str, Any]) -> Report:
    kind = KINDS.get(_text(event, "event"), Kind.OTHER)
    words = " ".join(_text(event, name) for name in ("reason", "response"))
    status = status_of(_text(event, "status"), words)
    handover = _text(event, "sg_message_id").partition(".")[0]
    return Report(
        id=_id(event),
        source=Source.SENDGRID,
        message_id=_message_id(event),
        kind=kind,
        at=_at(event),
        handover=handover if ID.fullmatch(handover) else None,
        failure=_failure(event, kind, status, words),
        status=status if kind in (Kind.BOUNCED, Kind.DROPPED, Kind.DEFERRED) else "",
    )


def _id(event: dict[str, Any]) -> str:
    id_ = _text(event, "sg_event_id")
    if ID.fullmatch(id_):
        return id_
    return stable_id(Source.SENDGRID, id_, *(str(event.get(name)) for name in ("message_id", "event", "timestamp")))


def _message_id(event: dict[str, Any]) -> UUID | None:
    """Ours, which we gave along with the mail (`custom_args`)."""
    try:
        return UUID(_text(event, "message_id"))
    except ValueError:
        return None


def _at(event: dict[str, Any]) -> datetime:
    seconds = event.get("timestamp")
    if isinstance(seconds, int) and 0 < seconds < LATEST:
        return datetime.fromtimestamp(seconds, UTC)
    return now()


def _failure(event: dict[str, Any], kind: Kind, status: str, words: str) -> Failure | None:
    if kind == Kind.DROPPED:
        return Failure.LISTED if words.strip().lower().startswith(LISTS) else Failure.BLOCKED
    if kind != Kind.BOUNCED:
        return None
    found = failure_of(status, words)
    if found == Failure.FULL:
        return found
    class_ = _text(event, "bounce_classification").lower()
    if _text(event, "type") == "blocked" or class_ in BLOCKS:
        return Failure.BLOCKED
    # SendGrid calls a bounce what will not be taken tomorrow either, and says so where the server's words do not.
    unclear = found == Failure.OTHER and status in ("", "5.0.0")
    return Failure.ADDRESS if class_ == "invalid address" or unclear else found


def _text(event: dict[str, Any], name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""
