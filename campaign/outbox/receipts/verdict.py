"""Where a message stands by all its receipts together: by rank and time, so that neither order nor copies matter."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from campaign.outbox.receipts.kinds import FINAL, Failure, Kind
from campaign.outbox.states import State
from campaign.outbox.transports.smtp_words import in_words

# What a receipt makes of one handover. A mailbox that took a message may still return it, and its reader may complain.
STATES = {
    Kind.OTHER: State.SENT,
    Kind.PROCESSED: State.SENT,
    Kind.DEFERRED: State.SENT,
    Kind.DELIVERED: State.DELIVERED,
    Kind.BOUNCED: State.BOUNCED,
    Kind.DROPPED: State.BOUNCED,
    Kind.COMPLAINED: State.COMPLAINED,
}
WITHIN = (State.SENT, State.DELIVERED, State.BOUNCED, State.COMPLAINED)
# Over several handovers of a message (its worker died, and it went again): one that arrived has arrived.
ACROSS = (State.SENT, State.BOUNCED, State.DELIVERED, State.COMPLAINED)

REASONS = {
    Failure.ADDRESS: "there is no such mailbox",
    Failure.LISTED: "the mail provider does not write to this address any more",
    Failure.FULL: "the mailbox is full",
    Failure.BLOCKED: "the receiver blocked it",
    Failure.OTHER: "the receiver returned it",
}


@dataclass(frozen=True)
class Seen:
    """A receipt as the verdict needs it."""

    id: str
    handover: str | None
    kind: Kind
    failure: Failure | None
    status: str
    at: datetime


@dataclass(frozen=True)
class Verdict:
    """Where a message stands, why in words, and what its address is worth."""

    state: State
    cause: str
    note: str | None
    failure: Failure | None
    refused: bool  # some receipt says that nobody reads mail there
    complained: bool


def verdict(receipts: Iterable[Seen]) -> Verdict | None:
    """The one answer for a set of receipts; None for an empty set."""
    handovers: dict[str | None, list[Seen]] = defaultdict(list)
    for one in sorted(receipts, key=lambda one: (one.at, one.id)):
        handovers[one.handover].append(one)
    if not handovers:
        return None
    deciding = [_deciding(seen) for seen in handovers.values()]
    last = max(deciding, key=lambda one: (ACROSS.index(STATES[one.kind]), one.at, one.id))
    state = STATES[last.kind]
    everything = [one for seen in handovers.values() for one in seen]
    return Verdict(
        state=state,
        cause=_cause(last),
        note=_reason(last) if last.kind in (Kind.BOUNCED, Kind.DROPPED, Kind.DEFERRED) else None,
        failure=last.failure if state == State.BOUNCED else None,
        refused=any(one.failure in FINAL for one in everything),
        complained=state == State.COMPLAINED,
    )


def _deciding(seen: list[Seen]) -> Seen:
    """Of one handover, the last receipt of the highest rank."""
    return max(seen, key=lambda one: (WITHIN.index(STATES[one.kind]), one.at, one.id))


def _cause(one: Seen) -> str:
    if one.kind in (Kind.BOUNCED, Kind.DROPPED):
        return f"receipt: {_reason(one)}"
    return f"receipt: {one.kind}"


def _reason(one: Seen) -> str:
    """Why it came back or waits, in words for staff, with the status code."""
    if one.kind == Kind.DEFERRED:
        reason = in_words(0, one.status) if one.status else "the receiver asked to come back later"
    else:
        reason = REASONS[one.failure or Failure.OTHER]
    return f"{reason} ({one.status})" if one.status else reason
