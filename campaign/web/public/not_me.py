"""I did not ask for this; and: no more news. Links in our mails that end something, by a button each."""

from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, signatures
from campaign.core import tokens
from campaign.core.db import transaction
from campaign.core.errors import Gone
from campaign.core.rates import Rate
from campaign.core.tokens import Purpose
from campaign.signatures import Signed
from campaign.web.audience import limited, signed_link
from campaign.web.public import blueprint


@blueprint.route("/not-me/<token>", methods=["GET", "POST"])
@signed_link
@limited("not-me", Rate(60, "minute"))
def not_me(token: str) -> ResponseReturnValue:
    """GET says what the buttons do and nothing of what was signed; POST does it."""
    signature = _signature(Purpose.NOT_ME, token)
    scope = request.form.get("scope", "campaign") if request.method == "POST" else ""
    if scope:
        with transaction():
            signatures.refusals.refuse(signature.id, everywhere=scope == "all")
    page = campaigns.by_id(signature.campaign_id, signature.lang)
    return render_template("public/not_me.html", campaign=page, token=token, done=scope)


@blueprint.route("/unsubscribe/<token>", methods=["GET", "POST"])
@signed_link
@limited("unsubscribe", Rate(600, "minute"))
def unsubscribe(token: str) -> ResponseReturnValue:
    """GET shows a button; POST ends the news of a campaign. Mail programs post here by themselves (RFC 8058)."""
    signature = _signature(Purpose.UNSUBSCRIBE, token)
    done = request.method == "POST"
    if done:
        with transaction():
            signatures.own.unsubscribe(signature.id)
    page = campaigns.by_id(signature.campaign_id, signature.lang)
    return render_template("public/unsubscribe.html", campaign=page, token=token, done=done)


def _signature(purpose: Purpose, token: str) -> Signed:
    """The signature of a link, its writer's language for the page; raises Gone."""
    g.private = True
    value = tokens.read(purpose, token)
    try:
        signature = signatures.signed(UUID(hex=value))
    except ValueError as error:
        raise Gone(_("A part of the link may be missing.")) from error
    g.lang = signature.lang
    return signature
