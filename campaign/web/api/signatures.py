"""The JSON twin of the sign form."""

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from campaign import campaigns
from campaign.core import i18n, tokens
from campaign.core.errors import Conflict, DomainError, NotFound
from campaign.core.tokens import Purpose
from campaign.web.api import blueprint
from campaign.web.audience import public, self_limited
from campaign.web.public import writing
from campaign.web.public.campaign import take
from campaign.web.public.forms import SignForm


@blueprint.get("/campaigns/<slug>/form-token")
@public
def form_token(slug: str) -> ResponseReturnValue:
    """A token for one form of this campaign (`csrf_token`), good for two hours."""
    page = campaigns.find(slug, i18n.DEFAULT)
    response = jsonify(csrf_token=tokens.sign(Purpose.SIGN_FORM, page.slug))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/campaigns/<slug>/signatures")
@public
@self_limited("sign")
def sign(slug: str) -> ResponseReturnValue:
    """Take a signature as JSON with the fields of the form and `lang`; 202 whatever is known of the address."""
    values = _object()
    lang = str(values.get("lang", i18n.DEFAULT))
    if lang not in i18n.CODES:
        raise DomainError(_("This language is not offered."), fields={"lang": _("This language is not offered.")})
    g.lang = lang  # for the mail and the words of consent; the browser may wish for another
    page = campaigns.find(slug, lang)
    if not page.is_open:
        raise Conflict(_("This campaign does not take letters now."))
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    letter = writing.begin(page, texts.get("letter_lang", ""), texts.get("lot", ""))
    if letter.model is None:
        raise NotFound(_("This campaign has no letter yet."))
    form = SignForm(MultiDict(texts), slug=slug, home=page.country, writing=letter)
    if not take(page, letter.model, form):
        fields = {name: str(errors[0]) for name, errors in form.errors.items() if name and errors}
        raise DomainError(_("Some fields need a correction."), fields=fields)
    return jsonify(status="check_your_mail"), 202


def _object() -> dict[str, object]:
    try:
        values = request.get_json(silent=True) if request.is_json else None
    except RecursionError:  # thousands of brackets
        values = None
    if not isinstance(values, dict):
        raise DomainError(_("Send one JSON object."))
    return values
