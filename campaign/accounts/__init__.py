"""Staff: organisations, users, roles and their sessions."""

from campaign.accounts.commands import WrongSignIn, create_user, ensure_organisation, set_password, sign_in, sign_out
from campaign.accounts.models import Membership, Organisation, Role, User
from campaign.accounts.sessions import Staff, touch, whose

__all__ = [
    "Membership",
    "Organisation",
    "Role",
    "Staff",
    "User",
    "WrongSignIn",
    "create_user",
    "ensure_organisation",
    "set_password",
    "sign_in",
    "sign_out",
    "touch",
    "whose",
]
