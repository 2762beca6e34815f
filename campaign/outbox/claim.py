"""Claim the next message of a lane: permits, lease and fence in one transaction, before any network call."""

from email.utils import format_datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, bindparam, column, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.types import Text

from campaign import config
from campaign.core.clock import now
from campaign.core.columns import unseal
from campaign.core.db import session
from campaign.core.errors import DomainError
from campaign.core.tokens import keyed_hash
from campaign.outbox import moves, pace, retry
from campaign.outbox.lanes import Lane
from campaign.outbox.mail import Claimed, Envelope, Mail, Wait, composer
from campaign.outbox.models import Message
from campaign.outbox.states import State

log = structlog.get_logger()

# The stream that has been open for longest and has something due; its oldest message that nobody else holds.
PICK = (
    text(
        """
        WITH open AS MATERIALIZED (  -- sorted before anything is locked: else one message in each stream would be
            SELECT key FROM outbox_paces
            WHERE lane = :lane AND opens_at <= clock_timestamp() AND key <> ALL(:shut) ORDER BY opens_at
        )
        SELECT m.id, m.kind, m.ref, m.stream, m.domain, m.mail FROM open p CROSS JOIN LATERAL (
            SELECT * FROM outbox_messages
            WHERE lane = :lane AND stream = p.key AND state = 'queued' AND NOT frozen AND due_at <= clock_timestamp()
            ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
        ) m LIMIT 1
        """
    )
    .bindparams(bindparam("shut", type_=ARRAY(Text())))
    # The mail as it is stored: one that cannot be unsealed must not raise while rows are read.
    .columns(Message.id, Message.kind, Message.ref, Message.stream, Message.domain, column("mail", Text()))
)
# How long until the lane has something to do: a stream opens that has mail due, or mail becomes due.
NEXT = text(
    """
    SELECT extract(epoch FROM min(greatest(p.opens_at, m.due_at)) - clock_timestamp()) FROM outbox_paces p
    CROSS JOIN LATERAL (
        SELECT due_at FROM outbox_messages
        WHERE lane = :lane AND stream = p.key AND state = 'queued' AND NOT frozen ORDER BY due_at LIMIT 1
    ) m
    WHERE p.lane = :lane AND p.key <> ALL(:shut)
    """
).bindparams(bindparam("shut", type_=ARRAY(Text())))
# Messages that cannot be composed and domains that are shut must not hide what stands behind them.
TRIES = 20


def claim(lane: Lane, actor: str) -> Claimed | Wait:
    """Claim one message of the lane for `actor`, or say how long to wait. Call it inside a transaction."""
    shut: dict[str, float] = {}
    for _try in range(TRIES):
        row = session().execute(PICK, {"lane": lane.value, "shut": list(shut)}).one_or_none()
        if row is None:
            return _wait(lane, shut)
        envelope = _composed(row, actor) if row.mail is None else _thawed(row, lane, actor)
        if envelope is None:
            continue
        limits = pace.limits_of(lane, row.stream, envelope.mail.domain)
        answer = pace.take(limits)
        if isinstance(answer, pace.Permit):
            return _lease(row, lane, envelope, actor, answer.trial)
        if answer.key == lane.limit:
            return Wait(answer.seconds)
        shut[row.stream] = answer.seconds
    return Wait(0.0)


def _wait(lane: Lane, shut: dict[str, float]) -> Wait:
    seconds = session().scalar(NEXT, {"lane": lane.value, "shut": list(shut)})
    waits = [*shut.values(), *([float(seconds)] if seconds is not None else [])]
    return Wait(max(0.0, min(waits)) if waits else None)


def _thawed(row: Row[Any], lane: Lane, actor: str) -> Envelope | None:
    """The mail as frozen at the first claim; None when this version cannot read it, and has put the message off.

    In the middle of a deploy a newer version may have frozen it, and will read it then.
    """
    try:
        return Envelope.load(unseal(row.mail))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one message must not stop its lane
        log.error("thaw_failed", message_id=str(row.id), error=type(error).__name__)
        note = f"the frozen mail cannot be read: {type(error).__name__}"
    lease = config.current().lease_seconds
    tried = moves.move([row.id], State.SENDING, cause="claimed", actor=actor, lease=lease, tried=1, note=note)[0]
    if retry.exhausted(lane, tried.attempts, tried.age):
        moves.move([row.id], State.FAILED, cause=f"given up: {note}", actor=actor)
    else:
        moves.move([row.id], State.QUEUED, cause=note, actor=actor, due_in=retry.after(tried.attempts))
    return None


def _composed(row: Row[Any], actor: str) -> Envelope | None:
    """The mail of a message that is claimed for the first time; None when it cannot be composed, and has failed."""
    try:
        with session().begin_nested():  # a statement that fails inside must not take the claim with it
            return _freeze(row.id, composer(row.kind)(row.ref))
    except (OperationalError, InterfaceError):  # the database is away or late: not the message's fault
        raise
    except DomainError as error:
        cause = error.words
    except Exception as error:  # one message that cannot be composed must not stop its lane
        log.exception("compose_failed", message_id=str(row.id), error=type(error).__name__)
        cause = type(error).__name__
    moves.move([row.id], State.FAILED, cause=f"cannot be composed: {cause}", actor=actor, note=cause)
    return None


def _freeze(id_: UUID, mail: Mail) -> Envelope:
    """The mail with what stays the same over all attempts: sender, Message-ID and Date (RFC 5322, 3.6)."""
    address = config.current().mail_from
    local, _at, domain = address.partition("@")
    token = keyed_hash("message", id_.hex).hex()
    return Envelope(
        mail=mail,
        sender=address if mail.automatic else f"{local}+{token[:20]}@{domain}",
        message_id=f"<{token[:40]}@{domain}>",
        date=format_datetime(now()),
        id=str(id_),
    )


def _lease(row: Row[Any], lane: Lane, envelope: Envelope, actor: str, trial: bool) -> Claimed:
    seconds = config.current().lease_seconds
    frozen: dict[str, Any] = {"mail": envelope.dump(), "domain": envelope.mail.domain} if row.mail is None else {}
    moved = moves.move(
        [row.id], State.SENDING, cause="claimed", actor=actor, lease=seconds, tried=1, note=None, **frozen
    )[0]
    return Claimed(row.id, lane, moved.fence or 0, moved.attempts, envelope, seconds, moved.age, trial)
