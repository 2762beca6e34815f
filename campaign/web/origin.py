"""No other site may post here: browsers say where a request comes from, tokens prove it."""

import hmac
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from flask_babel import lazy_gettext as _
from wtforms import Form, ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField

from campaign.core import tokens
from campaign.core.errors import DomainError, Gone
from campaign.core.tokens import Purpose
from campaign.web import audience

SAFE = ("GET", "HEAD", "OPTIONS")


class ForeignOrigin(DomainError):
    """Another site sent this request."""

    code, status = "foreign_origin", 403


def check_origin() -> None:
    """Before each request that changes something; raises ForeignOrigin.

    A page with `no-referrer` posts with `Origin: null`, so Sec-Fetch-Site decides where the browser sends it.
    """
    if request.method in SAFE or _is_hook():
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        origin = request.headers.get("Origin", "null")
        foreign = origin != "null" and _host(origin) != request.host
    # A form on any site can send text/plain without asking first; none of ours does.
    if foreign or request.mimetype == "text/plain":
        raise ForeignOrigin(str(_("This request came from another site.")))


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as "http://["
        return ""


def _is_hook() -> bool:
    """Hooks take no browser's word for where a request comes from: each request is signed."""
    declared = audience.of(current_app, request.endpoint) if request.endpoint else None
    return declared is not None and declared.kind == "hook"


class TokenField(CSRFTokenField):
    """Signs its token when it is shown: a form that comes in right shows none."""

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Take what was sent."""
        super(CSRFTokenField, self).process(*args, **kwargs)

    def _value(self) -> str:
        return str(self.csrf_impl.generate_csrf_token(self))


class SignedToken(CSRF):
    """A token without a cookie: signed, with an age, and bound to what the form acts on."""

    field_class = TokenField

    def setup_form(self, form: Any) -> list[tuple[str, Any]]:
        """Take purpose and subject from the form's `csrf_context`."""
        self.purpose, self.subject = form.meta.csrf_context
        fields: list[tuple[str, Any]] = super().setup_form(form)
        return fields

    def generate_csrf_token(self, _field: CSRFTokenField) -> str:
        """A fresh token."""
        return tokens.sign(self.purpose, self.subject)

    def validate_csrf_token(self, _form: Any, field: CSRFTokenField) -> None:
        """Refuse a token that is missing, old, or for something else."""
        try:
            subject = tokens.read(self.purpose, str(field.data or ""))
        except Gone as error:
            raise ValidationError(_("The page was open for a long time. Please send it once more.")) from error
        if not hmac.compare_digest(subject, self.subject):
            raise ValidationError(_("This form belongs to another page. Please send it once more."))


class TokenForm(Form):
    """A form with a signed token; give it the purpose and the subject of its `token`."""

    class Meta:
        csrf = True
        csrf_class = SignedToken
        csrf_field_name = "csrf_token"

    def __init__(self, formdata: Any = None, *, token: tuple[Purpose, str], **values: Any) -> None:
        super().__init__(formdata, meta={"csrf_context": token}, **values)


class LinkForm(Form):
    """A form behind a signed link: the token stands in the address that it posts to."""
