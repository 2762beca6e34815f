"""Passwords: argon2id, no common ones, and the same work whether or not the account exists."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from campaign.core.errors import DomainError

SHORTEST, LONGEST = 12, 128
# A part of an address or a name that is shorter says too little to forbid passwords for.
TELLING = 4
# Runs along the digits, the alphabet and the keyboards of our languages.
ROWS = tuple(row * 13 for row in ("1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "azertyuiop", "qwertzuiop"))
_hasher = PasswordHasher()  # argon2id with the parameters of RFC 9106, second recommended option
# Verified against when there is no such account, so that the answer takes as long. Made once with the parameters above:
# hashing at import would cost every process a tenth of a second.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$pzkwsoksmdLkLn9ZCKvIOA$mlyWdPdqR0Ai5rbm8F6ExOWw7W2dx5vYldrKlwozlRI"


class BadPassword(DomainError):
    """A password that is too short, too long or too easy to guess to be accepted."""

    code = "bad_password"


def hash_password(password: str, about: Iterable[str] = ()) -> str:
    """The argon2id hash of a new password; raises BadPassword with the wish in words.

    `about`: what others know of its owner, such as the address and the organisation's name.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadPassword(_("Use %(low)s to %(high)s characters.", low=SHORTEST, high=LONGEST))
    plain = _plain(password)
    if plain in _common() or len(set(plain)) < TELLING or _easy(plain):
        raise BadPassword(_("Many people use this password. Choose another, such as four words that are not a saying."))
    if any(plain in (known, *_doubled(known)) or known == plain.rstrip("0123456789!?.") for known in _known(about)):
        raise BadPassword(_("Do not use your address or the name of your organisation as a password."))
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password fits; always does the work of one verification."""
    try:
        _hasher.verify(stored or _NOBODY, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _common() -> frozenset[str]:
    """The 30,000 most used passwords of leaks, and each written twice, for those that are too short alone."""
    words = [_plain(word) for word in FREQUENCY_LISTS["passwords"]]
    return frozenset(word for word in (*words, *(word * 2 for word in words)) if len(word) >= TELLING)


def _plain(text: str) -> str:
    """How guessers see it: without case and white space."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text).casefold())


def _easy(plain: str) -> bool:
    """Whether it is a run of keys, a short piece over and over, or a common word with a tail of digits."""
    if any(plain in row or plain[::-1] in row for row in ROWS):
        return True
    return bool(re.fullmatch(r"(.{1,4})\1+.{0,3}", plain)) or plain.rstrip("0123456789!?.") in _common()


def _doubled(known: str) -> tuple[str, ...]:
    return (known * 2, known * 3)


def _known(about: Iterable[str]) -> set[str]:
    """Addresses and names whole and in parts."""
    texts = [_plain(text) for text in about]
    parts = [part for text in about for part in re.split(r"[@\s]", text)]
    return {text for text in (*texts, *map(_plain, parts)) if len(text) >= TELLING}
