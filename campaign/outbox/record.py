"""Record what the transport answered. Only the holder of the claim's fence can."""

import structlog

from campaign import config
from campaign.core import metrics
from campaign.outbox import moves, pace, retry
from campaign.outbox.answers import Answer, Later, Refused, Sent, Stopped, Unknown
from campaign.outbox.mail import Claimed
from campaign.outbox.states import State

log = structlog.get_logger()


def record(claimed: Claimed, answer: Answer, actor: str) -> bool:
    """Move the message on; False when its lease ran out and somebody else holds it. Call it in a transaction."""
    metrics.SENDS.labels(claimed.lane.value, type(answer).__name__.lower()).inc()
    to, cause, values = _move(claimed, answer)
    only = [State.SENDING, State.UNSURE]  # unsure under the same fence: the lease ran out, and nobody holds it since
    moved = moves.move([claimed.id], to, cause=cause, actor=actor, fence=claimed.fence, only_from=only, **values)
    _lane(claimed, answer)
    if not moved:
        log.warning("lease_lost", message_id=str(claimed.id), answer=type(answer).__name__)
    return bool(moved)


def _lane(claimed: Claimed, answer: Answer) -> None:
    """What an answer says of the provider: stopped, failing, or back at work."""
    limit = claimed.lane.limit
    match answer:
        case Stopped(reason):
            pace.close(limit, None, reason)
            log.error("lane_stopped", lane=claimed.lane.value, reason=reason)
        case Later(reason, seconds, lane=True):
            pace.fail(limit, seconds, reason)
        case Unknown(reason):
            pace.fail(limit, 0.0, reason)
        case Later(counted=False) if claimed.trial:  # nobody asked the provider: the next letter tries
            pace.reopen(limit)
        case _ if claimed.trial:
            pace.recover(limit)


def _move(claimed: Claimed, answer: Answer) -> tuple[State, str, dict[str, object]]:
    """Where an answer takes a message, why, and what else changes."""
    match answer:
        case Sent(provider_id, delivered):
            state = State.DELIVERED if delivered else State.SENT
            return state, "handed over", {"provider_id": provider_id}
        case Refused(reason):
            return State.FAILED, reason, {"note": reason}
        case Later(reason, seconds, counted=False):
            due = {"due_in": seconds} if seconds else {}  # at once: it keeps its place, before what was due later
            return State.QUEUED, reason, {**due, "note": reason, "tried": -1}
        case Later(reason, seconds):
            if retry.exhausted(claimed.lane, claimed.attempts, claimed.age):
                return State.FAILED, f"given up: {reason}", {"note": reason}
            pause = max(seconds, retry.after(claimed.attempts))
            return State.QUEUED, reason, {"due_in": pause, "note": reason}
        case Unknown(reason):
            return State.UNSURE, reason, {"due_in": config.current().grace_seconds, "note": reason}
        case Stopped(reason):
            return State.QUEUED, reason, {"note": reason, "tried": -1}
