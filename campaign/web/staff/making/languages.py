"""The step with the languages: a source beside its translation, what is missing, and what supporters can read."""

from collections.abc import Sequence

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import campaigns
from campaign.campaigns import Standing, drafts, making as commands
from campaign.core.db import transaction
from campaign.core.i18n import CODES
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import plain_form
from campaign.web.staff.making import ACTS, MAY_MAKE, MAY_WRITE, SAVES
from campaign.web.staff.making.basics import NAMES
from campaign.web.staff.making.sheet import Field, Sheet, handle
from campaign.web.staff.making.story import chosen_lang, fields
from campaign.web.staff.notices import notice


@blueprint.route("/campaigns/<slug>/making/languages", methods=["GET", "POST"])
@staff(*MAY_WRITE)
@limited("staff-save", SAVES)
def making_languages(slug: str) -> ResponseReturnValue:
    """All texts in one language, each beside the same in another."""
    lang = request.args.get("lang", "")
    standing = campaigns.standing(g.campaign.id)
    lang = lang if lang in g.campaign.langs else _least(standing)
    source = request.args.get("from", "")
    source = source if source in g.campaign.langs and source != lang else _other(lang, standing)
    sheet = Sheet("languages", _("Languages"), _beside(lang, source))
    here = url_for("staff.making_languages", slug=slug, lang=lang) + (f"&from={source}" if source else "")
    context = {"lang_now": lang, "source": source, "names": NAMES, "standing": standing}
    missing = [code for code in CODES if code not in g.campaign.langs]
    return handle(sheet, back=here, missing=missing, may_make=g.staff.role in MAY_MAKE, **context)


def _beside(lang: str, source: str) -> list[Field]:
    title = Field(f"title_{lang}", _("Title"), required=True)
    outcome = Field(f"outcome_text_{lang}", _("How it ended"), "markdown")
    found = [title, *fields(lang), outcome]
    if source:
        names = [f"{drafts.split(each.name)[0]}_{source}" for each in found]
        values = drafts.read(g.campaign.id, names).values
        for each, name in zip(found, names, strict=True):
            each.source = values[name]
    # An outcome is translated once there is one; a picture's words where there is a picture.
    return [each for each in found if each is not outcome or each.source or not source]


def _least(found: Sequence[Standing]) -> str:
    """The language that most is missing in."""
    return max(found, key=lambda each: each.missing).lang if any(each.missing for each in found) else chosen_lang()


def _other(lang: str, standing: Sequence[Standing]) -> str:
    """What is translated from: a language that supporters read, else any other; empty where there is none."""
    found = sorted(standing, key=lambda each: (not each.shown, each.missing))
    return next((each.lang for each in found if each.lang != lang), "")


@blueprint.post("/campaigns/<slug>/making/languages/add")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def add_language(slug: str) -> ResponseReturnValue:
    """Begin a translation."""
    plain_form()
    lang = request.form.get("lang", "")
    with transaction():
        commands.add_language(g.staff.organisation_id, g.campaign.id, lang, actor=g.staff.actor)
    notice(_("%(language)s is added. Supporters see it once it is complete and switched on.", language=NAMES[lang]))
    return redirect(url_for("staff.making_languages", slug=slug, lang=lang), 303)


@blueprint.post("/campaigns/<slug>/making/languages/<any(en, fr, nl, de):code>/<any(show, hide):act>")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def show_language(slug: str, code: str, act: str) -> ResponseReturnValue:
    """Switch a language on or off for supporters."""
    plain_form()
    wanted = act == "show"
    with transaction():
        commands.show_language(g.staff.organisation_id, g.campaign.id, code, wanted, actor=g.staff.actor)
    undo = url_for("staff.show_language", slug=slug, code=code, act="hide" if wanted else "show")
    words = _("Supporters can read %(language)s.") if wanted else _("Supporters no longer read %(language)s.")
    notice(words % {"language": NAMES[code]}, undo=undo)
    return redirect(url_for("staff.making_languages", slug=slug, lang=code), 303)
