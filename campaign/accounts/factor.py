"""The second factor: codes of an app (RFC 6238), and ten codes on paper for the day the phone is gone."""

import hashlib
import hmac
import secrets
from uuid import UUID

import pyotp
import segno
from flask_babel import gettext as _
from sqlalchemy import CursorResult, delete, func, select, update

from campaign.accounts.log import of_account
from campaign.accounts.models import RecoveryCode, User
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import DomainError
from campaign.core.ids import ALPHABET

ISSUER = "Postbag"
STEP = 30
# A clock may be one step off, either way (RFC 6238, 5.2).
WINDOW = (0, -1, 1)
RECOVERY_CODES = 10


class WrongCode(DomainError):
    """The code is wrong, too old, or was used before: one answer for all three."""

    code, status = "wrong_code", 403

    def __init__(self) -> None:
        super().__init__(_("This code is wrong or was used already. Wait for the next one."))


def start(user_id: UUID) -> None:
    """Make a secret for an app to scan; it counts for nothing until a code has proved it."""
    session().execute(update(User).where(User.id == user_id).values(totp_wanted=pyotp.random_base32()))


def waiting(user_id: UUID) -> str | None:
    """The secret that waits to be proved."""
    return session().scalar(select(User.totp_wanted).where(User.id == user_id))


def qr(secret: str, email: str) -> str:
    """The secret as a picture for the app's camera: SVG with attributes only, dark on light in every theme."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)
    return str(segno.make(uri, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=False))


def prove(user_id: UUID, code: str) -> list[str]:
    """Switch the second factor on with a first code of the app; answers new recovery codes. Raises WrongCode."""
    user = _locked(user_id)
    step = _step(user.totp_wanted, code, None)
    if step is None:
        raise WrongCode
    user.totp_secret, user.totp_wanted, user.totp_step = user.totp_wanted, None, step
    session().flush()
    of_account(f"staff:{user_id}", "accounts.factor_on", user_id)
    return renew_codes(user_id)


def switch_off(user_id: UUID, *, actor: str) -> None:
    """No second factor any more; its recovery codes go with it."""
    session().execute(update(User).where(User.id == user_id).values(totp_secret=None, totp_wanted=None, totp_step=None))
    session().execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    of_account(actor, "accounts.factor_off", user_id)


def renew_codes(user_id: UUID) -> list[str]:
    """Ten new recovery codes, to be shown once; the former ones open nothing any more."""
    codes = [_recovery_code() for _number in range(RECOVERY_CODES)]
    session().execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session().add_all(RecoveryCode(user_id=user_id, code_hash=_hash(user_id, code)) for code in codes)
    session().flush()
    of_account(f"staff:{user_id}", "accounts.recovery_codes", user_id)
    return codes


def codes_left(user_id: UUID) -> int:
    """How many recovery codes are not used yet."""
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session().scalar(unused) or 0


def check(user_id: UUID, code: str) -> None:
    """Take a code of the app or a recovery code, each once; raises WrongCode."""
    user = _locked(user_id)
    step = _step(user.totp_secret, code, user.totp_step)
    if step is not None:
        user.totp_step = step
        session().flush()
    elif not _use_recovery(user_id, code):
        raise WrongCode


def _locked(user_id: UUID) -> User:
    """The user, for this transaction alone: two requests with one code must not both find it unused."""
    return (
        session()
        .scalars(select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True))
        .one()
    )


def _step(secret: str | None, code: str, last: int | None) -> int | None:
    """The step that this code belongs to, if it is right and later than the last one taken."""
    digits = "".join(code.split())
    if secret is None or len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    present = int(now().timestamp()) // STEP
    app = pyotp.TOTP(secret)
    for step in (present + offset for offset in WINDOW):
        if hmac.compare_digest(app.at(step * STEP), digits):
            return step if last is None or step > last else None
    return None


def _recovery_code() -> str:
    """Twelve letters and digits that nobody mixes up, about 56 bits."""
    code = "".join(secrets.choice(ALPHABET) for _number in range(12))
    return "-".join((code[:4], code[4:8], code[8:]))


def _use_recovery(user_id: UUID, code: str) -> bool:
    mine = (RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hash(user_id, code))
    done = session().execute(update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None)).values(used_at=now()))
    return isinstance(done, CursorResult) and done.rowcount == 1


def _hash(user_id: UUID, code: str) -> bytes:
    """56 random bits behind a limit of guesses need no slow hash; the user's id is the salt."""
    letters = "".join(code.upper().split()).replace("-", "")
    return hashlib.sha256(f"{user_id}:{letters}".encode()).digest()
