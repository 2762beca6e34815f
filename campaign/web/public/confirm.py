"""The mailed link: the letter once more, and one button."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, letters, signatures, targets
from campaign.core import clock, tokens
from campaign.core.db import transaction
from campaign.core.errors import Conflict, Gone
from campaign.core.rates import Rate
from campaign.core.tokens import Purpose
from campaign.signatures import ConsentKind, SignatureState
from campaign.web.audience import limited, signed_link
from campaign.web.public import blueprint
from campaign.web.public.sheet import sheet


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@signed_link
@limited("confirm", Rate(60, "minute"))
def confirm(token: str) -> ResponseReturnValue:
    """GET shows the letter and one button; only its POST confirms (mail scanners follow links)."""
    g.private = True
    try:
        signature = signatures.signed(UUID(hex=tokens.read(Purpose.CONFIRM, token)))
        g.lang = signature.lang
        page = campaigns.by_id(signature.campaign_id, signature.lang)
        if request.method == "POST":
            with transaction():
                standing = signatures.confirm(signature.id, page)
            return redirect(url_for("public.thanks", token=tokens.sign(Purpose.STATUS, standing.hex)), 303)
        stands = signatures.stands_instead(signature.id)
        if stands is not None:
            return redirect(url_for("public.thanks", token=tokens.sign(Purpose.STATUS, stands.hex)), 303)
        if signature.state != SignatureState.PENDING or not page.is_open:
            raise Gone(_("There is nothing left to confirm here."))
    except (Gone, Conflict) as error:
        return render_template("public/confirm_gone.html", text=error.words), error.status
    text = letters.text(signature.text_id)
    posts = targets.resolve(page.post_ids, clock.today(), signature.lang)
    read = targets.resolve(page.post_ids, clock.today(), text.lang)
    title = campaigns.by_id(page.id, text.lang).title
    return render_template(
        "public/confirm.html",
        campaign=page,
        supporter_name=signature.name,
        subject=text.subject,
        body=text.body,
        targets=posts,
        letter=sheet(text, letters.addressed(page.id, read, text.lang)[0], title),
        own=text.own,
        beside=letters.beside(text),
        today=clock.today(),
        consent_text=signatures.consent.wording(ConsentKind.SEND, page),
        token=token,
    )
