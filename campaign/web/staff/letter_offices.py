"""How the campaign greets each office, and how long letters to it may be."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField

from campaign import letters, targets
from campaign.core import clock, i18n
from campaign.core.db import transaction
from campaign.core.errors import DomainError, NotFound
from campaign.core.i18n import CODES
from campaign.targets import Target
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, line, posted, put_error
from campaign.web.staff.letter_sheet import NAMES, offices
from campaign.web.staff.making import ACTS, MAY_MAKE
from campaign.web.staff.notices import notice


class OfficeForm(StaffForm):
    """A greeting per language, and two limits. Empty: as the register says, and none."""

    max_words = StringField(filters=[line])
    max_characters = StringField(filters=[line])


for _code in CODES:
    setattr(OfficeForm, f"salutation_{_code}", StringField(filters=[line]))


@blueprint.route("/campaigns/<slug>/letter/offices/<uuid:post_id>", methods=["GET", "POST"])
@staff(*MAY_MAKE)
@limited("staff-making", ACTS)
def letter_office(slug: str, post_id: UUID) -> ResponseReturnValue:
    """What this campaign says of one office."""
    office = next((target for target in offices(i18n.language()) if target.post_id == post_id), None)
    if office is None:
        raise NotFound(_("This campaign does not write to this office."))
    form = OfficeForm(posted(), data=_filled(post_id))
    if request.method != "POST":
        return _show(form, office)
    if not form.validate():
        return _show(form, office, 422)
    try:
        with transaction():
            _save(form, office)
    except DomainError as error:
        put_error(form, error)
        return _show(form, office, 422)
    notice(_("Saved: %(office)s.", office=office.office))
    return redirect(url_for("staff.letter", slug=slug, _anchor="offices"), 303)


def _filled(post_id: UUID) -> dict[str, str]:
    rule = letters.offices.rules(g.campaign.id).get(post_id, letters.offices.Rules())
    words = {f"salutation_{lang}": rule.salutation.get(lang, "") for lang in CODES}
    return words | {"max_words": str(rule.max_words or ""), "max_characters": str(rule.max_characters or "")}


def _save(form: OfficeForm, office: Target) -> None:
    greetings = {lang: form[f"salutation_{lang}"].data or "" for lang in g.campaign.langs}
    limits = [_number(form[name].data or "", name) for name in ("max_words", "max_characters")]
    letters.offices.set_rules(g.campaign, office, greetings, *limits, actor=g.staff.actor)


def _number(text: str, name: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        words = _("Write a number, or nothing.")
        raise DomainError(words, fields={name: words})
    return int(text)


def _show(form: OfficeForm, office: Target, status: int = 200) -> ResponseReturnValue:
    by_lang = {lang: targets.resolve([office.post_id], clock.today(), lang)[0] for lang in g.campaign.langs}
    rule = letters.offices.rules(g.campaign.id).get(office.post_id, letters.offices.Rules())
    stale = bool(rule.salutation) and rule.holder != (office.holder or "")
    context = {"form": form, "office": office, "names": NAMES, "by_lang": by_lang, "stale": stale, "rule": rule}
    return render_template("staff/letter/office.html", **context), status
