"""Plan a change of the register, do exactly what was planned, take exactly that back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError

from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import Base, session
from campaign.core.errors import Conflict, NotFound
from campaign.outbox import pauses
from campaign.targets.act_models import ActState, RegisterAct
from campaign.targets.models import Contact, Tenure
from campaign.targets.settle import resume_corrected, settle
from campaign.targets.sheet import MODELS, Change, Sheet, digest, image, key_of, values

PLANS_ARE_KEPT = timedelta(days=1)
PAGE = 50


@dataclass(frozen=True)
class ActView:
    """An act to read."""

    id: UUID
    kind: str
    title: str
    state: ActState
    counts: dict[str, int]
    notes: tuple[str, ...]
    digest: str
    actor: str
    created_at: datetime
    done_at: datetime | None
    undone_at: datetime | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What to do: a sheet with its changes, what kind of act it is, and words for the list of acts."""

    kind: str
    title: str
    sheet: Sheet
    notes: Sequence[str] = ()
    unchanged: int = 0


def keep(organisation_id: UUID, plan: Plan, *, actor: str) -> UUID:
    """Keep a plan for a day, to be looked at and done; raises Conflict where it changes nothing."""
    changes = plan.sheet.changes()
    if not changes and plan.kind != "import":
        raise Conflict(_("Nothing would change."))
    old = RegisterAct.organisation_id == organisation_id, RegisterAct.state == ActState.PLANNED
    session().execute(delete(RegisterAct).where(*old, RegisterAct.created_at < now() - PLANS_ARE_KEPT))
    act = RegisterAct(
        organisation_id=organisation_id,
        state=ActState.PLANNED,
        kind=plan.kind,
        title=plan.title,
        changes=[asdict(change) for change in changes],
        counts={**Counter(change.kind for change in changes), "unchanged": plan.unchanged},
        notes=list(plan.notes),
        digest=digest(changes),
        actor=actor,
        created_at=now(),
    )
    session().add(act)
    session().flush()
    return act.id


def act(organisation_id: UUID, id_: UUID) -> ActView:
    """One act of an organisation with its changes; raises NotFound for any other."""
    return _view(_act(organisation_id, id_), whole=True)


def acts(organisation_id: UUID, number: int = 1) -> tuple[list[ActView], bool]:
    """A page of the acts that were done, the last first, and whether there are more."""
    columns = [getattr(RegisterAct, name) for name in ActView.__dataclass_fields__ if name != "changes"]
    done = RegisterAct.organisation_id == organisation_id, RegisterAct.state != ActState.PLANNED
    query = select(*columns).where(*done).order_by(RegisterAct.done_at.desc(), RegisterAct.id.desc())
    rows = session().execute(query.offset((number - 1) * PAGE).limit(PAGE + 1)).all()
    found = [ActView(**{**row._asdict(), "notes": tuple(row.notes)}) for row in rows]
    return found[:PAGE], len(found) > PAGE


def do(organisation_id: UUID, id_: UUID, shown: str, *, actor: str) -> ActView:
    """Do what was planned: all of it or nothing. `shown` is the digest of what the page showed.

    Raises Conflict when a row of it has changed meanwhile, or when it was done already.
    """
    _queue_up(organisation_id)
    planned = _act(organisation_id, id_)
    if planned.state != ActState.PLANNED or planned.digest != shown:
        raise Conflict(_("This was done already, or it is not what the page showed. Look at it again."))
    changes = _changes(planned)
    _write(changes)
    settle(touched(changes), actor=actor)
    planned.resumed = resume_corrected(touched([change for change in changes if _readdresses(change)]))
    planned.state, planned.done_at, planned.actor = ActState.DONE, now(), actor
    session().flush()
    _audit(planned, changes, f"register.{planned.kind}", actor)
    return _view(planned, whole=True)


def undo(organisation_id: UUID, id_: UUID, *, actor: str) -> ActView:
    """Take an act back; raises Conflict where a row of it was changed since, or is in use."""
    _queue_up(organisation_id)
    done = _act(organisation_id, id_)
    if done.state != ActState.DONE:
        raise Conflict(_("This was taken back already."))
    changes = [change.back() for change in _changes(done)]
    _write(changes)
    settle(touched(changes), actor=actor)
    for key, (reason, by) in done.resumed.items():
        pauses.pause(key, reason=reason, actor=by)
    done.state, done.undone_at = ActState.UNDONE, now()
    session().flush()
    _audit(done, changes, "register.undo", actor)
    return _view(done, whole=True)


def touched(changes: Sequence[Change]) -> list[UUID]:
    """The posts whose holders or addresses change."""
    rows = [change.after or change.before or {} for change in changes if change.table in ("tenures", "contacts")]
    return sorted({UUID(row["post_id"]) for row in rows})


def _readdresses(change: Change) -> bool:
    """Whether a change gives a post another address."""
    before, after = change.before or {}, change.after or {}
    return change.table == "contacts" and bool(after) and before.get("email") != after.get("email")


def _queue_up(organisation_id: UUID) -> None:
    """One act of a register at a time."""
    session().execute(select(func.pg_advisory_xact_lock(func.hashtext(f"register:{organisation_id}"))))


def _act(organisation_id: UUID, id_: UUID) -> RegisterAct:
    query = select(RegisterAct).where(RegisterAct.id == id_, RegisterAct.organisation_id == organisation_id)
    found = session().scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_("There is no such change here. One that is only planned is kept for a day."))
    return found


def _write(changes: Sequence[Change]) -> None:
    order = list(MODELS)
    kept = sorted((c for c in changes if c.after is not None), key=lambda c: order.index(c.table))
    gone = sorted((c for c in changes if c.after is None), key=lambda c: -order.index(c.table))
    try:
        for table in order:
            _write_table(table, [change for change in kept if change.table == table])
        for table in reversed(order):
            _write_table(table, [change for change in gone if change.table == table])
        session().flush()
    except IntegrityError as error:
        raise Conflict(_("Something of this is in use, or stands in the register already.")) from error
    _refuse_two_at_once(touched(changes))


def _write_table(table: str, changes: Sequence[Change]) -> None:
    if not changes:
        return
    model, rows = MODELS[table], _locked(table, [change.id for change in changes])
    for change in changes:
        row = rows.get(change.id)
        if (image(row) if row is not None else None) != change.before:
            raise Conflict(_("The register has changed since this was shown. Start again to see how it stands now."))
        if change.after is None:
            session().delete(row)
        elif row is None:
            session().add(model(**values(table, change.after)))
        else:
            for name, value in values(table, change.after).items():
                setattr(row, name, value)
    session().flush()


def _locked(table: str, ids: Sequence[str]) -> dict[str, Base]:
    column = getattr(MODELS[table], key_of(table))
    wanted: Sequence[object] = ids if table == "areas" else [UUID(id_) for id_ in ids]
    query = select(MODELS[table]).where(column.in_(wanted)).order_by(column).with_for_update()
    rows = session().scalars(query.execution_options(populate_existing=True))
    return {str(getattr(row, key_of(table))): row for row in rows}


# Two holders, or two addresses, of one post on one day.
_CLASH = """
    SELECT 1 FROM {0} a JOIN {0} b ON b.post_id = a.post_id AND a.id < b.id
    WHERE a.post_id = ANY(:posts) AND daterange(a.since, a.until) && daterange(b.since, b.until) LIMIT 1
"""


def _refuse_two_at_once(posts: Sequence[UUID]) -> None:
    for model in (Tenure, Contact):
        clash = text(_CLASH.format(model.__tablename__))
        if posts and session().scalar(clash, {"posts": list(posts)}):
            raise Conflict(_("Somebody else holds this post on some of these days."))


def _changes(row: RegisterAct) -> list[Change]:
    return [Change(**change) for change in row.changes]


def _view(row: RegisterAct, *, whole: bool = False) -> ActView:
    names = [name for name in ActView.__dataclass_fields__ if name not in ("changes", "notes")]
    found = {name: getattr(row, name) for name in names}
    return ActView(**found, notes=tuple(row.notes), changes=tuple(_changes(row)) if whole else ())


def _audit(row: RegisterAct, changes: Sequence[Change], action: str, actor: str) -> None:
    """One entry; with what was before and after where it is one row, with numbers where it is many."""
    one = changes[0] if len(changes) == 1 else None
    audit.record(
        actor,
        action,
        f"register_act:{row.id}",
        row.organisation_id,
        before=one.before if one else None,
        after=one.after if one else None,
        title=row.title,
        **row.counts,
    )
