"""Members of staff who are signed in, without the form."""

from uuid import UUID

from flask.testing import FlaskClient

from campaign import accounts
from campaign.accounts import Device, Role
from campaign.core import tokens
from campaign.core.db import transaction
from campaign.core.tokens import Purpose

PASSWORD = "correct horse battery staple"


def member(role: Role = Role.OWNER, email: str = "ann@staff.example", organisation: str = "demo") -> UUID:
    """Somebody with that role in an organisation; the demonstration campaign's is `demo`."""
    with transaction():
        home = accounts.ensure_organisation(organisation, organisation.title())
        return accounts.create_user(email, PASSWORD, role, home, actor="test").id


def signed_in(client: FlaskClient, role: Role = Role.OWNER, organisation: str = "demo") -> UUID:
    """A browser of somebody with that role."""
    id_ = member(role, f"{role.value}@{organisation}.example", organisation)
    with transaction():
        secret = accounts.begin(id_, accounts.ensure_organisation(organisation, organisation).id, Device("", ""))
    client.set_cookie("staff", secret)
    return id_


def token(user_id: UUID) -> dict[str, str]:
    """The token of any form of theirs."""
    return {"csrf_token": tokens.sign(Purpose.STAFF_FORM, str(user_id))}
