"""Take many signatures out at once: counted first, then chunk by chunk, stopped or undone at any time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select, update

from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError, NotFound
from campaign.core.ids import new_id
from campaign.letters import Letter
from campaign.outbox import Message, State
from campaign.signatures import register
from campaign.signatures.conditions import Conditions, load, where
from campaign.signatures.hold import wanted
from campaign.signatures.models import Signature
from campaign.signatures.records import BatchState, Invalidation
from campaign.signatures.register import Entry
from campaign.signatures.states import LIVE, SignatureState

SAMPLE = 10
# Read together with the rows of these: what has not left, and what a worker may be handing over at this moment.
WAITING, LEAVING = (State.HELD, State.QUEUED), (State.SENDING, State.UNSURE)
_OVER = [BatchState.DONE, BatchState.STOPPED]
NEVER = (State.CANCELLED, State.SUPPRESSED, State.FAILED)


@dataclass(frozen=True)
class Forecast:
    """What an invalidation would do: signatures, those among them that count, and their letters."""

    signatures: int
    counted: int
    waiting: int
    leaving: int
    left: int
    sample: list[Entry]


@dataclass(frozen=True)
class Batch:
    """An invalidation and how far it is."""

    id: UUID
    state: BatchState
    conditions: Conditions
    reason: str
    actor: str
    created_at: datetime
    finished_at: datetime | None
    total: int
    done: int
    letters: int
    restored: int
    left_out: int

    @property
    def busy(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in (BatchState.RUNNING, BatchState.UNDOING)

    @property
    def goal(self) -> int:
        """How many there are to do."""
        return self.done if self.state in (BatchState.UNDOING, BatchState.UNDONE) else max(self.total, self.done)

    @property
    def reached(self) -> int:
        """How many of them are done."""
        return self.restored + self.left_out if self.state in (BatchState.UNDOING, BatchState.UNDONE) else self.done


def forecast(campaign_id: UUID, conditions: Conditions) -> Forecast:
    """Count first; raises DomainError where the conditions leave nothing out or find nothing."""
    conditions = checked(conditions)
    query = select(Signature.state, func.count()).where(*where(campaign_id, conditions)).group_by(Signature.state)
    states = {state: int(n) for state, n in session().execute(query)}
    if not states:
        raise DomainError(_("No signature fits these conditions."))
    letters = _letters(campaign_id, conditions)
    return Forecast(
        signatures=sum(states.values()),
        counted=states.get(SignatureState.CONFIRMED, 0),
        waiting=sum(letters.get(state, 0) for state in WAITING),
        leaving=sum(letters.get(state, 0) for state in LEAVING),
        left=sum(n for state, n in letters.items() if state not in (*WAITING, *LEAVING, *NEVER)),
        sample=register.listing(campaign_id, conditions).entries[:SAMPLE],
    )


def checked(conditions: Conditions) -> Conditions:
    """The same for what staff may take out; raises DomainError for conditions that leave nothing out."""
    if not conditions.narrow:
        raise DomainError(_("Choose at least one condition."))
    return load({**conditions.json(), "states": [state for state in LIVE if state in (conditions.states or LIVE)]})


def draft(campaign_id: UUID, conditions: Conditions, *, actor: str) -> UUID:
    """Keep conditions to look at what they would do; raises DomainError as `forecast`."""
    conditions = checked(conditions)
    row: dict[str, Any] = {"id": new_id(), "campaign_id": campaign_id, "state": BatchState.COUNTED, "reason": ""}
    row |= {"conditions": conditions.json(), "actor": actor, "created_at": now()}
    session().execute(insert(Invalidation).values({**row, "total": _total(campaign_id, conditions)}))
    return UUID(str(row["id"]))


def start(campaign_id: UUID, batch_id: UUID, reason: str, *, actor: str, organisation_id: UUID) -> int:
    """Begin; who signs from now on is not touched. Answers how many there are. Raises DomainError without a reason."""
    reason, found = wanted(reason), batch(campaign_id, batch_id)
    total = _total(campaign_id, found.conditions)
    values = {"reason": reason, "actor": actor, "total": total, "created_at": now()}
    _turn(campaign_id, batch_id, BatchState.RUNNING, [BatchState.COUNTED], **values)
    # Which conditions, not their values: a name or a reference is a supporter's.
    by = sorted(found.conditions.json())
    record(actor, "signatures.invalidate", batch_id, organisation_id, signatures=total, by=by, reason=reason)
    return total


def forget() -> int:
    """Drop what was counted a day ago and never begun; answers how many."""
    old = (Invalidation.state == BatchState.COUNTED, Invalidation.created_at < now() - timedelta(days=1))
    return len(session().scalars(delete(Invalidation).where(*old).returning(Invalidation.id)).all())


def stop(campaign_id: UUID, batch_id: UUID, *, actor: str, organisation_id: UUID) -> None:
    """Stop after the chunk at hand; raises Conflict where it does not run."""
    _turn(campaign_id, batch_id, BatchState.STOPPED, [BatchState.RUNNING], finished_at=now())
    record(actor, "signatures.stop_invalidation", batch_id, organisation_id)


def undo(campaign_id: UUID, batch_id: UUID, *, actor: str, organisation_id: UUID) -> None:
    """Put back what it took out; raises Conflict where there is nothing to undo."""
    _turn(campaign_id, batch_id, BatchState.UNDOING, _OVER, finished_at=None, undone_by=actor)
    record(actor, "signatures.undo_invalidation", batch_id, organisation_id)


def batches(campaign_id: UUID, limit: int = 50) -> list[Batch]:
    """The invalidations of a campaign that were begun, newest first."""
    begun = (Invalidation.campaign_id == campaign_id, Invalidation.state != BatchState.COUNTED)
    query = select(*_COLUMNS).where(*begun).order_by(Invalidation.id.desc())
    return [_batch(row) for row in session().execute(query.limit(limit))]


def batch(campaign_id: UUID, batch_id: UUID) -> Batch:
    """One of them; raises NotFound."""
    mine = (Invalidation.campaign_id == campaign_id, Invalidation.id == batch_id)
    row = session().execute(select(*_COLUMNS).where(*mine)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such invalidation here."))
    return _batch(row)


def record(actor: str, action: str, batch_id: object, organisation_id: UUID | None, **detail: Any) -> None:
    """An entry of the audit log."""
    audit.record(actor, action, f"invalidation:{batch_id}", organisation_id=organisation_id, **detail)


_COLUMNS = [getattr(Invalidation, name) for name in Batch.__dataclass_fields__]


def _batch(row: Any) -> Batch:
    values = dict(zip(Batch.__dataclass_fields__, row, strict=True))
    return Batch(**{**values, "conditions": load(values["conditions"])})


def _turn(campaign_id: UUID, batch_id: UUID, to: BatchState, froms: list[BatchState], **values: Any) -> None:
    mine = (Invalidation.campaign_id == campaign_id, Invalidation.id == batch_id)
    turned = update(Invalidation).where(*mine, Invalidation.state.in_(froms)).values(state=to, after=None, **values)
    if session().execute(turned.returning(Invalidation.id)).one_or_none() is None:
        batch(campaign_id, batch_id)
        raise Conflict(_("This invalidation is not in a state for that now."))


def _total(campaign_id: UUID, conditions: Conditions) -> int:
    total = register.count(campaign_id, conditions)
    if not total:
        raise DomainError(_("No signature fits these conditions."))
    return total


def _letters(campaign_id: UUID, conditions: Conditions) -> dict[State, int]:
    rows = (
        select(Message.state, func.count())
        .join(Letter, Letter.id == Message.id)
        .join(Signature, Signature.id == Letter.signature_id)
        .where(*where(campaign_id, conditions))
        .group_by(Message.state)
    )
    return {state: int(n) for state, n in session().execute(rows)}
