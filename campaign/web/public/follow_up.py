"""Did they answer? A writer says it of each office, by the link in the one mail that asks."""

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, offices, targets
from campaign.core import clock, tokens
from campaign.core.db import transaction
from campaign.core.errors import Gone
from campaign.core.rates import Rate
from campaign.core.tokens import Purpose
from campaign.offices import Said
from campaign.web.audience import limited, signed_link
from campaign.web.public import blueprint


@blueprint.route("/answered/<token>", methods=["GET", "POST"])
@signed_link
@limited("follow-up", Rate(60, "minute"))
def follow_up(token: str) -> ResponseReturnValue:
    """GET shows the offices and what was said of them; POST keeps what is said now, as often as she likes."""
    g.private = True
    id_ = _id(token)
    writer = offices.follow_up.writer(id_)
    g.lang = writer.lang
    asked = offices.follow_up.asked(id_)
    if request.method == "POST":
        posted = {one.letter_id: request.form.get(one.post_id.hex, "") for one in asked}
        with transaction():
            offices.follow_up.say(id_, {letter: Said(word) for letter, word in posted.items() if word in list(Said)})
        return redirect(url_for("public.follow_up", token=token, kept=1), 303)
    page = campaigns.by_id(writer.campaign_id, writer.lang)
    kept = request.args.get("kept") == "1"
    return render_template(
        "public/office/answered.html", campaign=page, token=token, rows=_rows(asked, writer.lang), kept=kept
    )


def _id(token: str) -> UUID:
    try:
        return UUID(hex=tokens.read(Purpose.FOLLOW_UP, token))
    except ValueError as error:
        raise Gone(_("A part of the link may be missing.")) from error


def _rows(asked: list[offices.Asked], lang: str) -> list[dict[str, Any]]:
    """The offices by name, each with what is known of it."""
    names = {one.post_id: one.office for one in targets.resolve([one.post_id for one in asked], clock.today(), lang)}
    return [{"asked": one, "office": names[one.post_id]} for one in asked if one.post_id in names]
