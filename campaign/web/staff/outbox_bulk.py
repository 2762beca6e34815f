"""What staff do to all messages of a filter, or to all of their organisation: counted first, audited, taken back."""

from typing import Any
from uuid import UUID, uuid4

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _, ngettext

from campaign import campaigns, outbox
from campaign.campaigns import StaffCampaign
from campaign.core import audit, i18n
from campaign.core.db import transaction
from campaign.core.errors import NotFound
from campaign.core.i18n import number
from campaign.outbox import State, Wanted, bulk, pauses
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint, outbox_offices
from campaign.web.staff.forms import plain_form
from campaign.web.staff.notices import notice
from campaign.web.staff.outbox_acts import MAY_ACT, RATE
from campaign.web.staff.outbox_filter import Chosen, chosen

STATES = {"cancel": bulk.CANCELLABLE, "again": outbox.actions.AGAIN}


def offered(asked: Chosen) -> list[str]:
    """The acts that can concern messages in the chosen state; none for all messages at once."""
    return [act for act, states in STATES.items() if asked.arguments() and (not asked.state or asked.state in states)]


@blueprint.get("/outbox/all", endpoint="outbox_count")
@staff(*MAY_ACT)
def count() -> ResponseReturnValue:
    """How many it would concern, and the button that does it."""
    act, mine = _act(), _mine()
    asked = chosen(request.args, mine)
    titles = {one.slug: one.title for one in mine}
    return render_template(
        "staff/outbox/bulk.html",
        act=act,
        chosen=asked.arguments(),
        office=dict(outbox_offices.choices(mine)).get(asked.office),
        of_campaign=titles.get(asked.campaign),
        number_found=outbox.count(_wanted(asked, act, mine)),
        most=bulk.MOST,
        back=url_for("staff.outbox", **asked.arguments()),
    )


@blueprint.post("/outbox/all", endpoint="outbox_all")
@staff(*MAY_ACT)
@limited("staff-outbox", RATE)
def do_all() -> ResponseReturnValue:
    """Do it to all that fit now."""
    plain_form()
    act, mine, bulk_id = _act(), _mine(), uuid4()
    asked = chosen(request.form, mine)
    wanted = _wanted(asked, act, mine)
    with transaction():
        done = (bulk.cancel_all if act == "cancel" else bulk.send_all_again)(
            wanted, act=_name(bulk_id), actor=g.staff.actor
        )
        if not done:
            raise NotFound(_("No message fits these filters now."))
        # The words may be somebody's name or address.
        filters = {key: value for key, value in asked.arguments().items() if key != "q"}
        _audit(f"outbox.{act}_all", f"act:{bulk_id}", number=done, filters=filters, by_words=bool(asked.q))
    notice(_words(act, done), undo=url_for("staff.outbox_take_back", bulk_id=bulk_id))
    return redirect(url_for("staff.outbox", **asked.arguments()), 303)


@blueprint.post("/outbox/acts/<uuid:bulk_id>/take-back", endpoint="outbox_take_back")
@staff(*MAY_ACT)
@limited("staff-outbox", RATE)
def take_back(bulk_id: UUID) -> ResponseReturnValue:
    """Undo an act as far as nothing has happened to its messages since."""
    plain_form()
    with transaction():
        done = bulk.take_back(_name(bulk_id), campaigns.owners(g.staff.organisation_id), actor=g.staff.actor)
        if not done:
            raise NotFound(_("There is nothing to take back any more."))
        _audit("outbox.take_back", f"act:{bulk_id}", number=done)
    notice(ngettext("%(n)s message is as it was.", "%(n)s messages are as they were.", done, n=number(done)))
    return redirect(url_for("staff.outbox"), 303)


@blueprint.post("/outbox/pause")
@staff(*MAY_ACT)
@limited("staff-outbox", RATE)
def pause_organisation() -> ResponseReturnValue:
    """Let the mail of all campaigns wait."""
    return _set_all(True)


@blueprint.post("/outbox/resume")
@staff(*MAY_ACT)
@limited("staff-outbox", RATE)
def resume_organisation() -> ResponseReturnValue:
    """Let it go on."""
    return _set_all(False)


def _set_all(paused: bool) -> ResponseReturnValue:
    """`only` in the address restricts it to some campaigns, for the undo."""
    plain_form()
    only = set(request.args.getlist("only"))
    changed = [one for one in _mine() if not only or one.slug in only]
    with transaction():
        changed = [one for one in changed if _set(one.id, paused)]
    undo = "staff.resume_organisation" if paused else "staff.pause_organisation"
    words = _("The mail of all campaigns waits.") if paused else _("The mail of all campaigns goes on.")
    notice(words, undo=url_for(undo, only=[one.slug for one in changed]) if changed else None)
    return redirect(url_for("staff.outbox"), 303)


def _set(owner: UUID, paused: bool) -> bool:
    key = pauses.of_owner(owner)
    done = pauses.pause(key, reason=_("paused by staff"), actor=g.staff.actor) if paused else pauses.resume(key)
    if done:
        _audit("outbox.pause" if paused else "outbox.resume", f"outbox:{key}")
    return done


def _act() -> str:
    """The act that the address names; raises NotFound for any other."""
    act = request.args.get("act", "cancel")
    if act not in STATES:
        raise NotFound(_("There is no such act."))
    return act


def _name(bulk_id: UUID) -> str:
    """How an act is called in the history of each message."""
    return bulk_id.hex[:8]


def _mine() -> list[StaffCampaign]:
    return campaigns.all_of(g.staff.organisation_id, i18n.language())


def _wanted(asked: Chosen, act: str, mine: list[StaffCampaign]) -> Wanted:
    """The campaigns' messages that the act can concern; mail to staff is left alone."""
    wanted = asked.wanted(mine)
    states = tuple(state for state in STATES[act] if not asked.state or state == State(asked.state))
    owners = wanted.owners if states else ()
    return Wanted(owners=owners, states=states, kind=wanted.kind, stream=wanted.stream, numbers=wanted.numbers)


def _words(act: str, n: int) -> str:
    if act == "cancel":
        return ngettext("%(n)s message is cancelled.", "%(n)s messages are cancelled.", n, n=number(n))
    return ngettext("%(n)s message is sent again.", "%(n)s messages are sent again.", n, n=number(n))


def _audit(action: str, subject: str, **detail: Any) -> None:
    audit.record(g.staff.actor, action, subject, g.staff.organisation_id, **detail)
