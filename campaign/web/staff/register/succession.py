"""Who holds an office from when, when a tenure ends, where an office is reached."""

from typing import Any
from uuid import UUID

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.core import clock
from campaign.core.errors import DomainError
from campaign.core.i18n import language, pick
from campaign.targets import Plan, Post, edits, listing
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import posted
from campaign.web.staff.register import MAY_CHANGE, RATE
from campaign.web.staff.register.edit import FORM, fill_in
from campaign.web.staff.register.forms import ContactForm, EndForm, HeldForm, HolderForm, spread, texts


@blueprint.route("/register/posts/<uuid:post_id>/holder", **FORM)
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def add_tenure(post_id: UUID) -> ResponseReturnValue:
    """Somebody holds this office from a day on."""
    post = edits.own(Post, g.staff.organisation_id, post_id)
    form = HolderForm(posted(), since=clock.today(), checked_on=clock.today())

    def plan() -> Plan:
        name, person_id = _person(form.person.data)
        return edits.add_tenure(g.staff.organisation_id, post_id, person=name, person_id=person_id, **_held(form))

    title = _("New holder: %(office)s", office=pick(post.office, language()))
    return fill_in(form, plan, title, url_for("staff.office", post_id=post_id), "since")


@blueprint.route("/register/tenures/<uuid:tenure_id>/change", **FORM)
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def change_tenure(tenure_id: UUID) -> ResponseReturnValue:
    """Correct the days, the source or the form of address."""
    row, who = edits.tenure(g.staff.organisation_id, tenure_id)
    known = spread(salutation=row.salutation, office=row.office)
    days = {"since": row.since, "until": row.until, "checked_on": row.checked_on}
    form = HeldForm(posted(), source=row.source, **days, **known)
    plan = lambda: edits.change_tenure(g.staff.organisation_id, tenure_id, **_held(form))  # noqa: E731 - run once it is right
    return fill_in(form, plan, who, url_for("staff.office", post_id=row.post_id), "since")


@blueprint.route("/register/tenures/<uuid:tenure_id>/end", **FORM)
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def end_tenure(tenure_id: UUID) -> ResponseReturnValue:
    """A holder leaves."""
    row, who = edits.tenure(g.staff.organisation_id, tenure_id)
    form = EndForm(posted(), until=clock.today())
    plan = lambda: edits.end_tenure(g.staff.organisation_id, tenure_id, form.ends())  # noqa: E731 - as above
    title = _("%(who)s leaves", who=who)
    return fill_in(form, plan, title, url_for("staff.office", post_id=row.post_id), "until")


@blueprint.route("/register/posts/<uuid:post_id>/contact", **FORM)
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def set_contact(post_id: UUID) -> ResponseReturnValue:
    """Another address, or a correction of today's."""
    post = edits.own(Post, g.staff.organisation_id, post_id)
    form = ContactForm(posted(), since=clock.today(), checked_on=clock.today())

    def plan() -> Plan:
        values = {name: form[name].data for name in ("email", "since", "source", "checked_on")}
        return edits.set_contact(g.staff.organisation_id, post_id, **values)

    title = _("Address: %(office)s", office=pick(post.office, language()))
    return fill_in(form, plan, title, url_for("staff.office", post_id=post_id), "email")


@blueprint.route("/register/contacts/<uuid:contact_id>/end", **FORM)
@staff(*MAY_CHANGE)
@limited("staff-register", RATE)
def end_contact(contact_id: UUID) -> ResponseReturnValue:
    """An address is no longer right, and no other is known."""
    row = edits.contact(g.staff.organisation_id, contact_id)
    form = EndForm(posted(), until=clock.today())
    plan = lambda: edits.end_contact(g.staff.organisation_id, contact_id, form.ends())  # noqa: E731 - as above
    return fill_in(form, plan, row.email, url_for("staff.office", post_id=row.post_id), "until")


def _held(form: HeldForm) -> dict[str, Any]:
    values = {name: form[name].data for name in ("since", "until", "source", "checked_on")}
    return {**values, "office": texts(form, "office"), "salutation": texts(form, "salutation")}


def _person(words: str) -> tuple[str, UUID | None]:
    """Somebody of the register by name or key, or a new name; raises DomainError where several have it."""
    found = listing.persons_named(g.staff.organisation_id, words)
    if len(found) > 1:
        keys = ", ".join(person.key for person in found[:5])
        several = _("Several persons have this name. Write one of their keys: %(keys)s.", keys=keys)
        raise DomainError(several, fields={"person": several})
    return (found[0].name, found[0].id) if found else (words, None)
