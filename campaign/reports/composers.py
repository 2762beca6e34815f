"""The mails of this room."""

from uuid import UUID

from sqlalchemy import select

from campaign import campaigns, config
from campaign.accounts import User
from campaign.core import mailtext
from campaign.core.db import session
from campaign.outbox import Mail, Unsendable
from campaign.reports.models import Milestone, MilestoneNotice


def milestone(notice_id: UUID) -> Mail:
    """Tells a member of staff that a milestone is reached. Unsendable where it is not any more."""
    query = (
        select(Milestone, User.email, User.name, User.lang)
        .join(MilestoneNotice, MilestoneNotice.milestone_id == Milestone.id)
        .join(User, User.id == MilestoneNotice.user_id)
        .where(MilestoneNotice.id == notice_id)
    )
    row = session().execute(query).one_or_none()
    if row is None or row.Milestone.taken_back_at or row.Milestone.removed_at:
        raise Unsendable("the milestone does not stand any more")
    page = campaigns.by_id(row.Milestone.campaign_id, row.lang)
    written = mailtext.write(
        "milestone",
        row.lang,
        campaign=page,
        step=row.Milestone.step,
        note=row.Milestone.note,
        link=f"{config.current().public_url}/staff/campaigns/{page.slug}/milestones",
    )
    return Mail(
        to=row.email,
        to_name=row.name,
        from_name=page.organisation,
        subject=written.subject,
        text=written.text,
        html=written.html,
        language=row.lang,
    )
