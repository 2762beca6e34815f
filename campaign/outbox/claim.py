"""Claim the next message of a lane: permits, lease and fence in one transaction, before any network call."""

from dataclasses import replace
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.exc import InterfaceError, OperationalError

from campaign import config
from campaign.core.clock import now
from campaign.core.columns import unseal
from campaign.core.db import session
from campaign.core.errors import DomainError
from campaign.core.tokens import keyed_hash
from campaign.outbox import addresses, moves, pace, plans, rehearsal, retry, suppressions
from campaign.outbox.lanes import Lane
from campaign.outbox.mail import Claimed, Envelope, Mail, Wait, composer
from campaign.outbox.pick import NEXT, PICK
from campaign.outbox.states import State
from campaign.outbox.withhold import taken_back

log = structlog.get_logger()

# Messages that cannot be composed and domains that are shut must not hide what stands behind them.
TRIES = 20


def claim(lane: Lane, actor: str) -> Claimed | Wait:
    """Claim one message of the lane for `actor`, or say how long to wait. Call it inside a transaction.

    A refusal that has locked limits ends the search: the next claim begins without them. Who held on to them and took
    those of another stream would wait crosswise with other workers.
    """
    shut: dict[str, float] = {}
    wary = False
    for _try in range(TRIES):
        row = session().execute(PICK, {"lane": lane.value, "shut": list(shut), "wary": wary}).one_or_none()
        if row is None:
            break
        envelope = _envelope(row, lane, actor)
        if envelope is None:
            continue
        limits = pace.limits_of(lane, row.stream, envelope.mail.domain)
        answer = plans.take(limits)
        if isinstance(answer, pace.Permit):
            return _lease(row, lane, envelope, actor, answer)
        if answer.key == lane.limit:
            return Wait(answer.seconds)
        shut[row.stream] = answer.seconds
        wary = lane == Lane.LETTERS
        if answer.locked:
            break
    return _wait(lane, shut)


def _envelope(row: Row[Any], lane: Lane, actor: str) -> Envelope | None:
    """What is to be sent; None when nothing is, and the message has been moved on.

    What may have been sent goes again exactly as it was. What surely was not is written anew, under the same Message-ID
    and Date: for whoever holds the post now, at the address it has now.
    """
    if row.barred:
        return _bar(row, actor)
    if (row.mail is not None or row.carries) and taken_back(row.id, row.kind, row.ref, actor):
        return None
    before = _thawed(row, lane, actor) if row.mail is not None else None
    if row.mail is not None and before is None:
        return None
    envelope = before if row.maybe_sent and not row.carries else _composed(row, actor)
    if envelope is not None and lane == Lane.LETTERS and suppressions.bars(envelope.mail.to):
        return _bar(row, actor)
    return replace(before, mail=envelope.mail) if before and envelope else envelope


def _bar(row: Row[Any], actor: str) -> Envelope | None:
    """Nothing: the recipient must not be written to."""
    moves.move([row.id], State.SUPPRESSED, cause="the address is on the suppression list", actor=actor)
    return None


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
            return freeze(row.id, row.edition, composer(row.kind)(row.ref))
    except (OperationalError, InterfaceError):  # the database is away or late: not the message's fault
        raise
    except DomainError as error:
        cause = error.words
    except Exception as error:  # one message that cannot be composed must not stop its lane
        log.exception("compose_failed", message_id=str(row.id), error=type(error).__name__)
        cause = type(error).__name__
    moves.move([row.id], State.FAILED, cause=f"cannot be composed: {cause}", actor=actor, note=cause)
    return None


def freeze(id_: UUID, edition: int, mail: Mail) -> Envelope:
    """The mail with what stays the same over all attempts: sender, Message-ID and Date (RFC 5322, 3.6)."""
    settings = config.current()
    return Envelope(
        mail=rehearsal.marked(mail) if mail.rehearsal else mail,
        sender=settings.mail_from if mail.automatic else addresses.return_path(id_),
        message_id=message_id_of(id_, edition),
        date=format_datetime(now()),
        id=str(id_),
    )


def message_id_of(id_: UUID, edition: int) -> str:
    """The Message-ID of a message: the same over all attempts, another one for each time that staff send it anew."""
    token = keyed_hash("message", f"{id_.hex}.{edition}" if edition else id_.hex).hex()
    return f"<{token[:40]}@{config.current().sending_domain}>"


def _lease(row: Row[Any], lane: Lane, envelope: Envelope, actor: str, permit: pace.Permit) -> Claimed:
    seconds = config.current().lease_seconds
    again = row.mail is not None and row.maybe_sent and not row.carries
    values: dict[str, Any] = {} if again else {"mail": envelope.dump(), "domain": envelope.mail.domain}
    turn = (row.stream, row.owner) if lane == Lane.LETTERS and row.owner is not None else None
    if turn is not None:
        values["lot"] = row.lot
    moved = moves.move(
        [row.id], State.SENDING, cause="claimed", actor=actor, turn=turn, lease=seconds, tried=1, note=None, **values
    )[0]
    return Claimed(
        id=row.id,
        lane=lane,
        fence=moved.fence or 0,
        attempts=moved.attempts,
        envelope=envelope,
        lease_seconds=seconds,
        age=moved.age,
        trial=permit.trial,
        stream=row.stream,
        plain=permit.plain,
    )
