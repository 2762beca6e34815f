"""Check your mail: the code, the mail once more, another address. One page and one answer for everybody."""

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, config, signatures
from campaign.campaigns import Page
from campaign.core import addresses, tokens
from campaign.core.db import transaction
from campaign.core.errors import Conflict, DomainError, Gone
from campaign.core.rates import Rate
from campaign.core.tokens import Purpose
from campaign.signatures import Errand
from campaign.web.audience import limited, public
from campaign.web.public import LANG, blueprint

PAGE = f"/{LANG}/campaigns/<slug>/check-your-mail"
# Five wrong codes end it for a signature, fifteen for an address; this ends it for whoever tries many.
CODES, MAILS = Rate(20, "minute"), Rate(10, "minute")


def address_of(page: Page, lang: str, form: signatures.Form | None) -> str:
    """Where a sent form leads. Our own page's button asks for the address that knows the form; programs do without."""
    errand = _signed(signatures.errands.of_form(page, form)) if form is not None else None
    return url_for("public.check_mail", lang=lang, slug=page.slug, form=errand)


@blueprint.get(PAGE)
@public
def check_mail(lang: str, slug: str) -> ResponseReturnValue:
    """What to do next; the same page for everybody."""
    page = campaigns.find(slug, lang)
    try:
        errand = _read(request.args.get("form", ""), page) if "form" in request.args else None
    except Gone:
        errand = None
    said = {"again": _("If the last mail is older than two minutes, another one is on its way.")}
    return _show(page, errand, said=said.get(request.args.get("done", ""), ""))


@blueprint.post(f"{PAGE}/code")
@public
@limited("code", CODES)
def enter_code(lang: str, slug: str) -> ResponseReturnValue:
    """Confirm by the six digits; a wrong code, an unknown address and one too many look the same."""
    page, errand = _posted(slug, lang)
    try:
        with transaction():
            standing = signatures.errands.by_code(errand, request.form.get("code", ""), page)
    except Conflict as error:
        return _show(page, errand, code_error=error.words, status=409)
    if standing is None:
        words = _("This code does not fit. Take the one from our newest mail, or open the link in it.")
        return _show(page, errand, code_error=words, status=422)
    return redirect(url_for("public.thanks", token=tokens.sign(Purpose.STATUS, standing.hex)), 303)


@blueprint.post(f"{PAGE}/again")
@public
@limited("mail-again", MAILS)
def mail_again(lang: str, slug: str) -> ResponseReturnValue:
    """Ask for the mail once more."""
    page, errand = _posted(slug, lang)
    with transaction():
        signatures.errands.again(errand, page)
    return redirect(url_for("public.check_mail", lang=lang, slug=slug, form=_signed(errand), done="again"), 303)


@blueprint.post(f"{PAGE}/address")
@public
@limited("mail-again", MAILS)
def change_address(lang: str, slug: str) -> ResponseReturnValue:
    """Correct a mistyped address: a new link goes there, the old one dies."""
    page, errand = _posted(slug, lang)
    email = request.form.get("email", "").strip()
    try:
        address = addresses.parse(email)
        with transaction():
            new = signatures.errands.elsewhere(errand, address, page)
    except DomainError as error:
        return _show(page, errand, email=email, email_error=error.words, status=422)
    return redirect(url_for("public.check_mail", lang=lang, slug=slug, form=_signed(new)), 303)


def _signed(errand: Errand) -> str:
    return tokens.sign(Purpose.CHECK_MAIL, errand.dump())


def _posted(slug: str, lang: str) -> tuple[Page, Errand]:
    """The campaign and the form that a button of this page is about; raises Gone without the right token."""
    g.lang = lang
    page = campaigns.find(slug, lang)
    return page, _read(request.form.get("csrf_token", ""), page)


def _read(token: str, page: Page) -> Errand:
    errand = Errand.load(tokens.read(Purpose.CHECK_MAIL, token))
    if errand.campaign_id != page.id:
        raise tokens.BadToken(_("This form belongs to another page. Please send it once more."))
    return errand


def _show(page: Page, errand: Errand | None, status: int = 200, **values: Any) -> ResponseReturnValue:
    g.private = errand is not None
    errors = {name: [words] for name in ("code", "email") if (words := values.get(f"{name}_error"))}
    return render_template(
        "public/check_mail.html",
        campaign=page,
        token=_signed(errand) if errand else "",
        errors=errors,
        demo_mail_url=url_for("demo.mail") if config.current().demo else None,
        **values,
    ), status
