"""Drain a lane: claim, send with no transaction open, record; until nothing is due or the turn is over."""

import os
import socket
import time
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError, TimeoutError as PoolTimeout

from campaign import config, outbox
from campaign.core.db import db, transaction
from campaign.core.queue import heard, ring
from campaign.jobs.stop import stopping, wait
from campaign.outbox import Answer, Claimed, Lane, Later, Ready, Refused, Sent, Transport, Unknown, Wait

log = structlog.get_logger()

# One turn. A deploy never waits for more than the letter in hand.
TURN_SECONDS = 45.0
# A permit older than this belongs to a moment that has passed: sending on it would break the pace.
PERMIT_SECONDS = 1.0
# Waiting longer than this for a permit is the sweeper's business, who rings again when it is time.
PATIENCE_SECONDS = 12.0
# While waiting, look again this often for mail that has become due meanwhile.
GLANCE_SECONDS = 1.0
RETRY_SECONDS = 0.3
HELD_UP = Later("the worker was held up", 0.0, counted=False)
# The database is away, restarts, or takes too long.
AWAY = (OperationalError, InterfaceError, PoolTimeout)


def attend(lane_name: str) -> None:
    """What a hint starts: a drain. A failure is logged, and the next hint or sweep tries again."""
    try:
        drain(lane_name)
    except SQLAlchemyError as error:
        log.warning("drain_failed", lane=lane_name, error=type(error).__name__)
    except Exception:  # the worker lives on: its next turn may meet a better world
        log.exception("drain_failed", lane=lane_name)
    finally:
        db.session.remove()


def _actor() -> str:
    # Asked each time: a process may have been forked after it imported this.
    return f"worker:{socket.gethostname()}/{os.getpid()}"


def drain(lane_name: str) -> int:
    """Send what the lane has due; answers how many messages were tried. Safe to run any number of times at once."""
    lane = Lane(lane_name)
    heard(lane)
    transport = outbox.connect(config.current())
    try:
        return _turn(lane, transport)
    finally:
        transport.close()


def _turn(lane: Lane, transport: Transport) -> int:
    ends = time.monotonic() + TURN_SECONDS
    tried, woken = 0, False
    begun, step = _step(lane, None)
    while not stopping() and time.monotonic() < ends:
        if isinstance(step, Wait):
            if step.seconds is None or step.seconds > PATIENCE_SECONDS:
                return tried
            wait(min(step.seconds, GLANCE_SECONDS))
            begun, step = _step(lane, None)
            continue
        if not woken:  # there is work: wake one more worker, who will do the same
            woken = ring(lane) or True
        answer = _send(transport, step, begun)
        tried += answer is not HELD_UP
        if step.plain and isinstance(answer, Sent):  # nothing holds the lane up: the next ones many at once
            _insist(lane, (step, answer))
            tried += _run(lane, transport, ends)
            begun, step = _step(lane, None)
        else:
            begun, step = _record(lane, (step, answer))
    _give_back(step)
    ring(lane)
    return tried


def _run(lane: Lane, transport: Transport, ends: float) -> int:
    """Batch after batch, as long as there are letters that no limit holds up; answers how many were tried."""
    tried, size = 0, 2
    while not stopping() and time.monotonic() < ends:
        begun = time.monotonic()
        with transaction():
            asides = outbox.batches.set_aside(lane, size)
        try:
            with transaction():
                batch = outbox.batches.compose(lane, asides)
            sent = _send_batch(lane, transport, batch, begun)
        except Exception as error:  # noqa: BLE001 - a claim looks at each alone, and says what is wrong with it
            log.warning("batch_left", lane=lane.value, error=type(error).__name__)
            sent, batch = 0, []
        if sent < len(asides):
            with transaction():
                outbox.batches.give_back(asides)
        outbox.batches.tell(asides)
        tried += sent
        if sent < len(batch) or len(batch) < size:
            return tried
        size = min(2 * size, outbox.batches.MOST)
    return tried


def _send_batch(lane: Lane, transport: Transport, batch: Sequence[Ready], begun: float) -> int:
    """Send the letters of a batch, each recorded before the next leaves; answers how many were tried.

    Ends early when it takes long, or when one could not begin or had another answer than `Sent`.
    """
    done: tuple[Ready, Sent] | None = None
    tried = 0
    for ready in batch:
        late = time.monotonic() - begun > PERMIT_SECONDS
        at = time.monotonic()
        goes = _advance(lane, done, None if late or stopping() else ready)
        done = None
        if not goes:
            return tried
        answer = _send(transport, ready.claimed, at)
        tried += answer is not HELD_UP
        if not isinstance(answer, Sent):
            _insist(lane, (ready.claimed, answer))
            return tried
        done = ready, answer
    _advance(lane, done, None)
    return tried


def _advance(lane: Lane, done: tuple[Ready, Sent] | None, ready: Ready | None) -> bool:
    """Record one and begin with the next; where that fails, what was sent is recorded all the same."""
    try:
        with transaction():
            return outbox.batches.advance(done, ready, _actor())
    except Exception as error:  # noqa: BLE001 - whatever it is, an answer must not be lost
        log.warning("record_retried", lane=lane.value, error=type(error).__name__)
    if done is not None:
        _insist(lane, (done[0].claimed, done[1]))
    if ready is not None:  # whether it has begun is not known
        _insist(lane, (ready.claimed, Later("the database was away", 0.0, counted=False)))
    return False


def _step(lane: Lane, done: tuple[Claimed, Answer] | None) -> tuple[float, Claimed | Wait]:
    """Record what was sent and claim the next, in one commit.

    What says something of the provider moves the lane's limit; a claim under it would wait crosswise with others.
    """
    if done is not None and (done[0].trial or not isinstance(done[1], Sent | Refused)):
        with transaction():
            outbox.record(*done, _actor())
        done = None
    begun = time.monotonic()
    with transaction():
        if done is not None:
            outbox.record(*done, _actor())
        return begun, Wait(None) if stopping() else outbox.claim(lane, _actor())


def _record(lane: Lane, done: tuple[Claimed, Answer]) -> tuple[float, Claimed | Wait]:
    """Record and claim the next; whatever goes wrong with that claim, what was sent is recorded all the same."""
    try:
        return _step(lane, done)
    except Exception as error:
        log.warning("record_retried", lane=lane.value, error=type(error).__name__)
        _insist(lane, done)
        if not isinstance(error, AWAY):
            raise
    return _step(lane, None)


def _insist(lane: Lane, done: tuple[Claimed, Answer]) -> None:
    """Record, however long the database is away: an answer that is lost is a letter sent twice.

    The fence keeps a record that comes late from doing harm. Asked to stop, it waits no longer than the lease.
    """
    ends = time.monotonic() + done[0].lease_seconds
    while True:
        try:
            with transaction():
                outbox.record(*done, _actor())
            return
        except AWAY as error:
            if stopping() and time.monotonic() > ends:
                raise
            log.warning("record_retried", lane=lane.value, error=type(error).__name__)
            time.sleep(RETRY_SECONDS)


def _send(transport: Transport, claimed: Claimed, begun: float) -> Answer:
    """Hand a message over, unless this worker was held up so long that its permit has gone stale."""
    if time.monotonic() - begun > PERMIT_SECONDS:
        return HELD_UP
    try:
        return transport.send(claimed.envelope)
    except Exception as error:  # a mistake of ours with one message must not end the turn for the others
        log.exception("transport_raised", message_id=str(claimed.id), error=type(error).__name__)
        return Unknown(f"the transport raised {type(error).__name__}")


def _give_back(step: Claimed | Wait) -> None:
    """Put a claimed message back that was not tried, because the turn is over."""
    if isinstance(step, Claimed):
        with transaction():
            outbox.record(step, Later("the worker's turn is over", 0.0, counted=False), _actor())
