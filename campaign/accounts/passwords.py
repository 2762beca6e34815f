"""Passwords: argon2id, and the same work whether or not the account exists."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from campaign.core.errors import DomainError

SHORTEST, LONGEST = 12, 128
_hasher = PasswordHasher()  # argon2id with the parameters of RFC 9106, second recommended option
# Verified against when there is no such account, so that the answer takes as long.
_NOBODY = _hasher.hash("nobody has this password")


class BadPassword(DomainError):
    """A password that is too short or too long to be accepted."""

    code = "bad_password"


def hash_password(password: str) -> str:
    """The argon2id hash of a new password; raises BadPassword with the wish in words."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadPassword(_("Use %(low)s to %(high)s characters.", low=SHORTEST, high=LONGEST))
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password fits; always does the work of one verification."""
    try:
        _hasher.verify(stored or _NOBODY, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
