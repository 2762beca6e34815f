"""What offices answered to the letters of a campaign: read it, publish it, take it back."""

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from campaign import replies, targets
from campaign.accounts import Role
from campaign.core import clock, i18n
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.rates import Rate
from campaign.core.text import prose
from campaign.replies import Answer
from campaign.targets import Target
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, plain_form, posted, put_error
from campaign.web.staff.notices import notice

# Answers name supporters, and people in offices.
MAY_READ = (Role.OWNER, Role.CAMPAIGNER, Role.MODERATOR)
MAY_PUBLISH = (Role.OWNER, Role.CAMPAIGNER)
RATE = Rate(60, "minute")
MOST_PAGES = 1000


class PublishForm(StaffForm):
    """What everybody shall read."""

    text = TextAreaField(
        filters=[lambda value: prose(value or "")], validators=[InputRequired(_("Write what the office answered."))]
    )


@blueprint.get("/campaigns/<slug>/replies", endpoint="replies")
@staff(*MAY_READ)
def list_replies(slug: str) -> ResponseReturnValue:
    """All of them, the last first; those that programs wrote stand apart."""
    number = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    automatic = request.args.get("automatic") == "1"
    rows, more = replies.page(g.campaign.id, number, automatic=automatic)
    return render_template(
        "staff/replies/list.html",
        slug=slug,
        replies=rows,
        offices=_offices(rows),
        automatic=automatic,
        page={"number": number, "more": more},
    )


@blueprint.get("/campaigns/<slug>/replies/<uuid:reply_id>")
@staff(*MAY_READ)
def reply(slug: str, reply_id: UUID) -> ResponseReturnValue:
    """One of them, with what of it may be published."""
    one = replies.answer(g.campaign.id, reply_id)
    return _show(one, PublishForm(text=replies.draft(one)), slug)


@blueprint.post("/campaigns/<slug>/replies/<uuid:reply_id>/publish")
@staff(*MAY_PUBLISH)
@limited("staff-reply", RATE)
def publish_reply(slug: str, reply_id: UUID) -> ResponseReturnValue:
    """Show a text as the office's answer."""
    one, form = replies.answer(g.campaign.id, reply_id), PublishForm(posted())
    if not form.validate():
        return _show(one, form, slug, 422)
    try:
        _publish(reply_id, form.text.data)
    except DomainError as error:
        put_error(form, error, "text")
        return _show(one, form, slug, error.status if error.status == 409 else 422)
    notice(
        gettext("The answer stands on the campaign page."), url_for("staff.unpublish_reply", **_here(slug, reply_id))
    )
    return redirect(url_for("staff.reply", **_here(slug, reply_id)), 303)


@blueprint.post("/campaigns/<slug>/replies/<uuid:reply_id>/unpublish")
@staff(*MAY_PUBLISH)
@limited("staff-reply", RATE)
def unpublish_reply(slug: str, reply_id: UUID) -> ResponseReturnValue:
    """Show it no longer."""
    plain_form()
    with transaction():
        replies.unpublish(g.campaign.id, g.staff.organisation_id, reply_id, actor=g.staff.actor)
    undo = url_for("staff.restore_reply", **_here(slug, reply_id))
    notice(gettext("The answer is off the campaign page."), undo)
    return redirect(url_for("staff.reply", **_here(slug, reply_id)), 303)


@blueprint.post("/campaigns/<slug>/replies/<uuid:reply_id>/restore")
@staff(*MAY_PUBLISH)
@limited("staff-reply", RATE)
def restore_reply(slug: str, reply_id: UUID) -> ResponseReturnValue:
    """Show again what was shown before."""
    plain_form()
    _publish(reply_id, replies.answer(g.campaign.id, reply_id).published_text or "")
    notice(gettext("The answer is back on the campaign page."))
    return redirect(url_for("staff.reply", **_here(slug, reply_id)), 303)


def _publish(reply_id: UUID, text: str) -> None:
    with transaction():
        replies.publish(g.campaign.id, g.staff.organisation_id, reply_id, text, actor=g.staff.actor)


def _here(slug: str, reply_id: UUID) -> dict[str, Any]:
    return {"slug": slug, "reply_id": reply_id}


def _offices(rows: list[Answer]) -> dict[UUID, Target]:
    ids = list(dict.fromkeys(row.post_id for row in rows))
    return {one.post_id: one for one in targets.resolve(ids, clock.today(), i18n.language())} if ids else {}


def _show(one: Answer, form: PublishForm, slug: str, status: int = 200) -> ResponseReturnValue:
    office = _offices([one]).get(one.post_id)
    home = (office.email or "").rpartition("@")[2].lower() if office else ""
    return render_template(
        "staff/replies/reply.html",
        slug=slug,
        reply=one,
        form=form,
        office=office,
        foreign=bool(one.sender) and one.sender.rpartition("@")[2] != home,
        may_publish=g.staff.role in MAY_PUBLISH and not one.automatic,
    ), status
