"""Ask somebody to join an organisation: by a mailed link, for seven days, once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select

from campaign.accounts.commands import create_user, find_user
from campaign.accounts.mails import write_mail
from campaign.accounts.models import Invitation, Membership, Organisation, Role, User
from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict, Gone, NotFound
from campaign.core.ids import new_id
from campaign.core.tokens import AGES, Purpose

AGE = AGES[Purpose.STAFF_INVITATION]


@dataclass(frozen=True)
class InvitationView:
    """One invitation that nobody has answered yet."""

    id: UUID
    email: str
    role: Role
    sent_at: datetime

    @property
    def over(self) -> bool:
        """Whether its link has grown too old."""
        return self.sent_at <= now() - AGE


@dataclass(frozen=True)
class Invited:
    """What an invitation's own page shows; `known` says that the address has an account."""

    id: UUID
    email: str
    role: Role
    lang: str
    organisation_id: UUID
    organisation: str
    inviter: str
    known: bool


def invite(organisation_id: UUID, email: str, role: Role, lang: str, *, actor: str, by: UUID | None = None) -> UUID:
    """Invite an address; raises Conflict when it belongs to the team or is invited already."""
    member = select(User.id).join(Membership).where(Membership.organisation_id == organisation_id)
    user = find_user(email)
    if user is not None and session().scalar(member.where(User.id == user.id)):
        raise Conflict(_("This person is in the team already."), fields={"email": _("Is in the team already.")})
    if any(open_.email.lower() == email.lower() for open_ in open_invitations(organisation_id)):
        words = _("Is invited already: send that invitation again.")
        raise Conflict(words, fields={"email": words})
    at = now()
    row = Invitation(
        id=new_id(),
        organisation_id=organisation_id,
        email=email,
        role=role,
        lang=lang,
        invited_by=by,
        created_at=at,
        sent_at=at,
    )
    session().add(row)
    session().flush()
    write_mail("invitation", row.id, email, organisation_id)
    after = {"email": email, "role": role.value}
    audit.record(actor, "accounts.invite", f"invitation:{row.id}", organisation_id, after=after)
    return row.id


def open_invitations(organisation_id: UUID) -> list[InvitationView]:
    """Those that nobody has answered, the newest first."""
    query = (
        select(Invitation.id, Invitation.email, Invitation.role, Invitation.sent_at)
        .where(*_open(), Invitation.organisation_id == organisation_id)
        .order_by(Invitation.created_at.desc())
    )
    return [InvitationView(*row) for row in session().execute(query)]


def send_again(organisation_id: UUID, invitation_id: UUID, *, actor: str) -> str:
    """Mail the link once more, good for seven days from now; answers the address. Raises NotFound."""
    row = _own(organisation_id, invitation_id)
    row.sent_at = now()
    session().flush()
    write_mail("invitation", row.id, row.email, organisation_id)
    audit.record(actor, "accounts.send_invitation", f"invitation:{row.id}", organisation_id)
    return row.email


def withdraw(organisation_id: UUID, invitation_id: UUID, *, actor: str) -> str:
    """Take an invitation back: its link opens nothing. Answers the address. Raises NotFound."""
    row = _own(organisation_id, invitation_id)
    row.withdrawn_at = now()
    session().flush()
    audit.record(actor, "accounts.withdraw_invitation", f"invitation:{row.id}", organisation_id)
    return row.email


def renew(organisation_id: UUID, invitation_id: UUID, *, actor: str) -> str:
    """Undo a withdrawal: the link works again for as long as it would have. Raises NotFound."""
    row = session().scalar(_one(organisation_id, invitation_id).where(Invitation.accepted_at.is_(None)))
    if row is None:
        raise NotFound(_("There is no such invitation."))
    row.withdrawn_at = None
    session().flush()
    audit.record(actor, "accounts.renew_invitation", f"invitation:{row.id}", organisation_id)
    return row.email


def invited(invitation_id: UUID) -> Invited:
    """What a link opens; raises Gone when it was used, taken back, or is too old."""
    query = select(Invitation, Organisation.name, User.name, User.email).join(Organisation)
    query = query.outerjoin(User, User.id == Invitation.invited_by)
    found = session().execute(query.where(*_open(), Invitation.id == invitation_id)).one_or_none()
    if found is None or found[0].sent_at <= now() - AGE:
        raise Gone(_("This invitation was used already or taken back. Ask for another one."))
    row, organisation, name, email = found
    known = find_user(row.email) is not None
    inviter = name or email or organisation
    return Invited(row.id, row.email, row.role, row.lang, row.organisation_id, organisation, inviter, known)


def accept(invitation_id: UUID, *, name: str = "", password: str = "", lang: str = "en") -> Invited:
    """Join, once: with a new account, or with the one that the address has. Raises Gone and BadPassword."""
    session().execute(select(Invitation.id).where(Invitation.id == invitation_id).with_for_update())
    asked = invited(invitation_id)
    organisation = session().get_one(Organisation, asked.organisation_id)
    user = find_user(asked.email)
    actor = f"invitation:{invitation_id}"
    if user is None:
        create_user(asked.email, password, asked.role, organisation, actor=actor, name=name, lang=lang)
    elif session().get(Membership, (user.id, asked.organisation_id)) is None:
        session().add(Membership(user_id=user.id, organisation_id=asked.organisation_id, role=asked.role))
        session().flush()
        after = {"role": asked.role.value}
        audit.record(actor, "accounts.join", f"user:{user.id}", asked.organisation_id, after=after)
    session().get_one(Invitation, invitation_id).accepted_at = now()
    session().flush()
    return asked


def _open() -> tuple[ColumnElement[bool], ...]:
    return Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)


def _one(organisation_id: UUID, invitation_id: UUID) -> Select[Invitation]:
    mine = (Invitation.organisation_id == organisation_id, Invitation.id == invitation_id)
    return select(Invitation).where(*mine).with_for_update()


def _own(organisation_id: UUID, invitation_id: UUID) -> Invitation:
    row = session().scalar(_one(organisation_id, invitation_id).where(*_open()))
    if row is None:
        raise NotFound(_("There is no such invitation."))
    return row
