"""Signed tokens. Each is bound to one purpose and an age, so a link for one thing opens nothing else."""

import hashlib
import hmac
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from flask_babel import gettext as _
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from campaign.config import current
from campaign.core.errors import Gone


class Purpose(StrEnum):
    """What a token is good for."""

    CONFIRM = "confirm"
    STATUS = "status"
    SIGN_FORM = "sign-form"
    CHECK_MAIL = "check-mail"
    NOT_ME = "not-me"
    MINE = "mine"
    MINE_FORM = "mine-form"
    UNSUBSCRIBE = "unsubscribe"
    STAFF_SIGN_IN = "staff-sign-in"
    STAFF_FORM = "staff-form"
    STAFF_INVITATION = "staff-invitation"
    STAFF_RESET = "staff-reset"
    STAFF_EMAIL = "staff-email"
    STAFF_UNDO = "staff-undo"
    PREVIEW = "preview"
    OFFICE = "office"
    OFFICE_CONFIRM = "office-confirm"
    FOLLOW_UP = "follow-up"


AGES = {
    Purpose.CONFIRM: timedelta(days=7),
    Purpose.STATUS: timedelta(days=400),
    Purpose.SIGN_FORM: timedelta(hours=2),
    Purpose.CHECK_MAIL: timedelta(days=7),
    Purpose.NOT_ME: timedelta(days=30),
    Purpose.MINE: timedelta(hours=2),
    Purpose.MINE_FORM: timedelta(hours=2),
    Purpose.UNSUBSCRIBE: timedelta(days=400),
    Purpose.STAFF_SIGN_IN: timedelta(hours=2),
    Purpose.STAFF_FORM: timedelta(hours=12),
    Purpose.STAFF_INVITATION: timedelta(days=7),
    Purpose.STAFF_RESET: timedelta(hours=1),
    Purpose.STAFF_EMAIL: timedelta(days=1),
    Purpose.STAFF_UNDO: timedelta(hours=1),
    Purpose.PREVIEW: timedelta(days=7),
    Purpose.OFFICE: timedelta(days=400),
    Purpose.OFFICE_CONFIRM: timedelta(days=7),
    Purpose.FOLLOW_UP: timedelta(days=90),
}


class BadToken(Gone):
    """The token was not made here, or not for this."""

    code = "bad_token"


class OldToken(Gone):
    """The token was right once and is too old now."""

    code = "old_token"


def _serializer(purpose: Purpose) -> URLSafeTimedSerializer:
    settings = current()
    # itsdangerous signs with the last key and accepts them all: rotation keeps links alive.
    return _made(purpose, (*settings.secret_key_fallbacks, settings.secret_key))


@lru_cache(maxsize=64)
def _made(purpose: Purpose, keys: tuple[str, ...]) -> URLSafeTimedSerializer:
    """Kept, as making it costs as much as signing with it."""
    how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(list(keys), salt=f"campaign.{purpose}", signer_kwargs=how)


def sign(purpose: Purpose, value: str) -> str:
    """A token for `value`, good for this purpose only."""
    return str(_serializer(purpose).dumps(value))


def read(purpose: Purpose, token: str, age: timedelta | None = None) -> str:
    """The value of a token, by default not older than its purpose allows; raises BadToken or OldToken."""
    oldest = age or AGES[purpose]
    try:
        value = _serializer(purpose).loads(token, max_age=int(oldest.total_seconds()))
    except SignatureExpired as error:
        raise OldToken(_("This link is too old.")) from error
    except (BadSignature, UnicodeError) as error:
        raise BadToken(_("A part of the link may be missing.")) from error
    return str(value)


def keyed_hash(purpose: str, value: str) -> bytes:
    """A 32-byte keyed hash, to find a personal value again without storing it in the clear."""
    settings = current()
    key = (settings.address_key or settings.secret_key).encode()
    return hmac.digest(key, f"{purpose}\0{value}".encode(errors="surrogatepass"), hashlib.sha256)
