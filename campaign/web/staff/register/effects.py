"""What a change of the register means for campaigns: which write to a post that turns, and what their letters do."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import g

from campaign import campaigns, outbox
from campaign.campaigns import StaffCampaign, Status
from campaign.core import i18n
from campaign.outbox import Waiting
from campaign.targets import ActView, Outlook, outlook, stream_of

# Everywhere else a letter may still leave. A draft has none yet, and is shown all the same.
LEFT_OUT = {Status.ARCHIVED}


@dataclass(frozen=True)
class Concerned:
    """A campaign that writes to the post, and its letters that have not left."""

    campaign: StaffCampaign
    letters: Waiting


@dataclass(frozen=True)
class Effect:
    """One post that turns, and whom that concerns."""

    outlook: Outlook
    campaigns: tuple[Concerned, ...]

    @property
    def follow(self) -> int:
        """Letters that go to the new holder or address, or wait."""
        return sum(each.letters.follow for each in self.campaigns)


def effects(act: ActView) -> list[Effect]:
    """The posts of a plan that turn and that campaigns of this organisation write to."""
    mine = [each for each in campaigns.all_of(g.staff.organisation_id, i18n.language()) if each.status not in LEFT_OUT]
    found = outlook(act.changes, [post for campaign in mine for post in campaign.post_ids])
    letters = outbox.waiting([campaign.id for campaign in mine], [stream_of(each.post_id) for each in found])
    return [Effect(each, _concerned(each.post_id, mine, letters)) for each in found]


def _concerned(
    post_id: UUID, mine: Sequence[StaffCampaign], letters: dict[tuple[UUID, str], Waiting]
) -> tuple[Concerned, ...]:
    stream = stream_of(post_id)
    writing = [campaign for campaign in mine if post_id in campaign.post_ids]
    return tuple(Concerned(campaign, letters.get((campaign.id, stream), Waiting())) for campaign in writing)
