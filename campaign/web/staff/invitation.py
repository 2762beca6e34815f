"""Mailed links that lead to an account: an invitation, and a new password for one that was forgotten."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from campaign import accounts
from campaign.accounts import BadPassword
from campaign.core import tokens
from campaign.core.addresses import network
from campaign.core.db import transaction
from campaign.core.rates import Rate
from campaign.core.tokens import Purpose
from campaign.web.audience import limited, public, signed_link
from campaign.web.origin import LinkForm, TokenForm
from campaign.web.staff import blueprint
from campaign.web.staff.account import NAME_MAX, fit_for_mail, languages
from campaign.web.staff.forms import line, posted, put_error

LINK = Rate(30, "minute")
FORGOTTEN = "forgotten"


class JoinForm(LinkForm):
    """Who somebody is that joins; an account that is there already needs none of it."""

    name = StringField(
        filters=[line],
        validators=[
            InputRequired(_("Write your name.")),
            Length(max=NAME_MAX, message=_("Use at most %(max)d characters for your name.")),
            fit_for_mail,
        ],
    )
    lang = SelectField(choices=languages())
    password = PasswordField(validators=[InputRequired(_("Write a new password."))])


class ForgottenForm(TokenForm):
    """Whose password is forgotten."""

    email = StringField(filters=[line], validators=[InputRequired(_("Write your email address."))])


class ResetForm(LinkForm):
    """The new password."""

    password = PasswordField(validators=[InputRequired(_("Write a new password."))])


@blueprint.route("/invitation/<token>", methods=["GET", "POST"], endpoint="invitation")
@signed_link
@limited("staff-link", LINK)
def invitation(token: str) -> ResponseReturnValue:
    """Join: with one button, or with a name and a password where there is no account yet."""
    asked = accounts.invitations.invited(UUID(hex=tokens.read(Purpose.STAFF_INVITATION, token)))
    g.lang = asked.lang
    form = LinkForm() if asked.known else JoinForm(posted(), lang=asked.lang)
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                _accept(asked, form)
            return redirect(url_for("staff.sign_in"), 303)
        except BadPassword as error:
            put_error(form, error, "password")
    page = render_template("staff/invitation/invitation.html", asked=asked, form=form, token=token)
    return page, 422 if form.errors else 200


@blueprint.route("/forgotten", methods=["GET", "POST"], endpoint="forgotten")
@public
@limited("forgotten", Rate(5, "minute"))
def forgotten() -> ResponseReturnValue:
    """Ask for a link; the answer is the same whether or not there is such an account."""
    form = ForgottenForm(posted(), token=(Purpose.STAFF_SIGN_IN, FORGOTTEN))
    if request.method == "POST" and form.validate():
        with transaction():
            if accounts.guesses.allow(f"reset:{form.email.data}", network(request.remote_addr), near=3, most=6):
                accounts.ask_reset(form.email.data)
        return redirect(url_for("staff.forgotten", sent="1"), 303)
    sent = request.method == "GET" and "sent" in request.args
    return render_template("staff/sign_in/forgotten.html", form=form, sent=sent), 422 if form.errors else 200


@blueprint.route("/reset/<token>", methods=["GET", "POST"], endpoint="reset")
@signed_link
@limited("staff-link", LINK)
def reset(token: str) -> ResponseReturnValue:
    """A new password, once; it signs nobody in, so the second factor is still asked for."""
    user_id, _space, print_ = tokens.read(Purpose.STAFF_RESET, token).partition(" ")
    user = accounts.by_print(UUID(hex=user_id), print_)
    g.lang = user.lang
    form = ResetForm(posted())
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                accounts.reset_password(user.id, print_, form.password.data)
            return redirect(url_for("staff.sign_in"), 303)
        except BadPassword as error:
            put_error(form, error, "password")
    return render_template("staff/sign_in/reset.html", form=form, token=token), 422 if form.errors else 200


def _accept(asked: accounts.invitations.Invited, form: LinkForm) -> None:
    if asked.known:
        accounts.invitations.accept(asked.id)
        return
    values = {name: form[name].data for name in ("name", "password", "lang")}
    accounts.invitations.accept(asked.id, **values)
