"""The outbox of an organisation, to look at: all of it, or one campaign's; and one message with its history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import accounts, campaigns, outbox, replies
from campaign.accounts import Role
from campaign.campaigns import StaffCampaign
from campaign.core import i18n, zones
from campaign.outbox import State, pauses
from campaign.signatures import zone
from campaign.web.audience import staff
from campaign.web.staff import blueprint, outbox_offices
from campaign.web.staff.outbox_acts import MAY_ACT, acts_for
from campaign.web.staff.outbox_bulk import offered
from campaign.web.staff.outbox_filter import EVERY_KIND, KINDS, Chosen, chosen

# A viewer sees how many there are, not to whom.
READING = (Role.OWNER, Role.CAMPAIGNER, Role.MODERATOR)
LOOKING = (*READING, Role.VIEWER)


@blueprint.get("/outbox", endpoint="outbox")
@staff(*LOOKING)
def show() -> ResponseReturnValue:
    """The lanes, the offices and a page of messages."""
    return _page(campaigns.all_of(g.staff.organisation_id, i18n.language()), [g.staff.organisation_id])


@blueprint.get("/campaigns/<slug>/outbox")
@staff(*LOOKING)
def campaign_outbox(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """The same of one campaign."""
    return _page([g.campaign], [])


def _page(mine: Sequence[StaffCampaign], more: Sequence[UUID]) -> ResponseReturnValue:
    """`more` are owners beside the campaigns: the organisation, for the mail of its staff."""
    asked = chosen(request.args, mine)
    here = [one for one in mine if asked.campaign in ("", one.slug)]
    owners = [*(one.id for one in here), *([] if asked.campaign else more)]
    reading, counted = g.staff.role in READING, outbox.standing(owners)
    return render_template(
        "staff/outbox/outbox.html",
        lanes=outbox_offices.lanes(counted),
        offices=outbox_offices.rows(here, outbox.streams(counted)),
        chosen=asked.arguments(),
        states=[state.value for state in State],
        kinds=EVERY_KIND if more else KINDS,
        campaigns=[(one.slug, one.title) for one in mine],
        office_choices=outbox_offices.choices(mine),
        titles={one.id: one.title for one in mine},
        may_act=g.staff.role in MAY_ACT,
        paused=paused_of(here),
        **(_messages(asked, mine, more) if reading else {"found": None, "offered": []}),
    )


def _messages(asked: Chosen, mine: Sequence[StaffCampaign], more: Sequence[UUID]) -> dict[str, Any]:
    wanted = asked.wanted(mine, more)
    before, after = (request.args.get(name, "") for name in ("before", "after"))
    return {"found": outbox.messages(wanted, before, after), "offered": offered(asked)}


def paused_of(mine: Sequence[StaffCampaign]) -> int:
    """How many of these campaigns are paused as a whole."""
    return len(pauses.standing([pauses.of_owner(one.id) for one in mine]))


@blueprint.get("/outbox/<uuid:message_id>", endpoint="message")
@staff(*READING)
def message(message_id: UUID) -> ResponseReturnValue:
    """One message and all that is known of it."""
    view, moves = outbox.message(message_id, campaigns.owners(g.staff.organisation_id))
    mine = {one.id: one for one in campaigns.all_of(g.staff.organisation_id, i18n.language())}
    campaign = mine.get(view.owner) if view.owner else None
    in_zone = zone(campaign.id) if campaign else zones.DEFAULT
    return render_template(
        "staff/outbox/message.html",
        message=view,
        history=_history(message_id, moves),
        names=accounts.team.names(g.staff.organisation_id),
        of_campaign=campaign,
        acts=acts_for(view.state, view.frozen) if g.staff.role in MAY_ACT else [],
        place=outbox_offices.place_words(outbox.place(message_id), in_zone) or _paper(view),
    )


def _paper(view: outbox.MessageView) -> str:
    """What a letter waits for that leaves on paper; empty for any other message."""
    if view.owner is None or view.state != State.QUEUED or not view.stream.startswith(pauses.OFFICES):
        return ""
    return _("waits for the hand-over") if outbox.paper.chosen([view.owner]) else ""


def _history(id_: UUID, moves: Sequence[outbox.MoveView]) -> list[tuple[str, Any]]:
    """Its steps, what providers reported and what came back, in the order in which we learned of it."""
    steps: list[tuple[datetime, str, Any]] = [(move.at, "move", move) for move in moves]
    steps += [(receipt.received_at, "receipt", receipt) for receipt in outbox.receipts.of_message(id_)]
    steps += [(answer.received_at, "reply", answer) for answer in replies.of_letter(id_)]
    return [(kind, step) for _at, kind, step in sorted(steps, key=lambda each: each[0])]
