"""The mailed link: the letter once more, and one button."""

from datetime import timedelta
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, letters, signatures, targets
from campaign.campaigns import Page, Status
from campaign.core import clock, tokens
from campaign.core.db import transaction
from campaign.core.errors import Conflict, Gone
from campaign.core.rates import Rate
from campaign.core.tokens import OldToken, Purpose
from campaign.privacy import PAUSED_DAYS
from campaign.signatures import ConsentKind, SignatureState, Signed
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
        signature, page = _read(token)
        stands = _confirm(signature, page) if request.method == "POST" else signatures.stands_instead(signature.id)
        if stands is not None and signatures.own.same_mailbox(stands, signature.id):
            return redirect(url_for("public.thanks", token=tokens.sign(Purpose.STATUS, stands.hex)), 303)
        if stands is not None or signature.state != SignatureState.PENDING:
            raise Gone(_("There is nothing left to confirm here."))
    except Gone as error:
        return render_template("public/confirm_gone.html", text=error.words), error.status
    return _show(signature, page, token) if page.is_open else _shut(page)


def _confirm(signature: Signed, page: Page) -> UUID | None:
    """The signature that stands from now on; None where the campaign takes none at this moment."""
    try:
        with transaction():
            return signatures.confirm(signature.id, page)
    except Conflict:
        return None


def _read(token: str) -> tuple[Signed, Page]:
    """Whose link it is. A pause of the campaign does not use it up: it works as long as the signature is kept."""
    week, month = tokens.AGES[Purpose.CONFIRM], timedelta(days=PAUSED_DAYS)
    try:
        id_, old = tokens.read(Purpose.CONFIRM, token), None
    except OldToken as error:
        id_, old = tokens.read(Purpose.CONFIRM, token, month), error
    signature = signatures.signed(UUID(hex=id_))
    g.lang = signature.lang
    if old is not None and not campaigns.patience.waits(signature.campaign_id, week, month):
        raise old
    return signature, campaigns.by_id(signature.campaign_id, signature.lang)


def _shut(page: Page) -> ResponseReturnValue:
    """The campaign was paused or closed meanwhile. A paused one is no failure of the link."""
    context = {"campaign": page, "text": signatures.commands.shut(page), "days": PAUSED_DAYS}
    asked = 200 if page.status == Status.PAUSED else Gone.status
    status = Conflict.status if request.method == "POST" else asked
    return render_template("public/confirm_shut.html", **context), status


def _show(signature: Signed, page: Page, token: str) -> ResponseReturnValue:
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
