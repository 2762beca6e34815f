"""One's own second factor: set up, recovery codes, switch off."""

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from markupsafe import Markup
from werkzeug import Response
from wtforms import StringField
from wtforms.validators import InputRequired

from campaign import accounts
from campaign.accounts import Alert, WrongCode
from campaign.core.addresses import network
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.rates import Rate
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, line, plain_form, posted, put_error
from campaign.web.staff.notices import notice
from campaign.web.staff.session import cookie, with_session

SELF = Rate(30, "minute")
MADE = 201


class FirstCodeForm(StaffForm):
    """The app's first code."""

    code = StringField(filters=[line], validators=[InputRequired(_("Write the code that the app shows."))])


@blueprint.get("/account/second-factor", endpoint="second_factor")
@staff(sudo=True, setup=True)
def second_factor() -> ResponseReturnValue:
    """Where the second factor stands, and the way to one."""
    return _page(FirstCodeForm())


@blueprint.post("/account/second-factor/start", endpoint="second_factor_start")
@staff(sudo=True, setup=True)
@limited("account", SELF)
def start() -> ResponseReturnValue:
    """Make a secret for the app."""
    plain_form()
    if g.staff.has_factor:
        raise DomainError(gettext("There is a second factor already. Switch it off first."))
    with transaction():
        accounts.factor.start(g.staff.id)
    return redirect(url_for("staff.second_factor"), 303)


@blueprint.post("/account/second-factor/prove", endpoint="second_factor_prove")
@staff(sudo=True, setup=True)
@limited("account", SELF)
def prove() -> ResponseReturnValue:
    """A first code switches it on: all other sessions end, this one gets a new secret, recovery codes are shown."""
    form = FirstCodeForm(posted())
    if not form.validate():
        return _page(form)
    try:
        codes, secret = _switched_on(form.code.data)
    except WrongCode as error:
        put_error(form, error, "code")
        return _page(form)
    return with_session(_codes(codes), secret)


@blueprint.post("/account/second-factor/codes", endpoint="recovery_codes")
@staff(sudo=True)
@limited("account", SELF)
def recovery_codes() -> ResponseReturnValue:
    """Ten new recovery codes, to look at or as a file."""
    plain_form()
    if not g.staff.has_factor:
        raise DomainError(gettext("Set up a second factor first."))
    with transaction():
        codes = accounts.factor.renew_codes(g.staff.id)
    return _file(codes) if request.form.get("as") == "file" else _codes(codes)


@blueprint.post("/account/second-factor/off", endpoint="second_factor_off")
@staff(sudo=True)
@limited("account", SELF)
def switch_off() -> ResponseReturnValue:
    """No second factor any more; all other sessions end."""
    plain_form()
    with transaction():
        accounts.factor.switch_off(g.staff.id, actor=g.staff.actor)
        secret = _after_change()
    notice(gettext("The second factor is off."))
    return with_session(redirect(url_for("staff.account"), 303), secret)


def _switched_on(code: str) -> tuple[list[str], str]:
    with transaction():
        allowed = accounts.guesses.allow(f"factor:{g.staff.id}", network(request.remote_addr))
    if not allowed:
        raise WrongCode
    with transaction():
        return accounts.factor.prove(g.staff.id, code), _after_change()


def _after_change() -> str:
    """A factor changed: other sessions end, this one is rotated, the mailbox is told."""
    accounts.end_all(g.staff.id, but=g.staff.session_id)
    accounts.tell(Alert.FACTOR, accounts.user_of(g.staff.email), g.staff.organisation_id)
    return accounts.rotate(request.cookies[cookie()])


def _page(form: FirstCodeForm) -> ResponseReturnValue:
    secret = None if g.staff.has_factor else accounts.factor.waiting(g.staff.id)
    page = render_template(
        "staff/account/second_factor.html",
        form=form,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) if secret else None,
        # Our own picture of our own text: nothing from outside stands in it but the address, as dots.
        picture=Markup(accounts.factor.qr(secret, g.staff.email)) if secret else None,  # noqa: S704 - as said above
        codes_left=accounts.factor.codes_left(g.staff.id),
    )
    return page, 422 if form.errors else 200


def _codes(codes: list[str]) -> Response:
    return make_response(render_template("staff/account/codes.html", codes=codes), MADE)


def _file(codes: list[str]) -> Response:
    words = [gettext("Postbag: recovery codes of %(email)s", email=g.staff.email), "", *codes, ""]
    response = make_response("\r\n".join(words), MADE)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response
