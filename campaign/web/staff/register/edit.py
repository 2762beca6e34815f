"""Fill in what is to change. Each form leads to a page that shows what would happen; nothing changes before."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import targets
from campaign.core import clock
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.i18n import CODES, language, pick
from campaign.targets import Body, Person, Plan, Post, acts, edits
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, plain_form, posted, put_error
from campaign.web.staff.notices import notice
from campaign.web.staff.register import MAY_CHANGE, RATE
from campaign.web.staff.register.forms import BodyForm, NewPostForm, PersonForm, PostForm, langs_of, spread, texts

FORM = {"methods": ["GET", "POST"]}


def fill_in(form: StaffForm, plan: Callable[[], Plan], title: str, back: str, first: str = "") -> ResponseReturnValue:
    """Show a form; once it is right, keep the plan that it makes and show that.

    `first` names the field beside which errors without a field of their own stand.
    """
    if posted() is None:
        return _show(form, title, back)
    if not form.validate():
        return _show(form, title, back, 422)
    try:
        made = plan()
        with transaction():
            id_ = acts.keep(g.staff.organisation_id, made, actor=g.staff.actor)
    except DomainError as error:
        put_error(form, error, first)
        return _show(form, title, back, 422)
    return redirect(url_for("staff.register_change", act_id=id_), 303)


def _show(form: StaffForm, title: str, back: str, status: int = 200) -> ResponseReturnValue:
    return render_template("staff/register/form.html", form=form, title=title, back=back, langs=CODES), status


@blueprint.route("/register/bodies/add", **FORM)
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def add_body() -> ResponseReturnValue:
    """A new body."""
    form = BodyForm(posted())
    plan = lambda: edits.add_body(g.staff.organisation_id, **_body(form))  # noqa: E731 - run once the form is right
    return fill_in(form, plan, _("Add a body"), url_for("staff.bodies"), "name_en")


@blueprint.route("/register/bodies/<uuid:body_id>/change", **FORM)
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def change_body(body_id: UUID) -> ResponseReturnValue:
    """Another name, kind or area."""
    row = edits.own(Body, g.staff.organisation_id, body_id)
    known = spread(name=row.name)
    form = BodyForm(posted(), classification=row.classification, area_code=row.area_code or "", **known)
    plan = lambda: edits.change_body(g.staff.organisation_id, body_id, **_body(form))  # noqa: E731 - as above
    return fill_in(form, plan, pick(row.name, language()), url_for("staff.body", body_id=body_id), "name_en")


@blueprint.route("/register/bodies/<uuid:body_id>/posts/add", **FORM)
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def add_post(body_id: UUID) -> ResponseReturnValue:
    """A new office of a body."""
    row = edits.own(Body, g.staff.organisation_id, body_id)
    form = NewPostForm(posted())

    def plan() -> Plan:
        reached = {"email": form.email.data, "source": form.source.data}
        return edits.add_post(g.staff.organisation_id, body_id, **_post(form), **reached)

    title = _("Add an office: %(body)s", body=pick(row.name, language()))
    return fill_in(form, plan, title, url_for("staff.body", body_id=body_id), "email")


@blueprint.route("/register/posts/<uuid:post_id>/change", **FORM)
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def change_post(post_id: UUID) -> ResponseReturnValue:
    """Another name, form of address, postal address or area."""
    row = edits.own(Post, g.staff.organisation_id, post_id)
    address = {lang: "\n".join(lines) for lang, lines in row.address.items()}
    known = spread(office=row.office, salutation=row.salutation, address=address)
    form = PostForm(posted(), languages=" ".join(row.languages), area_code=row.area_code or "", **known)
    plan = lambda: edits.change_post(g.staff.organisation_id, post_id, **_post(form))  # noqa: E731 - as above
    return fill_in(form, plan, pick(row.office, language()), url_for("staff.office", post_id=post_id), "office_en")


@blueprint.route("/register/persons/<uuid:person_id>/change", **FORM)
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def change_person(person_id: UUID) -> ResponseReturnValue:
    """Another name."""
    row = edits.own(Person, g.staff.organisation_id, person_id)
    form = PersonForm(posted(), name=row.name, other_names="\n".join(row.other_names), lang=row.lang)

    def plan() -> Plan:
        others = [name.strip() for name in form.other_names.data.splitlines() if name.strip()]
        values = {"name": form.name.data, "other_names": others, "lang": form.lang.data}
        return edits.change_person(g.staff.organisation_id, person_id, **values)

    return fill_in(form, plan, row.name, url_for("staff.person", person_id=person_id), "name")


@blueprint.post("/register/<any(contacts, tenures):table>/<uuid:row_id>/checked")
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def mark_checked(table: str, row_id: UUID) -> ResponseReturnValue:
    """Somebody looked today: it is still right. Done at once, as it changes nothing for letters."""
    return at_once(edits.check_again(g.staff.organisation_id, table, row_id, clock.today()), _("Checked today."))


def at_once(plan: Plan, words: str) -> ResponseReturnValue:
    """Do a plan without showing it first, with an undo."""
    plain_form()
    whose = g.staff.organisation_id
    with transaction():
        id_ = acts.keep(whose, plan, actor=g.staff.actor)
        acts.do(whose, id_, acts.act(whose, id_).digest, actor=g.staff.actor)
    notice(words, undo=url_for("staff.undo_register_change", act_id=id_, back="stale"))
    return redirect(url_for("staff.stale"), 303)


def _body(form: BodyForm) -> dict[str, Any]:
    name = _required(texts(form, "name"), "name_en")
    area = targets.area_named(form.area_code.data)
    return {"name": name, "classification": form.classification.data, "area_code": area}


def _post(form: PostForm) -> dict[str, Any]:
    blocks = texts(form, "address").items()
    return {
        "office": _required(texts(form, "office"), "office_en"),
        "salutation": texts(form, "salutation"),
        "address": {lang: [line.strip() for line in words.splitlines() if line.strip()] for lang, words in blocks},
        "languages": langs_of(form.languages.data) or list(CODES),
        "area_code": targets.area_named(form.area_code.data),
    }


def _required(found: dict[str, str], field: str) -> dict[str, str]:
    if not found:
        words = _("Fill this in, in one language at least.")
        raise DomainError(words, fields={field: words})
    return found
