"""The office's own page: why it is written to, whether a letter is real, and what it wants instead. No account."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField, TextAreaField, ValidationError

from campaign import config, offices, signatures
from campaign.core import tokens
from campaign.core.db import transaction
from campaign.core.errors import DomainError, Gone
from campaign.core.rates import Rate
from campaign.core.text import prose
from campaign.core.tokens import Purpose
from campaign.offices import About, WishKind
from campaign.web.audience import limited, signed_link
from campaign.web.origin import LinkForm
from campaign.web.public import blueprint

RATE = Rate(30, "minute")


class WishForm(LinkForm):
    """What an office asks for."""

    kind = StringField()
    text = TextAreaField(filters=[lambda value: prose(value or "")])

    def validate_kind(self, field: StringField) -> None:
        """One of the four."""
        if field.data not in list(WishKind):
            raise ValidationError(_("Choose what you want."))


@blueprint.get("/office/<token>")
@signed_link
def office(token: str) -> ResponseReturnValue:
    """Who writes and why, whether this letter is real, and what can be asked for."""
    g.private = True
    try:
        about = _about(token)
    except Gone as error:
        return _gone(error)
    return _show(token, about, WishForm(), asked=request.args.get("asked") == "1")


@blueprint.post("/office/<token>")
@signed_link
@limited("office", RATE)
def ask_for_office(token: str) -> ResponseReturnValue:
    """Keep a wish, and mail the office a link that confirms it."""
    g.private = True
    try:
        about, form = _about(token), WishForm(request.form)
        if not form.validate():
            return _show(token, about, form, 422)
        with transaction():
            offices.ask(about, WishKind(form.kind.data), form.text.data)
    except Gone as error:
        return _gone(error)
    except DomainError as error:
        form.text.errors = [*form.text.errors, error.words]
        return _show(token, about, form, 422 if error.status == 400 else error.status)
    return redirect(url_for("public.office", token=token, asked=1), 303)


@blueprint.route("/office/confirm/<token>", methods=["GET", "POST"])
@signed_link
@limited("office", RATE)
def office_confirm(token: str) -> ResponseReturnValue:
    """From the mail to the office's own address: GET shows the wish and a button, its POST does it."""
    g.private = True
    try:
        wish = offices.wish(UUID(hex=tokens.read(Purpose.OFFICE_CONFIRM, token)))
        g.lang = signatures.office_language(wish.post_id)
        if request.method == "POST":
            with transaction():
                offices.confirm(wish.id)
            return redirect(url_for("public.office_confirm", token=token), 303)
    except DomainError as error:
        return _gone(error)
    return render_template(
        "public/office/confirm.html", wish=wish, wanted=offices.composers.kind_name(wish.kind), token=token
    )


def _about(token: str) -> About:
    about = offices.about(UUID(hex=tokens.read(Purpose.OFFICE, token)))
    g.lang = signatures.office_language(about.target.post_id)
    return about


def _gone(error: DomainError) -> ResponseReturnValue:
    return render_template("public/office/gone.html", text=error.words), 410


def _show(token: str, about: About, form: WishForm, status: int = 200, *, asked: bool = False) -> ResponseReturnValue:
    return render_template(
        "public/office/office.html",
        about=about,
        campaign=about.campaign,
        office=about.target.office,
        digested=offices.is_digested(about.target.post_id),
        contact=config.current().contact,
        form=form,
        asked=asked,
        token=token,
    ), status
