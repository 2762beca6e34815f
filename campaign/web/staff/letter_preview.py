"""The letter exactly as an office gets it, and a test letter to oneself."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign import letters, signatures
from campaign.core.db import transaction
from campaign.core.errors import DomainError, NotFound
from campaign.core.rates import Rate
from campaign.letters import trials
from campaign.targets import Target
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import plain_form
from campaign.web.staff.letter_sheet import NAMES, chosen_lang, office_of, offices, text_of
from campaign.web.staff.making import MAY_WRITE
from campaign.web.staff.notices import notice

# Enough to try every office in every language, too few to bother anybody with.
TESTS = Rate(20, "hour")


@blueprint.get("/campaigns/<slug>/letter/preview")
@staff(*MAY_WRITE)
def letter_preview(slug: str) -> ResponseReturnValue:
    """One text of the saved letter, to one office, in one language: headers and text."""
    lang = chosen_lang()
    choices, number = text_of(lang)
    office = office_of(_post(request.args.get("office", "")), lang)
    preview, error = _seen(choices[number].model, office) if choices and office else (None, "")
    found = {"lang_now": lang, "names": NAMES, "choices": choices, "number": number, "office": office}
    found |= {"preview": preview, "error": error, "offices": offices(lang)}
    tests = trials.of_campaign(g.campaign.id)
    return render_template("staff/preview/preview.html", slug=slug, tests=tests, **found)


def _seen(model: letters.Model, office: Target) -> tuple[signatures.trial.Preview | None, str]:
    try:
        return signatures.trial.preview(g.campaign.id, model, office.post_id), ""
    except DomainError as error:
        return None, error.words


def _post(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@blueprint.post("/campaigns/<slug>/letter/test")
@staff(*MAY_WRITE)
@limited("staff-test-letter", TESTS)
def test_letter(slug: str) -> ResponseReturnValue:
    """Send oneself the letter that the preview shows: through the same composer, transport and outbox as any other."""
    plain_form()
    lang = chosen_lang()
    choices, number = text_of(lang)
    office = office_of(_post(request.form.get("office", "")), lang)
    if not choices or office is None:
        raise NotFound(_("There is no letter to send yet."))
    domain = g.staff.email.rpartition("@")[2]
    with transaction():
        trials.ask(g.campaign, choices[number].model, office.post_id, g.staff.id, domain, actor=g.staff.actor)
    notice(_("The test letter is on its way to %(email)s.", email=g.staff.email))
    here = url_for("staff.letter_preview", slug=slug, lang=lang, office=office.post_id.hex, text=number)
    return redirect(here, 303)
