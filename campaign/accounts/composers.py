"""The mails of this room: each takes a row's id and answers a finished mail."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from campaign import config
from campaign.accounts import commands, invitations
from campaign.accounts.mails import Alert
from campaign.accounts.models import User
from campaign.core import mailtext, tokens
from campaign.core.db import session
from campaign.core.errors import Gone
from campaign.core.tokens import AGES, Purpose
from campaign.outbox import Mail, Unsendable

SITE = "Postbag"


def invitation(invitation_id: UUID) -> Mail:
    """Asks somebody to join; unsendable once there is nothing to accept any more."""
    try:
        asked = invitations.invited(invitation_id)
    except Gone as error:
        raise Unsendable("nothing to accept any more") from error
    link = _link("invitation", tokens.sign(Purpose.STAFF_INVITATION, invitation_id.hex))
    values = {"asked": asked, "link": link, "days": AGES[Purpose.STAFF_INVITATION].days}
    return _mail("invitation", asked.email, asked.lang, asked.organisation, **values)


def reset(user_id: UUID) -> Mail:
    """The link for a new password."""
    user = _user(user_id)
    link = _link("reset", tokens.sign(Purpose.STAFF_RESET, f"{user.id.hex} {commands.fingerprint(user)}"))
    return _mail("staff_reset", user.email, user.lang, SITE, user=user, link=link)


def email(user_id: UUID) -> Mail:
    """Asks the mailbox of a new address whether it is theirs."""
    user = _user(user_id)
    if user.email_wanted is None:
        raise Unsendable("no other address is wanted any more")
    link = _link("email", tokens.sign(Purpose.STAFF_EMAIL, f"{user.id.hex} {commands.fingerprint(user)}"))
    return _mail("staff_email", user.email_wanted, user.lang, SITE, user=user, link=link)


def notice(kind: Alert, user_id: UUID) -> Mail:
    """Tells an account's mailbox what was done."""
    user = _user(user_id)
    return _mail(
        kind.value, user.email, user.lang, SITE, user=user, link=f"{config.current().public_url}/staff/account"
    )


def _user(user_id: UUID) -> User:
    user = session().get(User, user_id, populate_existing=True)
    if user is None or not user.active:
        raise Unsendable("the account is gone or switched off")
    return user


def _link(page: str, token: str) -> str:
    return f"{config.current().public_url}/staff/{page}/{token}"


def _mail(name: str, to: str, lang: str, from_name: str, **values: object) -> Mail:
    written = mailtext.write(name, lang, sender=from_name, **values)
    return Mail(
        to=to, from_name=from_name, subject=written.subject, text=written.text, html=written.html, language=lang
    )


BY_KIND: dict[str, Callable[[UUID], Mail]] = {
    "invitation": invitation,
    "staff_reset": reset,
    "staff_email": email,
    **{kind.value: partial(notice, kind) for kind in Alert},
}
