"""Campaigns whose time to open has come: they open where all is in order, else their staff hear of it once."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from sqlalchemy import select

from campaign import config, outbox
from campaign.accounts import Membership, Role, User
from campaign.campaigns import checklist
from campaign.campaigns.checklist import Found, Light
from campaign.campaigns.commands import change_status
from campaign.campaigns.lifecycle import Status
from campaign.campaigns.models import Campaign
from campaign.campaigns.staff import StaffCampaign, some
from campaign.core import clock, i18n, mailtext
from campaign.core.db import session
from campaign.core.i18n import LANGUAGES
from campaign.core.zones import zone_of
from campaign.outbox import Draft, Lane, Mail, Message, Unsendable

KIND = "not_opened"
TOLD = (Role.OWNER, Role.CAMPAIGNER)


def late() -> list[StaffCampaign]:
    """The campaigns that are scheduled and should be open by now."""
    return some(i18n.DEFAULT, Campaign.status == Status.SCHEDULED, Campaign.opens_at <= clock.now())


def is_late(campaign: StaffCampaign) -> bool:
    """Whether it should be open by now and is not."""
    return campaign.status == Status.SCHEDULED and campaign.opens_at is not None and campaign.opens_at <= clock.now()


def settle(campaign: StaffCampaign, findings: Iterable[Found]) -> bool:
    """Open it, or tell its staff that it cannot; answers whether it is open now. Call it in a transaction.

    `findings` are those of a moment ago. Nothing happens where staff gave it another time since, or where another
    scheduler is at it.
    """
    mine = Campaign.id == campaign.id, Campaign.status == Status.SCHEDULED, Campaign.opens_at == campaign.opens_at
    if session().scalar(select(Campaign.id).where(*mine).with_for_update(skip_locked=True)) is None:
        return False
    if checklist.may_open(findings):
        change_status(campaign.id, Status.OPEN, actor="scheduler")
        return True
    _tell(campaign)
    return False


def _tell(campaign: StaffCampaign) -> None:
    """A mail to each of those who can open it, once for each time that it was to open."""
    domains = {
        _number(campaign, user.id): user.email.rpartition("@")[2].lower() for user in _people(campaign.organisation_id)
    }
    known = set(session().scalars(select(Message.id).where(Message.id.in_(domains))))
    drafts = [
        Draft(
            id=id_,
            kind=KIND,
            ref=id_,
            owner=campaign.organisation_id,
            lane=Lane.PEOPLE,
            stream=Lane.PEOPLE.limit,
            domain=domain,
        )
        for id_, domain in domains.items()
        if id_ not in known
    ]
    outbox.write(drafts)


def compose(message_id: UUID) -> Mail:
    """What stands in the way of a campaign, for one member of staff; Unsendable where it is not late any more."""
    for campaign in late():
        for user in _people(campaign.organisation_id):
            if _number(campaign, user.id) == message_id:
                return _mail(campaign, user)
    raise Unsendable("the campaign is open, or has another time")


def _mail(campaign: StaffCampaign, user: User) -> Mail:
    with i18n.speaking(user.lang):
        # What the network says is left to the check list: a claim waits for nothing.
        found = [each for each in checklist.look(campaign, network=False) if each.light == Light.STOP]
    (mine,) = some(user.lang, Campaign.id == campaign.id)
    written = mailtext.plain(
        "not_opened",
        user.lang,
        title=mine.title,
        found=found,
        names={each.code: each.name for each in LANGUAGES},
        opens_at=mine.opens_at,
        zone=zone_of(mine.country),
        link=f"{config.current().public_url}/staff/campaigns/{mine.slug}/making/check",
    )
    return Mail(
        to=user.email,
        to_name=user.name,
        from_name="Postbag",
        subject=written.subject,
        text=written.text,
        language=user.lang,
    )


def _people(organisation_id: UUID) -> list[User]:
    query = select(User).join(Membership, Membership.user_id == User.id).order_by(User.id)
    query = query.where(Membership.organisation_id == organisation_id, Membership.role.in_(TOLD), User.active)
    return list(session().scalars(query))


def _number(campaign: StaffCampaign, user_id: UUID) -> UUID:
    """The same for the same campaign, time and reader: a second look writes nothing again."""
    return uuid5(campaign.id, f"{KIND} {campaign.opens_at and campaign.opens_at.timestamp()} {user_id}")
