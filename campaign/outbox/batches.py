"""Many letters one right after the other, where no limit holds anything up: one round trip for each.

Letters of a batch are *set aside*: still queued, with a fence and a short lease that keeps other workers off. Each
becomes `sending` in the commit that records the one before it, so a worker that is killed leaves one letter that may
have left; the others are free again when their lease is over, with no attempt counted and at their old place. What is
cancelled, held, paused or closed meanwhile does not begin. Whatever is not plain is left to `claim`.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from campaign import config, counters
from campaign.core import metrics
from campaign.core.columns import seal
from campaign.core.db import at_once, session
from campaign.outbox import pace, pauses, suppressions
from campaign.outbox.answers import Sent
from campaign.outbox.batch_sql import BEGIN, GIVE_BACK, RECORD, SET_ASIDE
from campaign.outbox.claim import freeze
from campaign.outbox.lanes import Lane
from campaign.outbox.mail import Claimed, Mail, compose_many
from campaign.outbox.states import State, change

log = structlog.get_logger()

# So many are set aside at once at most: what is sent within a second, and what a killed worker leaves for a moment.
MOST = 16
# Longer than a batch lasts, and as long as those letters wait whose worker was killed.
ASIDE_SECONDS = 3.0


@dataclass(frozen=True)
class Aside:
    """A letter that is set aside for this worker."""

    id: UUID
    kind: str
    ref: UUID
    owner: UUID | None
    stream: str
    edition: int
    tally_key: str | None
    fence: int


@dataclass(frozen=True)
class Ready:
    """A letter that is set aside and composed; `claimed` holds once it has begun."""

    claimed: Claimed
    tally_key: str | None
    values: dict[str, Any]


def set_aside(lane: Lane, most: int) -> list[Aside]:
    """Set aside up to so many letters of the lane, in the order in which claims would take them.

    Call it alone in a transaction: the commit travels along, as no other worker can pick meanwhile.
    """
    limits = [lane.limit, *(["domain"] if lane == Lane.LETTERS else [])]
    values = {"lane": lane.value, "limits": limits, "aside": ASIDE_SECONDS}
    rows = at_once(*[(SET_ASIDE, values)] * most, commit=True)
    return [Aside(*row) for row in rows if row is not None]


def compose(lane: Lane, asides: Sequence[Aside]) -> list[Ready]:
    """Those of them that can be composed and may be written to; the others are for `claim`, which says why not."""
    mails: dict[tuple[str, UUID], Mail] = {}
    for kind in sorted({one.kind for one in asides}):
        found = compose_many(kind, [one.ref for one in asides if one.kind == kind])
        mails |= {(kind, ref): mail for ref, mail in found.items()}
    pairs = [(one, mails.get((one.kind, one.ref))) for one in asides]
    addressees = {mail.to for mail in mails.values()} if lane == Lane.LETTERS else set()
    barred = {address for address in addressees if suppressions.bars(address)}
    return [_ready(lane, one, mail) for one, mail in pairs if mail and mail.to not in barred]


def _ready(lane: Lane, one: Aside, mail: Mail) -> Ready:
    envelope, seconds = freeze(one.id, one.edition, mail), config.current().lease_seconds
    values = {
        "id": one.id,
        "fence": one.fence,
        "lease": seconds,
        "mail": seal(envelope.dump()),
        "domain": mail.domain,
        "limits": list(pace.limits_of(lane, one.stream, mail.domain)),
        "pauses": _pauses(lane, one),
    }
    claimed = Claimed(
        id=one.id,
        lane=lane,
        fence=one.fence,
        attempts=1,
        envelope=envelope,
        lease_seconds=seconds,
        stream=one.stream,
        plain=True,
    )
    return Ready(claimed, one.tally_key, values)


def _pauses(lane: Lane, one: Aside) -> list[str]:
    if one.owner is not None:
        return list(pauses.holding(one.owner, lane, one.stream))
    return [pauses.ALL, lane.limit, one.stream.partition("/")[0]]


def advance(done: tuple[Ready, Sent] | None, ready: Ready | None, actor: str) -> bool:
    """Record what was handed over and begin with the next, in one commit; whether the next may be sent now.

    Call it alone in a transaction: the commit travels along.
    """
    statements = [(BEGIN, {**ready.values, "actor": actor})] if ready else []
    statements += [(RECORD, {**_record(*done), "actor": actor})] if done else []
    found = at_once(*statements, commit=True) if statements else []
    if done is not None:
        metrics.SENDS.labels(done[0].claimed.lane.value, "sent").inc()
        if found[-1] is None:
            log.warning("lease_lost", message_id=str(done[0].claimed.id), answer="Sent")
    return ready is not None and found[0] is not None


def _record(ready: Ready, answer: Sent) -> dict[str, Any]:
    to = State.DELIVERED if answer.delivered else State.SENT
    figures = sorted(change(State.SENDING, to).items())
    key, _slash, part = (ready.tally_key or "").partition("/")
    return {
        "id": ready.claimed.id,
        "fence": ready.claimed.fence,
        "to": to.value,
        "provider_id": answer.provider_id,
        "key": key,
        "part": part,
        "slot": random.randrange(counters.SLOTS),  # noqa: S311 - spreads locks, guards nothing
        "names": [name for name, _delta in figures],
        "deltas": [delta for _name, delta in figures],
    }


def tell(asides: Iterable[Aside]) -> None:
    """Tell those who show figures that they moved: once for a batch."""
    keys = {one.tally_key.partition("/")[0] for one in asides if one.tally_key}
    if keys:
        counters.tell(sorted(keys))


def give_back(asides: Iterable[Aside]) -> None:
    """Let others have at once what is set aside and has not begun."""
    ids, fences = [one.id for one in asides], [one.fence for one in asides]
    if ids:
        session().connection().exec_driver_sql(GIVE_BACK, {"ids": ids, "fences": fences})
