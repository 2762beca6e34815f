"""Sign in, sign out, and who is signed in."""

from urllib.parse import urlsplit

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from werkzeug import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from campaign import accounts, config
from campaign.accounts import Device, HalfOver, SignedIn, WrongCode, WrongSignIn
from campaign.core.addresses import network
from campaign.core.db import transaction
from campaign.core.i18n import CODES
from campaign.core.rates import Rate
from campaign.core.tokens import Purpose
from campaign.web.audience import limited, public, staff
from campaign.web.origin import TokenForm
from campaign.web.staff import blueprint
from campaign.web.staff.forms import line, plain_form

SIGN_IN = "sign-in"


class SignInForm(TokenForm):
    """Address and password."""

    email = StringField(filters=[line], validators=[InputRequired(_("Write your email address."))])
    password = PasswordField(validators=[InputRequired(_("Write your password."))])


class CodeForm(TokenForm):
    """The second step."""

    code = StringField(filters=[line], validators=[InputRequired(_("Write the code."))])


def cookie() -> str:
    """The cookie's name; the prefix binds it to this host where there is TLS (RFC 6265bis, 4.1.3.2)."""
    return "__Host-staff" if config.current().secure else "staff"


def half_cookie() -> str:
    """The cookie of a sign-in that waits for its second step."""
    return f"{cookie()}-half"


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
    if g.staff and g.staff.lang in CODES:
        g.lang = g.staff.lang


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@limited("sign-in", Rate(10, "minute"))
def sign_in() -> ResponseReturnValue:
    """Start a session. The cookie is new at every sign-in, so a planted one is worth nothing."""
    if request.method == "GET" and g.staff:
        return redirect(url_for("staff.home"), 303)
    form = SignInForm(request.form or None, token=(Purpose.STAFF_SIGN_IN, SIGN_IN))
    if request.method == "POST" and form.validate():
        try:
            return _opened(_first_step(form.email.data, form.password.data))
        except WrongSignIn as error:
            form.form_errors.append(error.words)
    status = 422 if request.method == "POST" else 200
    return render_template("staff/sign_in/sign_in.html", form=form), status


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
@limited("sign-in", Rate(10, "minute"))
def sign_in_code() -> ResponseReturnValue:
    """The second step. Its cookie says whose password was right, and opens nothing but this."""
    secret = request.cookies.get(half_cookie(), "")
    form = CodeForm(request.form or None, token=(Purpose.STAFF_SIGN_IN, secret or "none"))
    try:
        if request.method == "GET":
            accounts.half(secret)
        elif form.validate():
            return _opened(SignedIn(_second_step(secret, form.code.data), complete=True))
    except WrongCode as error:
        form.code.errors = [*form.code.errors, error.words]
    except HalfOver:
        return redirect(url_for("staff.sign_in", next=request.args.get("next")), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("staff/sign_in/code.html", form=form), status


@blueprint.post("/sign-out")
@staff(setup=True)
@limited("sign-out", Rate(30, "minute"))
def sign_out() -> ResponseReturnValue:
    """End the session, here and in the database."""
    plain_form()
    with transaction():
        accounts.sign_out(request.cookies[cookie()])
    return signed_out()


def signed_out() -> Response:
    """To the door, without a cookie."""
    response = redirect(url_for("staff.sign_in"), 303)
    _drop(response, cookie())
    return response


def with_session(response: Response, secret: str) -> Response:
    """Give the browser this session's secret."""
    _set(response, cookie(), secret, int(accounts.LONGEST.total_seconds()))
    return response


def next_page() -> str:
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
    return url_for("staff.home")


def _first_step(email: str, password: str) -> SignedIn:
    """The guess is counted and committed before it is evaluated, so that a thousand at once are no way around."""
    place = network(request.remote_addr)
    with transaction():
        allowed = accounts.guesses.allow(email, place)
    if not allowed:
        raise accounts.refused()
    with transaction():
        return accounts.sign_in(email, password, device=_device(), network=place)


def _second_step(secret: str, code: str) -> str:
    place = network(request.remote_addr)
    with transaction():
        allowed = accounts.take_try(secret, place)
    if not allowed:
        raise WrongCode
    with transaction():
        return accounts.second_step(secret, code, device=_device(), network=place)


def _opened(step: SignedIn) -> Response:
    if step.complete:
        response = with_session(redirect(next_page(), 303), step.secret)
        if half_cookie() in request.cookies:
            _drop(response, half_cookie())
        return response
    response = redirect(url_for("staff.sign_in_code", next=request.args.get("next")), 303)
    _set(response, half_cookie(), step.secret, int(accounts.HALF.total_seconds()))
    return response


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    secure = config.current().secure
    response.set_cookie(name, value, max_age=seconds, secure=secure, httponly=True, samesite="Lax", path="/")


def _drop(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=config.current().secure, httponly=True, samesite="Lax")


def _device() -> Device:
    return Device.of(request.headers.get("User-Agent", ""))
