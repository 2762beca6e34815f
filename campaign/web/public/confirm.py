"""From the mailed link to the letters' own page."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, config, letters, outbox, replies, reports, signatures, targets
from campaign.core import clock, i18n, tokens, zones
from campaign.core.db import transaction
from campaign.core.errors import Conflict, Gone
from campaign.core.rates import Rate
from campaign.core.tokens import Purpose
from campaign.outbox import State
from campaign.privacy import REPLY_DAYS
from campaign.signatures import ConsentKind, SignatureState
from campaign.web import when
from campaign.web.audience import limited, signed_link
from campaign.web.public import blueprint
from campaign.web.public.campaign import counter_urls
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
        if signature.state == SignatureState.CONFIRMED:
            return redirect(url_for("public.thanks", token=tokens.sign(Purpose.STATUS, signature.id.hex)), 303)
        if signature.state != SignatureState.PENDING or not page.is_open:
            raise Gone(_("There is nothing left to confirm here."))
    except (Gone, Conflict) as error:
        return render_template("public/confirm_gone.html", text=error.words), error.status
    text = letters.text(signature.text_id)
    posts = targets.resolve(page.post_ids, clock.today(), signature.lang)
    return render_template(
        "public/confirm.html",
        campaign=page,
        supporter_name=signature.name,
        subject=text.subject,
        body=text.body,
        targets=posts,
        letter=sheet(text, posts[0], page.title),
        today=clock.today(),
        consent_text=signatures.consent.wording(ConsentKind.SEND, page.organisation),
        token=token,
    )


@blueprint.get("/thanks/<token>")
@signed_link
def thanks(token: str) -> ResponseReturnValue:
    """Where each letter stands, each time it is opened."""
    g.private = True
    try:
        signature = signatures.signed(UUID(hex=tokens.read(Purpose.STATUS, token)))
    except Gone as error:
        return render_template("public/confirm_gone.html", text=error.words), error.status
    g.lang = signature.lang
    page = campaigns.by_id(signature.campaign_id, signature.lang)
    posts = {target.post_id: target for target in targets.resolve(page.post_ids, clock.today(), signature.lang)}
    answers = replies.of_signature(signature.id)
    in_zone = signatures.zone(signature.campaign_id)
    order = {post_id: place for place, post_id in enumerate(page.post_ids)}
    items = [
        {
            "office": posts[letter.post_id].office,
            "holder": posts[letter.post_id].holder,
            "state": letter.state,
            "label": state_label(letter.state),
            "at": letter.at,
            "answers": answers.get(letter.post_id, []),
            "turn": _turn(letter, in_zone),
        }
        for letter in sorted(signatures.letter_states(signature.id), key=lambda letter: order.get(letter.post_id, 0))
        if letter.post_id in posts
    ]
    return render_template(
        "public/thanks.html",
        campaign=page,
        reference=signature.reference,
        letters=items,
        counter=reports.counter(page.slug),
        live_url=url_for("public.live", lang=signature.lang, slug=page.slug),
        campaign_url=url_for("public.campaign", lang=signature.lang, slug=page.slug),
        demo_mail_url=url_for("demo.mail") if config.current().demo else None,
        reply_days=REPLY_DAYS,
        relayed=bool(config.current().inbound_domain),
        **counter_urls(page.slug),
    )


def _turn(letter: signatures.LetterStatus, in_zone: str) -> str:
    """A letter's place in line and when it leaves, as far as anybody can say; empty for one that does not wait."""
    place = outbox.place(letter.id) if letter.state == State.QUEUED else None
    if place is None or place.at is None:
        return ""
    leaves = when.around(zones.local(place.at, in_zone), zones.local(clock.now(), in_zone))
    return _("about number %(n)s in line, leaves %(when)s", n=i18n.number(place.ahead + 1), when=leaves)


def state_label(state: State) -> str:
    """A message's state in words for its writer."""
    labels = {
        outbox.State.HELD: _("waiting"),
        outbox.State.QUEUED: _("waiting for its turn"),
        outbox.State.SENDING: _("leaving now"),
        outbox.State.UNSURE: _("being checked"),
        outbox.State.SENT: _("sent"),
        outbox.State.DELIVERED: _("delivered"),
        outbox.State.BOUNCED: _("came back"),
        outbox.State.COMPLAINED: _("delivered"),
    }
    return labels.get(state, _("not sent"))
