"""Make staff and organisations, and change what an account is."""

import hashlib
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from campaign.accounts import sessions
from campaign.accounts.log import of_account
from campaign.accounts.mails import Alert, tell, write_mail
from campaign.accounts.models import Membership, Organisation, Role, User
from campaign.accounts.passwords import hash_password
from campaign.core import audit
from campaign.core.clock import now
from campaign.core.db import session
from campaign.core.errors import Conflict, DomainError, Gone


class NoAccount(DomainError):
    """Nobody has that address."""

    code, status = "no_account", 404


def ensure_organisation(key: str, name: str) -> Organisation:
    """The organisation of that key, made if it is not there."""
    organisation = session().scalar(select(Organisation).where(Organisation.key == key))
    if organisation is None:
        organisation = Organisation(key=key, name=name)
        session().add(organisation)
        session().flush()
    return organisation


def create_user(
    email: str, password: str, role: Role, organisation: Organisation, *, actor: str, name: str = "", lang: str = "en"
) -> User:
    """A new member of staff; raises Conflict when the address has an account, BadPassword for a weak password."""
    if find_user(email):
        raise Conflict(_("This address has an account already."))
    hashed = hash_password(password, about=(email, name, organisation.name))
    user = User(email=email, name=name, lang=lang, password_hash=hashed, created_at=now())
    session().add(user)
    session().flush()
    session().add(Membership(user_id=user.id, organisation_id=organisation.id, role=role))
    session().flush()
    after = {"email": email, "role": role.value}
    audit.record(actor, "accounts.create_user", f"user:{user.id}", organisation.id, after=after)
    return user


def find_user(email: str) -> User | None:
    """The account of an address, whatever its case."""
    return session().scalar(select(User).where(func.lower(User.email) == email.lower()))


def user_of(email: str) -> User:
    """The account of an address; raises NoAccount."""
    user = find_user(email)
    if user is None:
        raise NoAccount(_("There is no such account."))
    return user


def set_password(email: str, password: str, *, actor: str) -> None:
    """Give an account another password; all its sessions end. Raises NoAccount and BadPassword."""
    _replace_password(user_of(email), password, actor)


def change_password(user_id: UUID, password: str) -> None:
    """Somebody gives themselves another password: all their sessions end. Raises BadPassword."""
    _replace_password(session().get_one(User, user_id), password, f"staff:{user_id}")


def switch(email: str, active: bool, *, actor: str) -> None:
    """Switch an account off or on again; off, all its sessions end. Raises NoAccount."""
    user = user_of(email)
    before, user.active = user.active, active
    session().flush()
    sessions.end_all(user.id)
    of_account(actor, "accounts.switch", user.id, {"active": before}, {"active": active})


def save_profile(user_id: UUID, name: str, lang: str) -> None:
    """How somebody is called and in which language the console speaks to them."""
    user = session().get_one(User, user_id)
    before, after = {"name": user.name, "lang": user.lang}, {"name": name, "lang": lang}
    if before != after:
        user.name, user.lang = name, lang
        session().flush()
        of_account(f"staff:{user_id}", "accounts.save_profile", user_id, before, after)


def want_email(user_id: UUID, email: str) -> None:
    """Ask the mailbox of another address whether it is theirs, and tell the present one.

    What the page says is the same for an address that has an account: that mailbox is not written to.
    """
    user = session().get_one(User, user_id)
    user.email_wanted = email
    session().flush()
    if find_user(email) is None:
        write_mail("staff_email", user.id, email, home(user_id))
    tell(Alert.EMAIL, user, home(user_id))
    of_account(f"staff:{user_id}", "accounts.want_email", user_id)


def take_email(user_id: UUID, print_: str) -> None:
    """The mailbox has answered: its address is the account's now. Raises Gone when it was not asked for any more."""
    session().execute(select(User.id).where(User.id == user_id).with_for_update())
    user = by_print(user_id, print_)
    if not user.email_wanted:
        raise Gone(_("This link was used already, or something else was asked for since."))
    before, user.email, user.email_wanted = user.email, user.email_wanted, None
    try:
        session().flush()
    except IntegrityError as error:
        raise Gone(_("This address has an account already.")) from error
    change = ({"email": before}, {"email": user.email})
    of_account(f"staff:{user_id}", "accounts.take_email", user_id, *change)


def ask_reset(email: str) -> None:
    """Mail a link for a new password, if there is such an account. Nobody learns whether there is."""
    user = find_user(email)
    if user is not None and user.active:
        write_mail("staff_reset", user.id, user.email, home(user.id))
        of_account("system", "accounts.ask_reset", user.id)


def reset_password(user_id: UUID, print_: str, password: str) -> None:
    """A new password by the mailed link, once. Raises Gone when it was used, BadPassword."""
    session().execute(select(User.id).where(User.id == user_id).with_for_update())
    user = by_print(user_id, print_)
    _replace_password(user, password, f"staff:{user_id}")


def by_print(user_id: UUID, print_: str) -> User:
    """The account of a link that is still good: nothing that it could change has changed since. Raises Gone."""
    user = session().get(User, user_id, populate_existing=True)
    if user is None or not user.active or fingerprint(user) != print_:
        raise Gone(_("This link was used already, or something else was asked for since."))
    return user


def fingerprint(user: User) -> str:
    """Says in a link what the account was when the link was made; with any change the link is void."""
    parts = (user.password_hash, user.email, user.email_wanted or "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def home(user_id: UUID) -> UUID | None:
    """An organisation of theirs, for the log and for the outbox: the first by name."""
    query = select(Membership.organisation_id).join(Organisation).where(Membership.user_id == user_id)
    return session().scalar(query.order_by(Organisation.name).limit(1))


def _replace_password(user: User, password: str, actor: str) -> None:
    names = session().scalars(select(Organisation.name).join(Membership).where(Membership.user_id == user.id))
    user.password_hash = hash_password(password, about=(user.email, user.name, *names))
    user.email_wanted = None
    session().flush()
    sessions.end_all(user.id)
    of_account(actor, "accounts.set_password", user.id)
    if actor == f"staff:{user.id}":  # whoever runs the machine tells them by themselves
        tell(Alert.PASSWORD, user, home(user.id))
