"""The step with the letter: written in one language, kept while somebody writes, saved as a version."""

from collections.abc import Mapping
from typing import Any

from flask import g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.core import merge
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.merge import Clash
from campaign.letters import drafts, parts
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint, letter_sheet
from campaign.web.staff.forms import plain_form, put_error
from campaign.web.staff.letter_sheet import LetterForm, chosen_lang
from campaign.web.staff.making import MAY_WRITE, SAVES, conflict, steps
from campaign.web.staff.notices import notice


@blueprint.route("/campaigns/<slug>/letter", methods=["GET", "POST"])
@staff(*MAY_WRITE)
@limited("staff-save", SAVES)
def letter(slug: str) -> ResponseReturnValue:
    """The letter in one language."""
    lang = chosen_lang()
    working = drafts.working(g.campaign.id, lang)
    if request.method != "POST":
        return _show(LetterForm(data=working.parts), lang, working, working.parts)
    typed = {name: request.form[name] for name in parts.FIELDS if name in request.form}
    mine = conflict.chosen(typed, working.parts)
    form = LetterForm(request.form, data=working.parts)
    for name, value in mine.items():
        form[name].data = value
    if not form.validate():
        return _wrong(form, lang, working, {**working.parts, **mine})
    back = url_for("staff.letter", slug=slug, lang=lang)
    return _keep_or_save(form, lang, working, mine, back)


def _keep_or_save(
    form: LetterForm, lang: str, working: drafts.Working, mine: Mapping[str, str], back: str
) -> ResponseReturnValue:
    act = drafts.keep if conflict.by_script() or request.form.get("act") == "keep" else drafts.save
    seen, base = conflict.seen()
    try:
        with transaction():
            after = act(g.campaign.id, lang, mine, base, seen, actor=g.staff.actor)
    except Clash as clash:
        langs = dict.fromkeys(parts.FIELDS, lang)
        return conflict.page(clash, letter_sheet.labels(), title=_("Letter"), back=back, langs=langs)
    except DomainError as error:
        _blame(form, error)
        return _wrong(form, lang, working, {**working.parts, **mine})
    return _done(after, mine, back)


def _blame(form: LetterForm, error: DomainError) -> None:
    """Every field that is wrong says so itself."""
    for name, words in error.fields.items():
        put_error(form, DomainError(words, fields={name: words}))
    if not error.fields:
        put_error(form, error)


def _done(after: drafts.Working, mine: Mapping[str, str], back: str) -> ResponseReturnValue:
    kept = _("Draft kept. Supporters get it once you save.")
    words = kept if after.is_draft else _("Saved as version %(n)s.", n=after.number)
    if conflict.by_script():
        tidy = parts.tidy(mine)
        fresh = {name: value for name, value in after.parts.items() if name in mine and value != tidy[name]}
        return jsonify(version=after.version, base=merge.seal(after.parts), fresh=fresh, say=words)
    notice(words)
    return redirect(steps.after("letter") if request.form.get("go") == "next" else back, 303)


def _wrong(form: LetterForm, lang: str, working: drafts.Working, shown: Mapping[str, str]) -> ResponseReturnValue:
    if conflict.by_script():
        found = {name: " ".join(map(str, words)) for name, words in form.errors.items() if name}
        return jsonify(errors=found, say=_("Not kept.")), 422
    return _show(form, lang, working, shown, 422)


def _show(
    form: LetterForm, lang: str, working: drafts.Working, shown: Mapping[str, str], status: int = 200
) -> ResponseReturnValue:
    """The page; a form that comes back goes on from the version and the seal that it was filled with."""
    seen, base = conflict.seen() if request.method == "POST" else (working.version, merge.seal(working.parts))
    context: dict[str, Any] = letter_sheet.around(lang, shown)
    context |= {"form": form, "working": working, "version": seen, "base": base, "steps": steps.lines()}
    return render_template("staff/letter/letter.html", **context), status


@blueprint.post("/campaigns/<slug>/letter/sample")
@staff(*MAY_WRITE)
@limited("staff-save", SAVES)
def letter_sample(slug: str) -> ResponseReturnValue:
    """What each office would read of the text in the form; it is kept nowhere."""
    plain_form()
    lang = chosen_lang()
    shown = {name: request.form.get(name, "") for name in parts.FIELDS}
    return render_template("staff/letter/sample.html", slug=slug, **letter_sheet.sample(lang, shown))


@blueprint.post("/campaigns/<slug>/letter/discard")
@staff(*MAY_WRITE)
@limited("staff-save", SAVES)
def discard_letter(slug: str) -> ResponseReturnValue:
    """Go back to what supporters get."""
    plain_form()
    lang = chosen_lang()
    kept = drafts.working(g.campaign.id, lang)
    with transaction():
        drafts.discard(g.campaign.id, lang, actor=g.staff.actor)
    undo = url_for("staff.restore_letter", slug=slug, lang=lang) if kept.is_draft else None
    notice(_("The draft is gone."), undo=undo)
    return redirect(url_for("staff.letter", slug=slug, lang=lang), 303)


@blueprint.post("/campaigns/<slug>/letter/restore")
@staff(*MAY_WRITE)
@limited("staff-save", SAVES)
def restore_letter(slug: str) -> ResponseReturnValue:
    """Take the draft that was given up back."""
    plain_form()
    lang = chosen_lang()
    with transaction():
        drafts.discard(g.campaign.id, lang, actor=g.staff.actor, back=True)
    notice(_("The draft is back."))
    return redirect(url_for("staff.letter", slug=slug, lang=lang), 303)
