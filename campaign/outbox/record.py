"""Record what the transport answered. Only the holder of the claim's fence can."""

from typing import Any

import structlog

from campaign import config
from campaign.core import metrics
from campaign.outbox import moves, pace, retry
from campaign.outbox.answers import Answer, Later, Refused, Sent, Stopped, Unknown
from campaign.outbox.lanes import Lane
from campaign.outbox.mail import Claimed
from campaign.outbox.receipts import consequences
from campaign.outbox.states import State

log = structlog.get_logger()


def record(claimed: Claimed, answer: Answer, actor: str) -> bool:
    """Move the message on; False when its lease ran out and somebody else holds it. Call it in a transaction."""
    metrics.SENDS.labels(claimed.lane.value, type(answer).__name__.lower()).inc()
    to, cause, values = _move(claimed, answer)
    only = [State.SENDING, State.UNSURE]  # unsure under the same fence: the lease ran out, and nobody holds it since
    moved = moves.move([claimed.id], to, cause=cause, actor=actor, fence=claimed.fence, only_from=only, **values)
    _limits(claimed, answer)
    if not moved:
        log.warning("lease_lost", message_id=str(claimed.id), answer=type(answer).__name__)
    return bool(moved)


def _limits(claimed: Claimed, answer: Answer) -> None:
    """What an answer says of the provider, of the recipient's domain, of one mailbox: failing, or back at work."""
    lane, mailbox = claimed.lane.limit, claimed.stream
    domain = f"domain:{claimed.envelope.mail.domain}" if claimed.lane == Lane.LETTERS else lane
    if claimed.trial:
        _settle(answer, lane, domain, mailbox)
    match answer:
        case Stopped(reason):
            pace.close(lane, None, reason)
            log.error("lane_stopped", lane=claimed.lane.value, reason=reason)
        case Later(reason, seconds, lane=True):
            pace.fail(lane, seconds, reason)
        case Later(reason, seconds, full=True):
            pace.fail(mailbox, seconds, reason)
        case Later(reason, seconds, silent=True) if claimed.lane == Lane.LETTERS:
            pace.fail(domain, seconds, reason)
        case Unknown(reason):
            pace.fail(lane if answer.lane else domain, 0.0, reason)
        case Refused(reason, dead=True) if claimed.lane == Lane.LETTERS:
            consequences.on_target_refused(claimed.id, mailbox, reason)


def _settle(answer: Answer, lane: str, domain: str, mailbox: str) -> None:
    """A trial is over: what it proved sound goes on, what it did not reach is still to be tried, the rest fails on."""
    pace.lock([lane, domain, mailbox])
    # Nobody asked, or the provider did not let us: what was to be tried is still to be tried.
    told = not isinstance(answer, Stopped) and not (isinstance(answer, Later) and not answer.counted)
    sound = {lane, domain, mailbox} if told and not _is_of_lane(answer) else set()
    if domain != lane and _is_of_domain(answer):
        sound -= {domain, mailbox}
    pace.settle(sound, recovered=True)
    pace.settle({lane, domain, mailbox} - sound, recovered=False)


def _is_of_domain(answer: Answer) -> bool:
    return (isinstance(answer, Later) and answer.silent) or (isinstance(answer, Unknown) and not answer.lane)


def _is_of_lane(answer: Answer) -> bool:
    return isinstance(answer, Later | Unknown) and answer.lane


def _move(claimed: Claimed, answer: Answer) -> tuple[State, str, dict[str, Any]]:
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
        case Later(reason, seconds, full=True) if not retry.too_old(claimed.lane, claimed.age):
            return State.QUEUED, reason, {"due_in": seconds, "note": reason, "tried": -1}
        case Later(reason, seconds):
            if retry.exhausted(claimed.lane, claimed.attempts, claimed.age):
                return State.FAILED, f"given up: {reason}", {"note": reason}
            pause = max(seconds, retry.after(claimed.attempts))
            return State.QUEUED, reason, {"due_in": pause, "note": reason}
        case Unknown(reason):
            return State.UNSURE, reason, {"due_in": config.current().grace_seconds, "note": reason}
        case Stopped(reason):
            return State.QUEUED, reason, {"note": reason, "tried": -1}
