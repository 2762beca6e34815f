"""The thank-you page, which is the status page too: reference, what happens next, each letter, and passing it on."""

from typing import Any
from uuid import UUID

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from campaign import campaigns, config, letters, outbox, replies, reports, signatures, targets
from campaign.campaigns import Page
from campaign.core import clock, tokens
from campaign.core.errors import Gone, NotFound
from campaign.core.tokens import Purpose
from campaign.outbox import State
from campaign.privacy import REPLY_DAYS
from campaign.signatures import STANDING, Signed
from campaign.web.audience import signed_link
from campaign.web.public import blueprint, timing
from campaign.web.public.campaign import counter_urls
from campaign.web.public.share import sharing
from campaign.web.public.states import notices, state_label


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
    return render_template(
        "public/thanks.html",
        campaign=page,
        token=token,
        reference=signature.reference,
        stands=signature.state in STANDING,
        own=letters.text(signature.text_id).own,
        sharing=sharing(page, signature.share_code),
        brought=signatures.brought(signature.share_code),
        demo_mail_url=url_for("demo.mail") if config.current().demo else None,
        reply_days=REPLY_DAYS,
        relayed=bool(config.current().inbound_domain),
        **_letters(signature, page),
        **_together(page),
    )


def _together(page: Page) -> dict[str, Any]:
    """The others who signed; nothing where the campaign is shown to nobody any more, as the letters still are."""
    try:
        counter = reports.counter(page.slug)
    except NotFound:
        return {"counter": None, "notices": []}
    return {
        "counter": counter,
        "notices": notices(page, counter, targets.resolve(page.post_ids, clock.today(), page.lang)),
        "live_url": url_for("public.live", lang=page.lang, slug=page.slug),
        "campaign_url": url_for("public.campaign", lang=page.lang, slug=page.slug),
        **counter_urls(page.slug),
    }


def _letters(signature: Signed, page: Page) -> dict[str, Any]:
    """Each letter with where it is and what was answered, in the order of the targets; and when the next one leaves."""
    found = signatures.letter_states(signature.id)
    waiting, in_zone = timing.places(found), signatures.zone(signature.campaign_id)
    paper, days = outbox.paper.is_chosen(page.id), outbox.handovers.days([letter.id for letter in found])
    answers = replies.of_signature(signature.id)
    posts = {one.post_id: one for one in targets.resolve([one.post_id for one in found], clock.today(), page.lang)}
    order = {post_id: place for place, post_id in enumerate(page.post_ids)}
    items = [
        {
            "id": letter.id,
            "office": posts[letter.post_id].office,
            "holder": posts[letter.post_id].holder,
            "state": letter.state,
            "label": state_label(letter.state, paper=paper),
            "at": letter.at,
            "handed_on": days.get(letter.id),
            "answers": answers.get(letter.post_id, []),
            "answered": any(not answer.automatic for answer in answers.get(letter.post_id, [])),
            "turn": timing.turn(waiting[letter], in_zone) if letter in waiting else "",
        }
        for letter in sorted(found, key=lambda letter: order.get(letter.post_id, 0))
        if letter.post_id in posts
    ]
    on_paper = paper and any(letter.state == State.QUEUED for letter in found)
    return {"letters": items, "leaves": timing.sentence(waiting, in_zone), "on_paper": on_paper}
