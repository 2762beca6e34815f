"""Tell staff of targets that were paused because mail to them came back for good."""

from uuid import UUID

from sqlalchemy import select

from campaign import config, outbox
from campaign.accounts import Membership, Role, User
from campaign.campaigns import Campaign, CampaignTarget
from campaign.core import mailtext
from campaign.core.db import session
from campaign.core.i18n import pick
from campaign.outbox import Draft, Lane, Mail, Unsendable
from campaign.targets import Post

TOLD = (Role.OWNER, Role.CAMPAIGNER)


def tell_of_pauses() -> int:
    """Write one mail to everybody who answers for a target that was paused; answers how many."""
    posts = [post for pause in outbox.pauses.untold() if (post := _post(pause.key))]
    query = (
        select(User.id, User.email, Membership.organisation_id)
        .join(Membership, Membership.user_id == User.id)
        .join(Campaign, Campaign.organisation_id == Membership.organisation_id)
        .join(CampaignTarget, CampaignTarget.campaign_id == Campaign.id)
        .where(CampaignTarget.post_id.in_(posts), Membership.role.in_(TOLD), User.active)
        .distinct()
    )
    drafts = [
        Draft(
            kind="alarm",
            ref=id_,
            owner=organisation_id,
            lane=Lane.PEOPLE,
            stream=Lane.PEOPLE.limit,
            domain=email.rpartition("@")[2].lower(),
        )
        for id_, email, organisation_id in (session().execute(query) if posts else ())
    ]
    outbox.write(drafts)
    return len(drafts)


def alarm(user_id: UUID) -> Mail:
    """What stands still now, for one member of staff; Unsendable where all goes on again."""
    user = session().get_one(User, user_id)
    offices = _offices(user_id, user.lang)
    if not offices:
        raise Unsendable("nothing is paused any more")
    link = f"{config.current().public_url}/staff/outbox"
    written = mailtext.plain("alarm", user.lang, offices=offices, link=link)
    return Mail(
        to=user.email,
        to_name=user.name,
        from_name="Postbag",
        subject=written.subject,
        text=written.text,
        language=user.lang,
    )


def _offices(user_id: UUID, lang: str) -> list[tuple[str, str]]:
    """The offices that this person answers for and that trouble has paused, each with the reason."""
    reasons = {
        post: pause.reason
        for pause in outbox.pauses.standing().values()
        if not pause.actor.startswith("staff:") and (post := _post(pause.key))
    }
    mine = (
        select(CampaignTarget.post_id)
        .join(Campaign, Campaign.id == CampaignTarget.campaign_id)
        .join(Membership, Membership.organisation_id == Campaign.organisation_id)
        .where(Membership.user_id == user_id)
    )
    rows = session().execute(select(Post.id, Post.office).where(Post.id.in_(list(reasons)), Post.id.in_(mine)))
    return [(pick(row.office, lang), reasons[row.id]) for row in rows]


def _post(key: str) -> UUID | None:
    kind, _colon, id_ = key.partition(":")
    try:
        return UUID(id_) if kind == "target" else None
    except ValueError:
        return None
