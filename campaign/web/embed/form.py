"""The sign form as a frame on sites that a campaign's staff have named."""

from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign import campaigns, config, signatures, targets
from campaign.campaigns import Page
from campaign.core import clock
from campaign.core.errors import TooMany
from campaign.signatures import ConsentKind
from campaign.web.audience import public, self_limited
from campaign.web.embed import blueprint
from campaign.web.embed.badge import speak
from campaign.web.embed.options import Options
from campaign.web.headers import Frame, framed
from campaign.web.public import writing
from campaign.web.public.campaign import take
from campaign.web.public.forms import SignForm
from campaign.web.public.writing import Writing


@blueprint.get("/embed/<slug>/form")
@public
@framed(Frame.SITES)
def form(slug: str) -> ResponseReturnValue:
    """The letter and the form; its token is signed and bound to the campaign, and there is no cookie."""
    chosen, page, letter = _open(slug, writing.reader(slug))
    if letter.model is None or not page.is_open:
        return _show(chosen, page, letter, None)
    values: dict[str, Any] = {"subject": letter.model.subject, "body": letter.model.body, "lot": letter.model.lot}
    form = SignForm(None, slug=page.slug, home=page.country, writing=letter, source=chosen.source, **values)
    return _show(chosen, page, letter, form)


@blueprint.post("/embed/<slug>/form")
@public
@self_limited("sign")
@framed(Frame.SITES)
def sign(slug: str) -> ResponseReturnValue:
    """Take a signature, as the campaign page does: nothing counts before the link in the mail is confirmed."""
    chosen, page, letter = _open(slug, request.form.get("lot", ""))
    if letter.model is None or not page.is_open:
        return _show(chosen, page, letter, None, 409)
    filled = SignForm(request.form, slug=page.slug, home=page.country, writing=letter)
    try:
        if not take(page, letter.model, filled):
            return _show(chosen, page, letter, filled, 422)
    except TooMany as error:
        filled.form_errors.append(error.words)
        answer = make_response(_show(chosen, page, letter, filled, 429))
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    return redirect(url_for("embed.sent", slug=page.slug, **chosen.arguments()), 303)


@blueprint.get("/embed/<slug>/form/sent")
@public
@framed(Frame.SITES)
def sent(slug: str) -> ResponseReturnValue:
    """What to do next; the same page for everybody."""
    chosen, page, _letter = _open(slug)
    return render_template("embed/sent.html", campaign=page, options=chosen)


def _open(slug: str, lot: str = "") -> tuple[Options, Page, Writing]:
    """The campaign and its letter in the widget's language, and who may frame it."""
    chosen, page = speak(slug)
    g.framed_by = campaigns.embedders.origins(page.id)
    return chosen, page, writing.begin(page, "", lot)


def _show(
    chosen: Options, page: Page, letter: Writing, form: SignForm | None, status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "embed/form.html",
        campaign=page,
        options=chosen,
        targets=targets.resolve(page.post_ids, clock.today(), g.lang),
        letter=letter.sheets[0] if letter.sheets else None,
        form=form,
        action=url_for("embed.sign", slug=page.slug, **chosen.arguments()),
        campaign_url=url_for("public.campaign", lang=page.lang, slug=page.slug, source=chosen.source or None),
        consent_text=signatures.consent.wording(ConsentKind.SEND, page),
        updates_text=signatures.consent.wording(ConsentKind.UPDATES, page),
        relayed=bool(config.current().inbound_domain),
    ), status
