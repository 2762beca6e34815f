"""Keys for programs: make one, see which there are, revoke."""

from datetime import timedelta
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from campaign import accounts
from campaign.accounts import Role, Scope
from campaign.core import clock
from campaign.core.db import transaction
from campaign.core.rates import Rate
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.forms import StaffForm, line, plain_form, posted
from campaign.web.staff.notices import notice

KEYS = Rate(30, "minute")
NAME_MAX = 60
MADE = 201
SCOPES = {
    Scope.FIGURES: _("Read figures of campaigns"),
    Scope.SIGNATURES: _("Read signatures"),
    Scope.EXPORT: _("Export signatures"),
}
LIVES = {"30": _("30 days"), "90": _("90 days"), "365": _("A year"), "": _("Until it is revoked")}


class KeyForm(StaffForm):
    """A key to be."""

    name = StringField(
        filters=[line],
        validators=[
            InputRequired(_("Write what the key is for.")),
            Length(max=NAME_MAX, message=_("Use at most %(max)d characters.")),
        ],
    )
    scopes = SelectMultipleField(
        choices=[SelectChoice(scope.value, label) for scope, label in SCOPES.items()],
        validators=[InputRequired(_("Choose what the key may do."))],
    )
    days = SelectField(choices=[SelectChoice(*life) for life in LIVES.items()], default="90")


@blueprint.route("/api-keys", methods=["GET", "POST"], endpoint="api_keys")
@staff(Role.OWNER, sudo=True)
@limited("api-keys", KEYS)
def api_keys() -> ResponseReturnValue:
    """The keys that there are; a POST makes one, and its answer is the only page that shows it."""
    form = KeyForm(posted())
    key = _made(form) if request.method == "POST" and form.validate() else None
    page = render_template(
        "staff/api_keys/api_keys.html",
        form=KeyForm() if key else form,
        key=key,
        keys=accounts.all_keys(g.staff.organisation_id),
        scopes=SCOPES,
    )
    return page, MADE if key else 422 if form.errors else 200


@blueprint.post("/api-keys/<uuid:key_id>/revoke", endpoint="api_key_revoke")
@staff(Role.OWNER, sudo=True)
@limited("api-keys", KEYS)
def revoke(key_id: UUID) -> ResponseReturnValue:
    """End a key. There is no undo: what was revoked may have leaked."""
    plain_form()
    with transaction():
        name = accounts.revoke_key(g.staff.organisation_id, key_id, actor=g.staff.actor)
    notice(gettext("The key %(name)s is revoked.", name=name))
    return redirect(url_for("staff.api_keys"), 303)


def _made(form: KeyForm) -> str:
    days = form.days.data
    expires_at = clock.now() + timedelta(days=int(days)) if days else None
    scopes = [Scope(scope) for scope in form.scopes.data]
    with transaction():
        return accounts.make_key(
            g.staff.organisation_id, form.name.data, scopes, expires_at, by=g.staff.id, actor=g.staff.actor
        )
