"""What offices asked for by the link in their letters, and their answers to all, which staff publish."""

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from campaign import offices, outbox, targets
from campaign.accounts import Role
from campaign.core import clock, i18n
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.rates import Rate
from campaign.core.text import prose
from campaign.offices import WishKind, WishView
from campaign.targets import Target
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, plain_form, posted, put_error
from campaign.web.staff.notices import notice

MAY_READ = (Role.OWNER, Role.CAMPAIGNER, Role.MODERATOR)
MAY_PUBLISH = (Role.OWNER, Role.CAMPAIGNER)
RATE = Rate(60, "minute")


class SaidForm(StaffForm):
    """What everybody shall read."""

    text = TextAreaField(
        filters=[lambda value: prose(value or "")], validators=[InputRequired(_("Write what the office answered."))]
    )


@blueprint.get("/campaigns/<slug>/offices", endpoint="offices")
@staff(*MAY_READ)
def list_wishes(slug: str) -> ResponseReturnValue:
    """All that offices asked for and confirmed, the last first."""
    rows = offices.wishes(g.campaign.id)
    keys = [_pause_key(post_id) for post_id in g.campaign.post_ids]
    return render_template(
        "staff/offices/list.html",
        slug=slug,
        wishes=rows,
        names=_names(rows),
        kinds={kind: offices.composers.kind_name(kind) for kind in WishKind},
        waiting={row.id for row in rows if _pause_key(row.post_id) in outbox.pauses.standing(keys)},
        may_publish=g.staff.role in MAY_PUBLISH,
    )


@blueprint.get("/campaigns/<slug>/offices/<uuid:wish_id>")
@staff(*MAY_READ)
def office_answer(slug: str, wish_id: UUID) -> ResponseReturnValue:
    """One of them; an answer with its form."""
    one = offices.wish(wish_id, g.campaign.id)
    return _show(one, SaidForm(text=one.published_text or one.text), slug)


@blueprint.post("/campaigns/<slug>/offices/<uuid:wish_id>/publish")
@staff(*MAY_PUBLISH)
@limited("staff-reply", RATE)
def publish_office_answer(slug: str, wish_id: UUID) -> ResponseReturnValue:
    """Show it to everybody, and after some minutes tell the writers who agreed."""
    one, form = offices.wish(wish_id, g.campaign.id), SaidForm(posted())
    if not form.validate():
        return _show(one, form, slug, 422)
    try:
        _publish(wish_id, form.text.data)
    except DomainError as error:
        put_error(form, error, "text")
        return _show(one, form, slug, 422 if error.status == 400 else error.status)
    undo = url_for("staff.unpublish_office_answer", **_here(slug, wish_id))
    notice(gettext("The answer stands on the campaign page. Writers who agreed get it in ten minutes."), undo)
    return redirect(url_for("staff.office_answer", **_here(slug, wish_id)), 303)


@blueprint.post("/campaigns/<slug>/offices/<uuid:wish_id>/unpublish")
@staff(*MAY_PUBLISH)
@limited("staff-reply", RATE)
def unpublish_office_answer(slug: str, wish_id: UUID) -> ResponseReturnValue:
    """Show it no longer, and tell nobody more."""
    plain_form()
    with transaction():
        offices.answers.unpublish(g.campaign.id, g.staff.organisation_id, wish_id, actor=g.staff.actor)
    notice(
        gettext("The answer is off the campaign page."),
        url_for("staff.restore_office_answer", **_here(slug, wish_id)),
    )
    return redirect(url_for("staff.office_answer", **_here(slug, wish_id)), 303)


@blueprint.post("/campaigns/<slug>/offices/<uuid:wish_id>/restore")
@staff(*MAY_PUBLISH)
@limited("staff-reply", RATE)
def restore_office_answer(slug: str, wish_id: UUID) -> ResponseReturnValue:
    """Show again what was shown before."""
    plain_form()
    _publish(wish_id, offices.wish(wish_id, g.campaign.id).published_text or "")
    notice(gettext("The answer is back on the campaign page."))
    return redirect(url_for("staff.office_answer", **_here(slug, wish_id)), 303)


def _publish(wish_id: UUID, text: str) -> None:
    with transaction():
        offices.answers.publish(g.campaign.id, g.staff.organisation_id, wish_id, text, actor=g.staff.actor)


def _here(slug: str, wish_id: UUID) -> dict[str, Any]:
    return {"slug": slug, "wish_id": wish_id}


def _pause_key(post_id: UUID) -> str:
    return outbox.pauses.of_owner(g.campaign.id, f"target:{post_id}")


def _names(rows: list[WishView]) -> dict[UUID, Target]:
    ids = list(dict.fromkeys(row.post_id for row in rows))
    return {one.post_id: one for one in targets.resolve(ids, clock.today(), i18n.language())} if ids else {}


def _show(one: WishView, form: SaidForm, slug: str, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "staff/offices/answer.html",
        slug=slug,
        wish=one,
        form=form,
        office=_names([one]).get(one.post_id),
        kind=offices.composers.kind_name(one.kind),
        may_publish=g.staff.role in MAY_PUBLISH and one.kind == WishKind.ANSWER,
    ), status
