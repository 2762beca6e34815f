"""The step with the facts: each with its source, in one language at a time."""

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import StringField, TextAreaField

from campaign.campaigns import evidence
from campaign.core import clock, merge
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.merge import Clash
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, line, plain_form, posted
from campaign.web.staff.letter_sheet import NAMES, chosen_lang
from campaign.web.staff.making import ACTS, MAY_WRITE, conflict, steps
from campaign.web.staff.notices import notice

LABELS = {
    "statement": _("What is the case"),
    "figure": _("Figure"),
    "sentence": _("As a sentence of a letter"),
    "publisher": _("Who published it"),
    "title": _("Title of the source"),
    "title_lang": _("Language of the title"),
    "dated": _("Date of the source, in words"),
    "link": _("Link"),
    "reviewed_on": _("Last looked at"),
    "review_on": _("Look again on"),
}


class FactForm(StaffForm):
    """A fact in one language, and what all languages share."""

    statement, sentence = TextAreaField(), TextAreaField()
    figure, publisher, title, title_lang = StringField(), StringField(), StringField(), StringField()
    dated, link, reviewed_on, review_on = StringField(), StringField(), StringField(), StringField()


@blueprint.get("/campaigns/<slug>/facts")
@staff(*MAY_WRITE)
def facts(slug: str) -> ResponseReturnValue:
    """All facts in order, with what is missing and what to look at again."""
    found, lang = evidence.every(g.campaign.id), chosen_lang()
    context = {"facts": found, "lang_now": lang, "names": NAMES, "today": clock.today(), "steps": steps.lines()}
    return render_template("staff/facts/facts.html", slug=slug, **context)


@blueprint.route("/campaigns/<slug>/facts/add", methods=["GET", "POST"])
@staff(*MAY_WRITE)
@limited("staff-making", ACTS)
def add_fact(slug: str) -> ResponseReturnValue:
    """A new fact."""
    lang = chosen_lang()
    form = FactForm(posted(), title_lang=lang, reviewed_on=clock.today().isoformat())
    if request.method != "POST":
        return _show(form, lang, None)
    if not form.validate():
        return _show(form, lang, None, 422)
    try:
        with transaction():
            evidence.add(g.campaign, lang, _words(form), actor=g.staff.actor)
    except DomainError as error:
        _blame(form, error)
        return _show(form, lang, None, error.status if error.status == 409 else 422)
    notice(gettext("The fact is added."))
    return redirect(url_for("staff.facts", slug=slug, lang=lang), 303)


@blueprint.route("/campaigns/<slug>/facts/<uuid:fact_id>", methods=["GET", "POST"])
@staff(*MAY_WRITE)
@limited("staff-making", ACTS)
def fact(slug: str, fact_id: UUID) -> ResponseReturnValue:
    """One fact, in one language."""
    lang, stands = chosen_lang(), evidence.one(g.campaign.id, fact_id)
    form = FactForm(posted(), data=stands.fields(lang))
    if request.method != "POST":
        return _show(form, lang, stands)
    mine = conflict.chosen(_words(form), stands.fields(lang))
    if not form.validate():
        return _show(form, lang, stands, 422)
    back = url_for("staff.fact", slug=slug, fact_id=fact_id, lang=lang)
    try:
        seen, base = conflict.seen()
        with transaction():
            evidence.change(g.campaign, fact_id, lang, mine, base, seen, actor=g.staff.actor)
    except Clash as clash:
        labels = {name: str(label) for name, label in LABELS.items()}
        return conflict.page(
            clash, labels, title=gettext("Fact"), back=back, langs=dict.fromkeys(evidence.IN_A_LANGUAGE, lang)
        )
    except DomainError as error:
        _blame(form, error)
        return _show(form, lang, stands, 422)
    notice(gettext("Saved."))
    return redirect(url_for("staff.facts", slug=slug, lang=lang), 303)


@blueprint.post("/campaigns/<slug>/facts/<uuid:fact_id>/<any(up, down):way>")
@staff(*MAY_WRITE)
@limited("staff-making", ACTS)
def move_fact(slug: str, fact_id: UUID, way: str) -> ResponseReturnValue:
    """One place up or down."""
    plain_form()
    with transaction():
        evidence.move(g.campaign, fact_id, -1 if way == "up" else 1, actor=g.staff.actor)
    return redirect(url_for("staff.facts", slug=slug, lang=chosen_lang(), _anchor=f"fact-{fact_id.hex}"), 303)


@blueprint.post("/campaigns/<slug>/facts/<uuid:fact_id>/looked")
@staff(*MAY_WRITE)
@limited("staff-making", ACTS)
def look_at_fact(slug: str, fact_id: UUID) -> ResponseReturnValue:
    """It still holds: somebody looked today."""
    plain_form()
    with transaction():
        evidence.look(g.campaign, fact_id, actor=g.staff.actor)
    notice(gettext("Looked at today. The reminder comes in half a year."))
    return redirect(url_for("staff.facts", slug=slug, lang=chosen_lang()), 303)


@blueprint.post("/campaigns/<slug>/facts/<uuid:fact_id>/<any(remove, restore):act>")
@staff(*MAY_WRITE)
@limited("staff-making", ACTS)
def remove_fact(slug: str, fact_id: UUID, act: str) -> ResponseReturnValue:
    """Take it off the page, or bring it back."""
    plain_form()
    back = act == "restore"
    with transaction():
        evidence.remove(g.campaign, fact_id, actor=g.staff.actor, back=back)
    undo = None if back else url_for("staff.remove_fact", slug=slug, fact_id=fact_id, act="restore")
    notice(gettext("The fact is back.") if back else gettext("The fact is removed."), undo=undo)
    return redirect(url_for("staff.facts", slug=slug, lang=chosen_lang()), 303)


def _words(form: FactForm) -> dict[str, str]:
    return {name: line(" ".join((form[name].data or "").splitlines())) for name in LABELS}


def _blame(form: FactForm, error: DomainError) -> None:
    for name, words in error.fields.items():
        form[name].errors = [words]
    if not error.fields:
        form.form_errors.append(error.words)


def _show(form: FactForm, lang: str, stands: evidence.StaffFact | None, status: int = 200) -> ResponseReturnValue:
    seen, base = conflict.seen()
    if stands is not None and request.method != "POST":
        seen, base = stands.version, merge.seal(stands.fields(lang))
    context: dict[str, Any] = {"form": form, "fact": stands, "lang_now": lang, "names": NAMES, "labels": LABELS}
    return render_template("staff/facts/fact.html", version=seen, base=base, **context), status
