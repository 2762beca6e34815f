"""Sign in, sign out, and who is signed in."""

from urllib.parse import urlsplit

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from campaign import accounts, config
from campaign.accounts import WrongSignIn
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.rates import Rate
from campaign.core.text import one_line
from campaign.core.tokens import Purpose
from campaign.web.audience import limited, public, staff
from campaign.web.origin import TokenForm
from campaign.web.staff import blueprint

HOURS_12 = 12 * 3600


class SignInForm(TokenForm):
    """Address and password."""

    email = StringField(
        filters=[lambda value: one_line(value or "")], validators=[InputRequired(_("Write your email address."))]
    )
    password = PasswordField(validators=[InputRequired(_("Write your password."))])


class SignOutForm(TokenForm):
    """One button."""


def cookie() -> str:
    """The cookie's name; the prefix binds it to this host where there is TLS (RFC 6265bis, 4.1.3.2)."""
    return "__Host-staff" if config.current().secure else "staff"


def identify() -> None:
    """Before each staff request: who holds this cookie."""
    g.staff = None
    if not request.path.startswith("/staff"):
        return
    g.private = True
    secret = request.cookies.get(cookie())
    if secret:
        g.staff = accounts.whose(secret)
        if g.staff and g.staff.stale:
            with transaction():
                accounts.touch(secret)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@limited("sign-in", Rate(10, "minute"))
def sign_in() -> ResponseReturnValue:
    """Start a session. The cookie is new at every sign-in, so a planted one is worth nothing."""
    if request.method == "GET" and g.staff:
        return redirect(url_for("staff.outbox"), 303)
    form = SignInForm(request.form or None, token=(Purpose.STAFF_SIGN_IN, "sign-in"))
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                secret = accounts.sign_in(form.email.data, form.password.data)
        except WrongSignIn as error:
            form.form_errors.append(error.words)
        else:
            response = redirect(_next(), 303)
            response.set_cookie(
                cookie(),
                secret,
                max_age=HOURS_12,
                secure=config.current().secure,
                httponly=True,
                samesite="Lax",
                path="/",
            )
            return response
    status = 422 if request.method == "POST" else 200
    return render_template("staff/sign_in.html", form=form), status


@blueprint.post("/sign-out")
@staff()
@limited("sign-out", Rate(30, "minute"))
def sign_out() -> ResponseReturnValue:
    """End the session, here and in the database."""
    form = SignOutForm(request.form, token=(Purpose.STAFF_FORM, str(g.staff.id)))
    if not form.validate():
        raise DomainError(str(next(iter(form.errors.values()))[0]))
    with transaction():
        accounts.sign_out(request.cookies[cookie()])
    response = redirect(url_for("staff.sign_in"), 303)
    response.delete_cookie(cookie(), path="/", secure=config.current().secure, httponly=True, samesite="Lax")
    return response


def sign_out_form() -> SignOutForm | None:
    """The sign-out button of every staff page."""
    return SignOutForm(token=(Purpose.STAFF_FORM, str(g.staff.id))) if g.get("staff") else None


def _next() -> str:
    """Where the reader wanted to go, if that is a staff page here."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    if (
        not parts.scheme
        and not parts.netloc
        and wanted.startswith("/staff/")
        and wanted.isprintable()
        and "\\" not in wanted
    ):
        return wanted
    return url_for("staff.outbox")
