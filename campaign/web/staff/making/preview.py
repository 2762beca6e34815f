"""The page as supporters will see it, at two widths, in each language and state, and a link to show it to others."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, config
from campaign.campaigns import making as commands
from campaign.core import tokens
from campaign.core.db import transaction
from campaign.core.tokens import Purpose
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import plain_form
from campaign.web.staff.making import ACTS, MAY_MAKE, MAY_WRITE
from campaign.web.staff.making.basics import NAMES
from campaign.web.staff.making.story import chosen_lang
from campaign.web.staff.making.words import STATES
from campaign.web.staff.notices import notice


@blueprint.get("/campaigns/<slug>/making/preview")
@staff(*MAY_WRITE)
def page_preview(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """The page in a frame, with the choice of width, language and state."""
    lang, state = chosen_lang(), request.args.get("state", "")
    state = state if state in STATES else "open"
    wide = request.args.get("width") == "desktop"
    token = tokens.sign(Purpose.PREVIEW, campaigns.previews.subject(g.campaign.id))
    frame = url_for("public.preview", token=token, language=lang, state=state, framed=1)
    preview_link = config.current().public_url + url_for("public.preview", token=token, language=lang)
    context = {
        "lang_now": lang,
        "state": state,
        "wide": wide,
        "names": NAMES,
        "states": STATES,
        "preview_link": preview_link,
    }
    context["may_make"] = g.staff.role in MAY_MAKE
    g.shows_frames = True
    return render_template("staff/making/preview.html", frame=frame, **context)


@blueprint.post("/campaigns/<slug>/making/preview/revoke")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def revoke_previews(slug: str) -> ResponseReturnValue:
    """Links to the preview that were given out lead nowhere from now on."""
    plain_form()
    with transaction():
        commands.revoke_previews(g.staff.organisation_id, g.campaign.id, actor=g.staff.actor)
    notice(_("The links that were given out no longer work."))
    return redirect(url_for("staff.page_preview", slug=slug), 303)
