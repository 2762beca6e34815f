"""Record what the transport answered. Only the holder of the claim's fence can."""

import structlog

from campaign import config
from campaign.core import metrics
from campaign.outbox import moves, pace
from campaign.outbox.answers import Answer, Later, Refused, Sent, Stopped, Unknown
from campaign.outbox.mail import Claimed
from campaign.outbox.states import State

log = structlog.get_logger()


def record(claimed: Claimed, answer: Answer, actor: str) -> bool:
    """Move the message on; False when its lease ran out and somebody else holds it. Call it in a transaction."""
    metrics.SENDS.labels(claimed.lane.value, type(answer).__name__.lower()).inc()
    to, cause, values = _move(answer)
    only = [State.SENDING, State.UNSURE]  # unsure under the same fence: the lease ran out, and nobody holds it since
    moved = moves.move([claimed.id], to, cause=cause, actor=actor, fence=claimed.fence, only_from=only, **values)
    if isinstance(answer, Stopped):
        pace.close(claimed.lane.limit, None, answer.reason)
        log.error("lane_stopped", lane=claimed.lane.value, reason=answer.reason)
    elif isinstance(answer, Later) and answer.lane:
        pace.close(claimed.lane.limit, answer.seconds, answer.reason)
    if not moved:
        log.warning("lease_lost", message_id=str(claimed.id), answer=type(answer).__name__)
    return bool(moved)


def _move(answer: Answer) -> tuple[State, str, dict[str, object]]:
    """Where an answer takes a message, why, and what else changes."""
    match answer:
        case Sent(provider_id, delivered):
            state = State.DELIVERED if delivered else State.SENT
            return state, "handed over", {"provider_id": provider_id}
        case Refused(reason):
            return State.FAILED, reason, {"note": reason}
        case Later(reason, seconds, _lane, counted):
            return State.QUEUED, reason, {"due_in": seconds, "note": reason, "tried": 0 if counted else -1}
        case Unknown(reason):
            return State.UNSURE, reason, {"due_in": config.current().grace_seconds, "note": reason}
        case Stopped(reason):
            return State.QUEUED, reason, {"due_in": 0, "note": reason, "tried": -1}
