"""Find a campaign, a signature or a message from anywhere in the organisation."""

from typing import Any
from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from campaign import campaigns, outbox, signatures
from campaign.accounts import Role
from campaign.campaigns import StaffCampaign
from campaign.core import i18n
from campaign.core.errors import NotFound
from campaign.core.text import one_line
from campaign.web.audience import staff
from campaign.web.staff import blueprint
from campaign.web.staff.nav import may_open

# Who may see supporters' names.
PERSONAL = frozenset({Role.OWNER, Role.CAMPAIGNER, Role.MODERATOR})
LONGEST, SHORTEST = 254, 2


@blueprint.get("/search")
@staff()
def search() -> ResponseReturnValue:
    """What fits the words."""
    words = one_line(request.args.get("q", ""))[:LONGEST].replace("\x00", "").strip()
    mine = campaigns.all_of(g.staff.organisation_id, i18n.language())
    personal = bool(g.staff.roles & PERSONAL)
    found = _find(words, mine, personal) if len(words) >= SHORTEST else None
    titles = {campaign.id: campaign for campaign in mine}
    return render_template("staff/search/search.html", words=words, found=found, titles=titles, personal=personal)


def _find(words: str, mine: list[StaffCampaign], personal: bool) -> dict[str, Any]:
    hits, more = signatures.find([campaign.id for campaign in mine], words) if personal else ([], False)
    return {
        "campaigns": [campaign for campaign in mine if _fits(words, campaign)],
        "signatures": hits,
        "more": more,
        "messages": _message(words, [campaign.id for campaign in mine]),
    }


def _fits(words: str, campaign: StaffCampaign) -> bool:
    return words.casefold() in campaign.title.casefold() or words.casefold() in campaign.slug


def _message(words: str, campaign_ids: list[UUID]) -> list[outbox.MessageView]:
    """The message of that number, if it is the organisation's and this reader may open it."""
    if not may_open("staff.message"):
        return []
    try:
        return [outbox.message(UUID(words), [*campaign_ids, g.staff.organisation_id])[0]]
    except (ValueError, NotFound):
        return []
