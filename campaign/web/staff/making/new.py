"""Begin a campaign: a title and a language are enough. Copy one, put one away, bring it back."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from campaign import letters
from campaign.campaigns import making, rules
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.i18n import LANGUAGES, language
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, line, plain_form, posted, put_error
from campaign.web.staff.making import ACTS, MAY_MAKE
from campaign.web.staff.notices import notice


class NewForm(StaffForm):
    """A title and the language that it is written in."""

    title = StringField(filters=[line], validators=[DataRequired(_("Write a title."))])
    lang = SelectField(choices=[SelectChoice(each.code, each.name) for each in LANGUAGES])


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def new_campaign() -> ResponseReturnValue:
    """The first step; the draft is there at once."""
    form = NewForm(posted(), lang=request.form.get("lang") or language())
    if request.method != "POST":
        return render_template("staff/making/new.html", form=form)
    if not form.validate():
        return render_template("staff/making/new.html", form=form), 422
    try:
        title = rules.clean("title", form.title.data)
        with transaction():
            made = making.begin(g.staff.organisation_id, title, form.lang.data, actor=g.staff.actor)
    except DomainError as error:
        put_error(form, error, "title")
        return render_template("staff/making/new.html", form=form), 422
    notice(gettext("Your draft is there. Nobody else sees it before you open it."))
    return redirect(url_for("staff.making_story", slug=made.slug), 303)


@blueprint.post("/campaigns/<slug>/duplicate")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def duplicate_campaign(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """A draft with the same texts, facts, targets and letters."""
    plain_form()
    with transaction():
        made = making.duplicate(g.staff.organisation_id, g.campaign.id, actor=g.staff.actor)
        for lang in g.campaign.langs:
            _copy_letter(g.campaign.id, made.id, lang)
    notice(gettext("This is the copy. It has the texts and no signatures."))
    return redirect(url_for("staff.making", slug=made.slug), 303)


def _copy_letter(old: UUID, new: UUID, lang: str) -> None:
    newest = letters.newest(old, lang)
    if newest is not None:
        letters.save_checked(new, lang, letters.as_checked(newest), actor=g.staff.actor)


@blueprint.post("/campaigns/<slug>/archive")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def archive_campaign(slug: str) -> ResponseReturnValue:
    """Put a draft or a closed campaign away."""
    plain_form()
    with transaction():
        making.archive(g.staff.organisation_id, g.campaign.id, actor=g.staff.actor)
    undo = url_for("staff.unarchive_campaign", slug=slug)
    notice(gettext("%(title)s is in the archive.", title=g.campaign.title), undo=undo)
    return redirect(url_for("staff.home"), 303)


@blueprint.post("/campaigns/<slug>/unarchive")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def unarchive_campaign(slug: str) -> ResponseReturnValue:
    """Bring it back as what it was."""
    plain_form()
    with transaction():
        making.unarchive(g.staff.organisation_id, g.campaign.id, actor=g.staff.actor)
    notice(gettext("%(title)s is back.", title=g.campaign.title))
    return redirect(url_for("staff.making", slug=slug), 303)
