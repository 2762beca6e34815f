"""Send it from my own mail: links that open a mail program with the letter in it, parts to copy, "I have sent it"."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns, signatures
from campaign.campaigns import Page
from campaign.core.db import transaction
from campaign.core.errors import DomainError, NotFound
from campaign.core.rates import Rate
from campaign.core.redis import attempt
from campaign.core.tokens import Purpose, keyed_hash
from campaign.letters import Model
from campaign.web.audience import limited, public
from campaign.web.origin import TokenForm
from campaign.web.public import LANG, blueprint, writing
from campaign.web.public.campaign import open_page, show
from campaign.web.public.forms import BODY_MAX, NAME_MAX, OWN_LINE_MAX, SUBJECT_MAX, SignForm
from campaign.web.public.share import sharing
from campaign.web.public.sheet import Sheet

PAGE = f"/{LANG}/campaigns/<slug>/own-mail"
# What mail programs and browsers are known to take in one address; longer ones are cut without a word.
LONGEST = 2000
# Seconds in which "I have sent it" from the same browser is the same letter.
DOUBLE_CLICK = 20
Parts = tuple[str, str, str]


@dataclass(frozen=True)
class OwnLetter:
    """The letter to one office, to be sent by its writer. Not `short`: too long for links, which then lack the text."""

    sheet: Sheet
    text: str
    mailto: str
    gmail: str
    outlook: str
    short: bool


@blueprint.route(PAGE, methods=["GET", "POST"])
@public
@limited("own-mail", Rate(60, "minute"))
def own_mail(lang: str, slug: str) -> ResponseReturnValue:
    """The letter for one's own mail: the model at a GET, what was written at a POST, which keeps nothing."""
    page, letter = open_page(slug, lang, request.form.get("letter_lang", ""), request.form.get("lot", ""))
    posted = g.private = request.method == "POST"
    if posted and (letter.model is None or not page.is_open):
        return show(page, letter, None, 409)
    if not (page.own_mail or posted) or not page.is_open or letter.model is None:
        raise NotFound(_("Letters of this campaign are sent by this site."))
    form = TokenForm(request.form if posted else None, token=(Purpose.SIGN_FORM, slug))
    whole = SignForm(request.form if posted else None, slug=slug, home=page.country, writing=letter)
    if posted and (wrong := _wrong(page, form)):
        whole.form_errors.append(wrong)
        return show(page, letter, whole, 422)
    written = _written(whole, letter.model)
    form.csrf_token.data = None
    made = [_letter(sheet, *written) for sheet in letter.sheets if sheet.target.email]
    return render_template("public/own_mail.html", campaign=page, form=form, letters=made, subject=written[0])


@blueprint.post(f"{PAGE}/sent")
@public
@limited("own-mail", Rate(60, "minute"))
def own_mail_sent(lang: str, slug: str) -> ResponseReturnValue:
    """I have sent it: counted apart, with nothing of whoever says so."""
    page = _page(slug, lang)
    form = TokenForm(request.form, token=(Purpose.SIGN_FORM, slug))
    if not form.validate():
        raise DomainError(str(next(iter(form.errors.values()))[0]))
    if _first_click(slug):
        with transaction():
            signatures.own_mail.count(page.id, lang)
    return redirect(url_for("public.own_mail_thanks", lang=lang, slug=slug), 303)


@blueprint.get(f"{PAGE}/thanks")
@public
def own_mail_thanks(lang: str, slug: str) -> ResponseReturnValue:
    """What to do next."""
    page = _page(slug, lang)
    return render_template("public/own_mail_thanks.html", campaign=page, sharing=sharing(page, ""))


def _first_click(slug: str) -> bool:
    """Whether this reader has not said so just now: a double click is one letter. With Redis away every click is."""
    key = f"said:{keyed_hash('own mail', writing.reader(slug)).hex()[:32]}"
    return attempt(lambda redis: bool(redis.set(key, 1, nx=True, ex=DOUBLE_CLICK))) is not False


def _page(slug: str, lang: str) -> Page:
    g.lang = lang
    page = campaigns.find(slug, lang)
    if not page.own_mail:
        raise NotFound(_("Letters of this campaign are sent by this site."))
    return page


def _wrong(page: Page, form: TokenForm) -> str:
    """Why a letter goes back to its writer: no own mail here any more, or the token; nothing where all is well."""
    if not page.own_mail:
        return _("Letters of this campaign are sent by this site.")
    return "" if form.validate() else str(next(iter(form.errors.values()))[0])


def _written(form: SignForm, model: Model) -> Parts:
    """Subject, letter and name as they were sent, else the model's. Nothing is checked: nothing is kept.

    Each part is as long as its field takes; the letter that they make together is not cut.
    """
    form.body.data = (form.body.data or model.body)[:BODY_MAX]
    form.own_line.data = (form.own_line.data or "")[:OWN_LINE_MAX]
    subject, name = (form.subject.data or "")[:SUBJECT_MAX], (form.name.data or "")[:NAME_MAX]
    return subject or model.subject, form.letter, name or _("Your name")


def _letter(sheet: Sheet, subject: str, body: str, name: str) -> OwnLetter:
    whole = "\n\n".join([sheet.opening, body.strip(), "\n".join([*sheet.closing_lines, name])])
    text = whole.replace("\r\n", "\n")
    # RFC 6068, 5: a line break in a body is %0D%0A.
    parts = {"subject": subject, "body": text.replace("\n", "\r\n")}
    to = sheet.target.email or ""
    short = len(_mailto(to, parts)) < LONGEST
    parts = parts if short else {"subject": subject}
    gmail = "https://mail.google.com/mail/?" + _query(view="cm", fs="1", to=to, su=subject, body=parts.get("body", ""))
    outlook = "https://outlook.live.com/mail/0/deeplink/compose?" + _query(to=to, **parts)
    return OwnLetter(sheet, text, _mailto(to, parts), gmail, outlook, short)


def _mailto(to: str, parts: dict[str, str]) -> str:
    return f"mailto:{quote(to, safe='@')}?{_query(**parts)}"


def _query(**values: str) -> str:
    return urlencode(values, quote_via=quote)
