"""What staff do in the outbox: pause and let go on, cancel, send again. Each act is audited and can be taken back."""

from uuid import UUID

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, outbox
from campaign.accounts import Role
from campaign.core import audit
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.rates import Rate
from campaign.outbox import State, pauses
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.delivery import stream_of
from campaign.web.staff.forms import plain_form
from campaign.web.staff.notices import notice

MAY_ACT = (Role.OWNER, Role.CAMPAIGNER)
RATE = Rate(120, "minute")


@blueprint.post("/outbox/<uuid:message_id>/<any(pause, resume, cancel, restore, again):act>")
@staff(*MAY_ACT)
@limited("staff-outbox", RATE)
def act_on_message(message_id: UUID, act: str) -> ResponseReturnValue:
    """Do one of the acts to one message of this organisation."""
    plain_form()
    before, _moves = outbox.message(message_id, campaigns.owners(g.staff.organisation_id))
    with transaction():
        words, undo = ACTS[act](message_id)
        audit.record(
            g.staff.actor,
            f"outbox.{act}",
            f"message:{message_id}",
            g.staff.organisation_id,
            before={"state": before.state},
        )
    notice(words, undo=url_for("staff.act_on_message", message_id=message_id, act=undo) if undo else None)
    return redirect(url_for("staff.message", message_id=message_id), 303)


def _pause(id_: UUID) -> tuple[str, str]:
    if not pauses.freeze([id_], True, actor=g.staff.actor):
        raise DomainError(_("Only a message that waits can be paused."))
    return _("The message is paused."), "resume"


def _resume(id_: UUID) -> tuple[str, str]:
    pauses.freeze([id_], False, actor=g.staff.actor)
    return _("The message goes on."), "pause"


def _cancel(id_: UUID) -> tuple[str, str]:
    outbox.actions.cancel(id_, actor=g.staff.actor)
    return _("The message is cancelled."), "restore"


def _restore(id_: UUID) -> tuple[str, str]:
    outbox.actions.restore(id_, actor=g.staff.actor)
    return _("The message waits again."), "cancel"


def _again(id_: UUID) -> tuple[str, str]:
    anew = outbox.actions.send_again(id_, actor=g.staff.actor)
    if anew:
        return _("The message is written anew and sent again."), "cancel"
    return _("The message is sent again as it was, since the first may have arrived."), "cancel"


ACTS = {"pause": _pause, "resume": _resume, "cancel": _cancel, "restore": _restore, "again": _again}


def acts_for(state: State, frozen: bool) -> list[str]:
    """What can be done to a message that stands so."""
    if state in (State.HELD, State.QUEUED):
        return ["resume" if frozen else "pause", "cancel"]
    return ["again"] if state in outbox.actions.AGAIN else []


@blueprint.post("/campaigns/<slug>/delivery/pause", endpoint="pause_campaign", defaults={"paused": True})
@blueprint.post("/campaigns/<slug>/delivery/resume", endpoint="resume_campaign", defaults={"paused": False})
@staff(*MAY_ACT)
@limited("staff-outbox", RATE)
def pause_campaign(slug: str, paused: bool) -> ResponseReturnValue:
    """Let all mail of the campaign wait, confirmations too, or go on."""
    plain_form()
    _set([pauses.of_owner(g.campaign.id)], paused)
    undo = url_for("staff.resume_campaign" if paused else "staff.pause_campaign", slug=slug)
    notice(_("The mail of this campaign waits.") if paused else _("The mail of this campaign goes on."), undo=undo)
    return redirect(_back(slug), 303)


@blueprint.post("/campaigns/<slug>/delivery/<uuid:post_id>/pause", endpoint="pause_target", defaults={"paused": True})
@blueprint.post(
    "/campaigns/<slug>/delivery/<uuid:post_id>/resume", endpoint="resume_target", defaults={"paused": False}
)
@staff(*MAY_ACT)
@limited("staff-outbox", RATE)
def pause_target(slug: str, post_id: UUID, paused: bool) -> ResponseReturnValue:
    """Let this campaign's letters to one office wait. Going on ends a stop by trouble, too."""
    plain_form()
    stream = stream_of(post_id)
    own = pauses.of_owner(g.campaign.id, stream)
    _set([own] if paused else [own, stream], paused)
    undo = url_for("staff.resume_target" if paused else "staff.pause_target", slug=slug, post_id=post_id)
    notice(_("The letters to this office wait.") if paused else _("The letters to this office go on."), undo=undo)
    return redirect(_back(slug), 303)


def _back(slug: str) -> str:
    """The page whose button it was."""
    pages = {"dashboard": "staff.dashboard", "outbox": "staff.campaign_outbox"}
    return url_for(pages.get(request.form.get("page", ""), "staff.delivery"), slug=slug)


def _set(keys: list[str], paused: bool) -> None:
    verb = "pause" if paused else "resume"
    with transaction():
        for key in keys:
            done = pauses.pause(key, reason=_("paused by staff"), actor=g.staff.actor) if paused else pauses.resume(key)
            if done:
                audit.record(g.staff.actor, f"outbox.{verb}", f"outbox:{key}", g.staff.organisation_id)
