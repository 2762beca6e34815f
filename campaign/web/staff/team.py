"""The team: who is in it, who is asked to join, and as what."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from campaign import accounts
from campaign.accounts import Role
from campaign.core import tokens
from campaign.core.db import transaction
from campaign.core.errors import Conflict, DomainError
from campaign.core.rates import Rate
from campaign.core.tokens import Purpose
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint
from campaign.web.staff.account import languages, real_address
from campaign.web.staff.forms import StaffForm, line, plain_form, posted, put_error
from campaign.web.staff.notices import notice

TEAM = Rate(60, "minute")
INVITE = Rate(20, "minute")


def roles() -> list[SelectChoice]:
    """The roles with their names."""
    return [SelectChoice(role.value, label) for role, label in ROLES.items()]


ROLES = {
    Role.OWNER: _("Owner"),
    Role.CAMPAIGNER: _("Campaigner"),
    Role.TRANSLATOR: _("Translator"),
    Role.MODERATOR: _("Moderator"),
    Role.VIEWER: _("Viewer"),
}


class InviteForm(StaffForm):
    """Whom to ask, as what, and in which language."""

    email = StringField(filters=[line], validators=[InputRequired(_("Write an email address.")), real_address])
    role = SelectField(choices=roles(), default=Role.CAMPAIGNER.value)
    lang = SelectField(choices=languages())


class RoleForm(StaffForm):
    """What a member is."""

    role = SelectField(choices=roles())


@blueprint.get("/team", endpoint="team")
@staff(Role.OWNER)
def team() -> ResponseReturnValue:
    """Everybody, and who is asked."""
    return _page(InviteForm(lang=g.staff.lang))


@blueprint.post("/team/invite", endpoint="team_invite")
@staff(Role.OWNER)
@limited("invite", INVITE)
def invite() -> ResponseReturnValue:
    """Ask somebody to join."""
    form = InviteForm(posted())
    if form.validate():
        try:
            with transaction():
                accounts.invitations.invite(
                    g.staff.organisation_id,
                    form.email.data,
                    Role(form.role.data),
                    form.lang.data,
                    actor=g.staff.actor,
                    by=g.staff.id,
                )
            notice(gettext("%(email)s is invited.", email=form.email.data))
            return _back()
        except Conflict as error:
            put_error(form, error, "email")
    return _page(form)


@blueprint.post("/team/invitations/<uuid:invitation_id>/send", endpoint="invitation_send")
@staff(Role.OWNER)
@limited("invite", INVITE)
def send_again(invitation_id: UUID) -> ResponseReturnValue:
    """Mail an invitation once more."""
    plain_form()
    with transaction():
        email = accounts.invitations.send_again(g.staff.organisation_id, invitation_id, actor=g.staff.actor)
    notice(gettext("The invitation to %(email)s is sent again.", email=email))
    return _back()


@blueprint.post("/team/invitations/<uuid:invitation_id>/withdraw", endpoint="invitation_withdraw")
@staff(Role.OWNER)
@limited("team", TEAM)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    plain_form()
    with transaction():
        email = accounts.invitations.withdraw(g.staff.organisation_id, invitation_id, actor=g.staff.actor)
    undo = url_for("staff.invitation_renew", invitation_id=invitation_id)
    notice(gettext("The invitation to %(email)s is taken back.", email=email), undo=undo)
    return _back()


@blueprint.post("/team/invitations/<uuid:invitation_id>/renew", endpoint="invitation_renew")
@staff(Role.OWNER)
@limited("team", TEAM)
def renew(invitation_id: UUID) -> ResponseReturnValue:
    """Undo that."""
    plain_form()
    with transaction():
        email = accounts.invitations.renew(g.staff.organisation_id, invitation_id, actor=g.staff.actor)
    notice(gettext("%(email)s is invited again.", email=email))
    return _back()


@blueprint.post("/team/<uuid:user_id>/role", endpoint="team_role")
@staff(Role.OWNER)
@limited("team", TEAM)
def change_role(user_id: UUID) -> ResponseReturnValue:
    """Make somebody something else."""
    form = RoleForm(request.form)
    if not form.validate():
        raise DomainError(str(next(iter(form.errors.values()))[0]))
    with transaction():
        before = accounts.team.change_role(g.staff.organisation_id, user_id, Role(form.role.data), actor=g.staff.actor)
    notice(gettext("The role is changed."), undo=_undo(user_id, before))
    return _back()


@blueprint.post("/team/<uuid:user_id>/remove", endpoint="team_remove")
@staff(Role.OWNER)
@limited("team", TEAM)
def remove(user_id: UUID) -> ResponseReturnValue:
    """Take somebody out of the team."""
    plain_form()
    with transaction():
        role = accounts.team.remove(g.staff.organisation_id, user_id, actor=g.staff.actor)
    notice(gettext("They are no longer in the team."), undo=_undo(user_id, role))
    return _back()


@blueprint.post("/team/undo/<token>", endpoint="team_undo")
@staff(Role.OWNER)
@limited("team", TEAM)
def undo(token: str) -> ResponseReturnValue:
    """Give somebody back the role they had; the link in the notice says which."""
    plain_form()
    home, user_id, role = tokens.read(Purpose.STAFF_UNDO, token).split(" ")
    if home != g.staff.organisation_id.hex:
        raise DomainError(gettext("This belongs to another organisation."))
    with transaction():
        accounts.team.restore(g.staff.organisation_id, UUID(hex=user_id), Role(role), actor=g.staff.actor)
    notice(gettext("Everything is as it was."))
    return _back()


@blueprint.post("/team/second-factor", endpoint="team_factor")
@staff(Role.OWNER)
@limited("team", TEAM)
def want_factor() -> ResponseReturnValue:
    """Whether everybody must use a second factor."""
    plain_form()
    wanted = request.form.get("wanted") == "yes"
    with transaction():
        accounts.team.want_factor(g.staff.organisation_id, wanted, actor=g.staff.actor)
    on, off = (
        gettext("Everybody must use a second factor now."),
        gettext("A second factor is everybody's own choice now."),
    )
    notice(on if wanted else off)
    return _back()


def _undo(user_id: UUID, role: Role) -> str:
    value = f"{g.staff.organisation_id.hex} {user_id.hex} {role.value}"
    return url_for("staff.team_undo", token=tokens.sign(Purpose.STAFF_UNDO, value))


def _back() -> ResponseReturnValue:
    return redirect(url_for("staff.team"), 303)


def _page(form: InviteForm) -> ResponseReturnValue:
    home = g.staff.organisation_id
    page = render_template(
        "staff/team/team.html",
        form=form,
        members=accounts.team.members(home),
        invitations=accounts.invitations.open_invitations(home),
        wants_factor=accounts.team.organisation(home).second_factor,
        roles=roles(),
        role_names=ROLES,
    )
    return page, 422 if form.errors else 200
