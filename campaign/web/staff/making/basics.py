"""The step with what a campaign is called, where it stands, and from when to when."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.campaigns import Accent, drafts, slugs
from campaign.core import audit, i18n
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.core.i18n import LANGUAGES
from campaign.core.zones import zone_of
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import plain_form
from campaign.web.staff.making import ACTS, MAY_MAKE, MAY_WRITE, SAVES, contrast, steps
from campaign.web.staff.making.sheet import Field, Sheet, handle
from campaign.web.staff.notices import notice

NAMES = {each.code: each.name for each in LANGUAGES}


@blueprint.get("/campaigns/<slug>/making")
@staff(*MAY_WRITE)
def making(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """All steps with what is missing, and what can be done with the whole."""
    may_make = g.staff.role in MAY_MAKE
    return render_template("staff/making/making.html", steps=steps.lines(), may_make=may_make)


@blueprint.route("/campaigns/<slug>/making/basics", methods=["GET", "POST"])
@staff(*MAY_MAKE)
@limited("staff-save", SAVES)
def making_basics(slug: str) -> ResponseReturnValue:
    """Title, who asks, colour, goal, country, from when to when."""
    sheet = Sheet("basics", _("Basics"), _fields())
    return handle(sheet, back=url_for("staff.making_basics", slug=slug), accents=contrast.accents())


def _fields() -> list[Field]:
    hint = _("Say with a verb what shall happen.")
    titles = [
        Field(f"title_{lang}", _("Title in %(language)s", language=NAMES[lang]), hint=hint, required=True)
        for lang in g.campaign.langs
    ]
    colours = [(str(accent), contrast.NAMES[accent]) for accent in Accent]
    goal = _("How many signatures you hope for. People see the next step towards it.")
    clocks = _("Clocks of %(zone)s. Empty: when you open it.", zone=zone_of(g.campaign.country))
    return [
        *titles,
        Field("shown_as", _("Who asks"), hint=_("Empty: %(name)s.", name=g.staff.organisation)),
        Field("accent", _("Colour"), "choice", choices=[(key, str(name)) for key, name in colours]),
        Field(
            "goal",
            _("Goal"),
            "number",
            hint=goal,
            required=True,
        ),
        Field("country", _("Country"), "choice", _("Of who names no other."), choices=i18n.countries()),
        Field("opens_at", _("Opens"), "moment", hint=clocks),
        Field("closes_at", _("Closes"), "moment", hint=_("Empty: when you close it.")),
    ]


@blueprint.post("/campaigns/<slug>/making/address")
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def making_address(slug: str) -> ResponseReturnValue:
    """Another web address; the old one leads to it."""
    plain_form()
    wanted = request.form.get("slug", "").strip()
    try:
        if wanted != slug:
            with transaction():
                row = drafts.lock(g.staff.organisation_id, g.campaign.id)
                slugs.rename(row, wanted)
                _note(row.id, slug, wanted)
    except DomainError as error:
        words = error.fields.get("slug", error.words)
        return render_template("staff/making/address.html", wanted=wanted, error=words), 422
    notice(_("The address is %(slug)s. The old one leads here.", slug=wanted))
    return redirect(url_for("staff.making_basics", slug=wanted), 303)


def _note(id_: UUID, before: str, after: str) -> None:
    names = {"slug": before}, {"slug": after}
    audit.record(g.staff.actor, "campaigns.rename", f"campaign:{id_}", g.staff.organisation_id, *names)
