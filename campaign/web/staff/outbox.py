"""The outbox of an organisation, to look at: all of it, or one campaign's."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, outbox
from campaign.accounts import Role
from campaign.campaigns import StaffCampaign
from campaign.core import i18n
from campaign.core.i18n import number
from campaign.outbox import Lane, State
from campaign.web.audience import staff
from campaign.web.staff import blueprint
from campaign.web.staff.outbox_acts import MAY_ACT, acts_for

MOST_PAGES = 1000
# A viewer sees how many there are, not to whom.
READING = (Role.OWNER, Role.CAMPAIGNER, Role.MODERATOR)
LOOKING = (*READING, Role.VIEWER)


@blueprint.get("/outbox", endpoint="outbox")
@staff(*LOOKING)
def show() -> ResponseReturnValue:
    """The lanes, and a page of messages."""
    mine = campaigns.all_of(g.staff.organisation_id, i18n.language())
    wanted = [campaign.id for campaign in mine if campaign.slug == request.args.get("campaign")]
    owners = wanted or [*(campaign.id for campaign in mine), g.staff.organisation_id]
    return _page(owners, mine)


@blueprint.get("/campaigns/<slug>/outbox")
@staff(*LOOKING)
def campaign_outbox(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """The same of one campaign."""
    return _page([g.campaign.id], [])


@blueprint.get("/outbox/<uuid:message_id>", endpoint="message")
@staff(*READING)
def message(message_id: UUID) -> ResponseReturnValue:
    """One message and every step it took."""
    view, moves = outbox.message(message_id, campaigns.owners(g.staff.organisation_id))
    acts = acts_for(view.state, view.frozen) if g.staff.role in MAY_ACT else []
    return render_template(
        "staff/outbox/message.html", message=view, moves=moves, acts=acts, place=outbox.place(message_id)
    )


def _page(owners: Sequence[UUID], choices: list[StaffCampaign]) -> ResponseReturnValue:
    """`choices` are the campaigns to filter by."""
    chosen = _chosen(choices)
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, more = None, False
    if g.staff.role in READING:
        rows, more = outbox.messages(owners, chosen["state"], chosen["kind"], page)
    return render_template(
        "staff/outbox/outbox.html",
        lanes=[_lane(view) for view in outbox.lanes(owners)],
        messages=rows,
        page={"number": page, "more": more},
        chosen={name: str(value) for name, value in chosen.items() if value},
        states=[state.value for state in State],
        kinds=KINDS,
        choices=[(campaign.slug, campaign.title) for campaign in choices],
        titles={campaign.id: campaign.title for campaign in choices},
    )


def _chosen(choices: list[StaffCampaign]) -> dict[str, Any]:
    """The filters of this request that make sense."""
    state, kind, slug = (request.args.get(name, "") for name in ("state", "kind", "campaign"))
    return {
        "state": State(state) if state in list(State) else None,
        "kind": kind if kind in KINDS else "",
        "campaign": slug if slug in [campaign.slug for campaign in choices] else "",
    }


def _lane(view: outbox.LaneView) -> dict[str, object]:
    labels = {Lane.PEOPLE: _("Mail that people wait for"), Lane.LETTERS: _("Letters to offices")}
    pace = _("%(n)s a minute", n=number(round(view.per_minute))) if view.per_minute else _("no limit")
    states = {state.value: view.states.get(state, 0) for state in State}
    return {
        "name": view.lane.value,
        "label": labels[view.lane],
        "pace_text": pace,
        "closed_reason": view.closed_reason,
        **states,
    }


# What supporters and offices get; mail to staff has no filter of its own.
KINDS = ("letter", "confirmation", "already_signed")
