"""Check your letter before it is signed: to whom, from whom, what an office answers to, the full text."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from campaign import config, signatures
from campaign.campaigns import Page
from campaign.core import clock
from campaign.core.rates import Rate
from campaign.signatures import ConsentKind
from campaign.web.audience import limited, public
from campaign.web.public import LANG, blueprint
from campaign.web.public.campaign import open_page, show
from campaign.web.public.forms import SignForm
from campaign.web.public.writing import Writing

# What the buttons themselves bring.
BUTTONS = {"csrf_token", "by", "change"}


@blueprint.post(f"/{LANG}/campaigns/<slug>/check")
@public
@limited("check", Rate(60, "minute"))
def check_letter(lang: str, slug: str) -> ResponseReturnValue:
    """Show the letter as it will go, with the whole form in the page; nothing is kept. `change` leads back to it."""
    page, letter = open_page(slug, lang, request.form.get("letter_lang", ""), request.form.get("lot", ""))
    if letter.model is None or not page.is_open:
        return show(page, letter, None, 409)
    form = SignForm(request.form, slug=slug, home=page.country, writing=letter)
    if not form.validate():
        return show(page, letter, form, 422)
    return show(page, letter, form) if "change" in request.form else _check(page, letter, form)


def _check(page: Page, letter: Writing, form: SignForm) -> ResponseReturnValue:
    form.csrf_token.data = None
    return render_template(
        "public/check.html",
        campaign=page,
        form=form,
        kept=[pair for pair in request.form.items(multi=True) if pair[0] not in BUTTONS],
        sheets=letter.sheets,
        body=form.letter,
        own=letter.share(form.letter),
        beside=letter.beside,
        today=clock.today(),
        relayed=bool(config.current().inbound_domain),
        consent_text=signatures.consent.wording(ConsentKind.SEND, page),
    )
