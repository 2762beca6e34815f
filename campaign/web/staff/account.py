"""One's own account: name and language, address, password, and the browsers that are signed in."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import Field, PasswordField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from campaign import accounts
from campaign.accounts import BadPassword, WrongSignIn
from campaign.core import addresses, i18n, tokens
from campaign.core.addresses import network
from campaign.core.db import transaction
from campaign.core.errors import DomainError, Gone
from campaign.core.rates import Rate
from campaign.core.text import header_text
from campaign.core.tokens import Purpose
from campaign.web.audience import limited, signed_link, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, line, plain_form, posted, put_error
from campaign.web.staff.notices import notice
from campaign.web.staff.session import cookie, next_page, signed_out, with_session

NAME_MAX = 100
SELF = Rate(30, "minute")


def fit_for_mail(_form: object, field: Field) -> None:
    """A name of staff may stand in a mail's header."""
    try:
        header_text(field.data)
    except DomainError as error:
        raise ValidationError(error.words) from error


def real_address(_form: object, field: Field) -> None:
    """An address that mail can go to; it is kept as it is written properly."""
    try:
        field.data = addresses.parse(field.data).email
    except DomainError as error:
        raise ValidationError(error.words) from error


def languages() -> list[SelectChoice]:
    """The languages of the console, each by its own name."""
    return [SelectChoice(language.code, language.name) for language in i18n.LANGUAGES]


class ProfileForm(StaffForm):
    """How we call somebody, and in which language we speak to them."""

    name = StringField(
        filters=[line],
        validators=[Length(max=NAME_MAX, message=_("Use at most %(max)d characters for your name.")), fit_for_mail],
    )
    lang = SelectField(choices=languages())


class EmailForm(StaffForm):
    """Another address."""

    email = StringField(filters=[line], validators=[InputRequired(_("Write your email address.")), real_address])


class PasswordForm(StaffForm):
    """Another password."""

    password = PasswordField(validators=[InputRequired(_("Write a new password."))])


class ConfirmForm(StaffForm):
    """The password once more."""

    password = PasswordField(validators=[InputRequired(_("Write your password."))])


class OrganisationForm(StaffForm):
    """Which organisation to work for."""

    organisation = StringField(validators=[InputRequired()])


@blueprint.route("/account", methods=["GET", "POST"], endpoint="account")
@staff()
@limited("account", SELF)
def profile() -> ResponseReturnValue:
    """Everything about one's own account on one page; its form changes the name and the language."""
    form = ProfileForm(posted(), name=g.staff.name, lang=g.staff.lang)
    if request.method == "POST" and form.validate():
        with transaction():
            accounts.save_profile(g.staff.id, form.name.data, form.lang.data)
        notice(gettext("Your profile is saved."))
        return redirect(url_for("staff.account"), 303)
    page = render_template(
        "staff/account/account.html",
        form=form,
        sessions=accounts.listed(g.staff.id),
        codes_left=accounts.factor.codes_left(g.staff.id),
        homes=accounts.team.homes(g.staff.id),
    )
    return page, 422 if form.errors else 200


@blueprint.route("/account/email", methods=["GET", "POST"], endpoint="account_email")
@staff(sudo=True)
@limited("account", SELF)
def email() -> ResponseReturnValue:
    """Ask for another address; it counts once its mailbox has answered."""
    form = EmailForm(posted())
    if request.method == "POST" and form.validate():
        with transaction():
            accounts.want_email(g.staff.id, form.email.data)
        notice(gettext("We have sent a link to %(email)s. Open it to finish.", email=form.email.data))
        return redirect(url_for("staff.account"), 303)
    return render_template("staff/account/email.html", form=form), 422 if form.errors else 200


@blueprint.route("/email/<token>", methods=["GET", "POST"], endpoint="email_link")
@signed_link
@limited("staff-link", SELF)
def email_link(token: str) -> ResponseReturnValue:
    """The link in the new mailbox: a page with one button."""
    user_id, _space, print_ = tokens.read(Purpose.STAFF_EMAIL, token).partition(" ")
    if request.method == "POST":
        with transaction():
            accounts.take_email(UUID(hex=user_id), print_)
        return redirect(url_for("staff.account"), 303)
    wanted = accounts.by_print(UUID(hex=user_id), print_).email_wanted
    if not wanted:
        raise Gone(gettext("This link was used already, or something else was asked for since."))
    return render_template("staff/account/email_link.html", token=token, email=wanted)


@blueprint.route("/account/password", methods=["GET", "POST"], endpoint="account_password")
@staff(sudo=True)
@limited("account", SELF)
def password() -> ResponseReturnValue:
    """Another password: all sessions end, this one too."""
    form = PasswordForm(posted())
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                accounts.change_password(g.staff.id, form.password.data)
            return signed_out()
        except BadPassword as error:
            put_error(form, error, "password")
    return render_template("staff/account/password.html", form=form), 422 if form.errors else 200


@blueprint.post("/account/sessions/<uuid:session_id>/end", endpoint="end_session")
@staff()
@limited("account", SELF)
def end_session(session_id: UUID) -> ResponseReturnValue:
    """Sign one browser out."""
    plain_form()
    with transaction():
        accounts.end(g.staff.id, session_id)
    notice(gettext("That browser is signed out."))
    return redirect(url_for("staff.account") + "#sessions", 303)


@blueprint.post("/account/sessions/end-others", endpoint="end_sessions")
@staff()
@limited("account", SELF)
def end_sessions() -> ResponseReturnValue:
    """Sign all other browsers out."""
    plain_form()
    with transaction():
        accounts.end_all(g.staff.id, but=g.staff.session_id)
    notice(gettext("All other browsers are signed out."))
    return redirect(url_for("staff.account") + "#sessions", 303)


@blueprint.route("/confirm", methods=["GET", "POST"], endpoint="confirm_password")
@staff(setup=True)
@limited("sign-in", Rate(10, "minute"))
def confirm_password() -> ResponseReturnValue:
    """The password once more, before what is dangerous."""
    form = ConfirmForm(posted())
    if request.method == "POST" and form.validate():
        try:
            return with_session(redirect(next_page(), 303), _confirmed(form.password.data))
        except WrongSignIn as error:
            put_error(form, error, "password")
    return render_template("staff/account/confirm.html", form=form), 422 if form.errors else 200


@blueprint.post("/organisation", endpoint="organisation")
@staff(setup=True)
@limited("account", SELF)
def work_for() -> ResponseReturnValue:
    """Turn to another of one's organisations."""
    form = OrganisationForm(request.form)
    if not form.validate():
        raise DomainError(str(next(iter(form.errors.values()))[0]))
    wanted = next((home for home in accounts.team.homes(g.staff.id) if str(home.id) == form.organisation.data), None)
    if wanted is None:
        raise DomainError(gettext("You do not work for this organisation."))
    with transaction():
        secret = accounts.work_for(request.cookies[cookie()], g.staff.id, wanted.id)
    return with_session(redirect(url_for("staff.home"), 303), secret)


def _confirmed(password: str) -> str:
    place = network(request.remote_addr)
    with transaction():
        allowed = accounts.guesses.allow(g.staff.email, place)
    if not allowed:
        raise WrongSignIn(gettext("This was tried too often. Wait a while and try again."))
    with transaction():
        return accounts.confirm(request.cookies[cookie()], g.staff.id, password, place)
