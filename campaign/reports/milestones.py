"""Milestones: reached once each, taken back when signatures are, and told to staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from campaign import counters, outbox
from campaign.accounts import Membership, Role, User
from campaign.campaigns import Campaign
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.ids import new_id
from campaign.reports.counter import KEY
from campaign.reports.models import Milestone, MilestoneMailOff, MilestoneNotice

# Who may be written to. Whether they want it is theirs to say.
TOLD = (Role.OWNER, Role.CAMPAIGNER)


@dataclass(frozen=True)
class MilestoneView:
    """A milestone as staff see it. `reached_at` is when it was noticed, seconds after the signature itself."""

    id: UUID
    step: int
    note: str
    own: bool
    reached_at: datetime | None
    taken_back_at: datetime | None


_VIEW = tuple(getattr(Milestone, name) for name in MilestoneView.__dataclass_fields__)


def milestones(campaign_id: UUID) -> list[MilestoneView]:
    """The milestones of a campaign, the largest first: those that were reached, and those that staff have set."""
    query = select(*_VIEW).where(Milestone.campaign_id == campaign_id, Milestone.removed_at.is_(None))
    return [MilestoneView(*row) for row in session().execute(query.order_by(Milestone.step.desc()))]


def behind() -> list[UUID]:
    """The campaigns whose milestones are not what their tallies say: one statement, which looks at few rows."""
    rows = session().execute(_STANDING)
    return [id_ for id_, goal, n, steps in rows if _differs(int(n), goal, steps or {})]


def _differs(n: int, goal: int, steps: dict[str, bool]) -> bool:
    """`steps`: every milestone that is not removed, and whether it counts as reached."""
    missing = set(counters.reached(n, goal)) - {int(step) for step in steps}
    return bool(missing) or any(there != (int(step) <= n) for step, there in steps.items())


def follow(campaign_id: UUID) -> list[int]:
    """Bring a campaign's milestones in line with its tally; answers the steps that are reached for the first time.

    Staff get one mail, of the largest of them. Nobody is written to when a step is reached again after signatures
    were taken out and brought back.
    """
    session().execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"milestones:{campaign_id}"})
    row = session().execute(STANDING_OF, {"campaign": campaign_id}).one_or_none()
    if row is None:
        return []
    n = int(row.n)
    _make(campaign_id, counters.reached(n, row.goal))
    mine = Milestone.campaign_id == campaign_id, Milestone.removed_at.is_(None)
    fresh = update(Milestone).where(*mine, Milestone.step <= n, Milestone.reached_at.is_(None))
    steps = sorted(session().execute(fresh.values(reached_at=now()).returning(Milestone.step, Milestone.id)).all())
    again = (*mine, Milestone.step <= n, Milestone.taken_back_at.is_not(None))
    session().execute(update(Milestone).where(*again).values(taken_back_at=None))
    lost = (*mine, Milestone.step > n, Milestone.reached_at.is_not(None), Milestone.taken_back_at.is_(None))
    session().execute(update(Milestone).where(*lost).values(taken_back_at=now()))
    if steps:
        _tell(steps[-1].id, campaign_id, row.organisation_id)
    return [step for step, _id in steps]


def _make(campaign_id: UUID, steps: Sequence[int]) -> None:
    """The milestones that everybody has. One that staff set and removed at such a step becomes an ordinary one."""
    if not steps:
        return
    ordinary = {"campaign_id": campaign_id, "note": "", "own": False, "created_at": now(), "created_by": "system"}
    query = insert(Milestone).values([{"id": new_id(), "step": step, **ordinary} for step in steps])
    plain = {"own": False, "note": "", "removed_at": None}
    session().execute(
        query.on_conflict_do_update(
            index_elements=["campaign_id", "step"], set_=plain, where=Milestone.removed_at.is_not(None)
        )
    )


def _tell(milestone_id: UUID, campaign_id: UUID, organisation_id: UUID) -> None:
    """A mail to each owner and campaigner who has not switched these mails off."""
    off = select(MilestoneMailOff.user_id).where(MilestoneMailOff.campaign_id == campaign_id)
    people = session().execute(
        select(User.id, User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id, Membership.role.in_(TOLD), User.active, User.id.not_in(off)
        )
    )
    drafts = []
    for user_id, email in people:
        notice = MilestoneNotice(id=new_id(), milestone_id=milestone_id, user_id=user_id)
        session().add(notice)
        drafts.append(
            outbox.Draft(
                kind="milestone",
                ref=notice.id,
                owner=organisation_id,
                lane=outbox.Lane.PEOPLE,
                stream=outbox.Lane.PEOPLE.limit,
                domain=email.rpartition("@")[2].lower(),
            )
        )
    session().flush()
    outbox.write(drafts)


_NUMBER = f"""
    (SELECT coalesce(sum(n), 0) FROM tallies
     WHERE key = {KEY} AND part = '' AND name IN ('signatures', 'paper'))
"""  # noqa: S608 - the key is fixed text
_STANDING = text(
    f"""
    SELECT c.id, c.goal, {_NUMBER} AS n,
      (SELECT jsonb_object_agg(step, reached_at IS NOT NULL AND taken_back_at IS NULL)
       FROM milestones WHERE campaign_id = c.id AND removed_at IS NULL) AS steps
    FROM campaigns c WHERE c.status IN ('open', 'closed')
    """  # noqa: S608 - put together from this file's constants
).columns(Campaign.id)
STANDING_OF = text(
    f"SELECT c.goal, c.organisation_id, {_NUMBER} AS n FROM campaigns c WHERE c.id = :campaign"  # noqa: S608 - the same
).columns(Campaign.goal, Campaign.organisation_id)
