"""Staff and the organisations they work for."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, false, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Choice, Moment, Sealed, choice_check
from campaign.core.db import Base
from campaign.core.ids import new_id


class Role(StrEnum):
    """What a member of staff may do in an organisation."""

    OWNER = "owner"
    CAMPAIGNER = "campaigner"
    TRANSLATOR = "translator"
    MODERATOR = "moderator"
    VIEWER = "viewer"


class Organisation(Base):
    """Who runs campaigns, and the controller of the data they gather."""

    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    second_factor: Mapped[bool] = mapped_column(server_default=false(), doc="whether all its staff must use one")


class User(Base):
    """A member of staff. Their address is their work's, not a supporter's."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_email", text("lower(email)"), unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    email_wanted: Mapped[str | None] = mapped_column(doc="another address, until its mailbox has answered")
    name: Mapped[str] = mapped_column(server_default="")
    lang: Mapped[str] = mapped_column(server_default="en")
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[datetime] = mapped_column(Moment)
    totp_secret: Mapped[str | None] = mapped_column(Sealed, doc="RFC 6238; none: no second factor")
    totp_wanted: Mapped[str | None] = mapped_column(Sealed, doc="a secret that no code has proved yet")
    totp_step: Mapped[int | None] = mapped_column(BigInteger, doc="the last step that a code was taken of")


class Membership(Base):
    """A user's role in one organisation."""

    __tablename__ = "memberships"
    __table_args__ = (choice_check("role", Role),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(Choice(Role))


class StaffSession(Base):
    """One signed-in browser. The cookie holds a random secret, the row only its hash."""

    __tablename__ = "staff_sessions"
    __table_args__ = (Index(None, "user_id"),)

    secret_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), doc="the one at work for"
    )
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id, doc="to name it by; opens nothing")
    sudo_at: Mapped[datetime | None] = mapped_column(Moment, doc="when the password was last given")
    browser: Mapped[str] = mapped_column(server_default="", doc="its name only, such as Firefox")
    system: Mapped[str] = mapped_column(server_default="", doc="its name only, such as Windows")
    notices: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=text("'[]'::jsonb"), doc="what the next page says once"
    )


class RecoveryCode(Base):
    """One of the codes that stand in for a lost second factor. Stored as a hash, used once."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class HalfSignIn(Base):
    """A right password that still waits for its second step. It opens nothing else."""

    __tablename__ = "half_sign_ins"
    __table_args__ = (Index(None, "user_id"),)

    secret_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(server_default="0")


class Guess(Base):
    """One password or code that was tried lately, by keyed hashes of the account's name and of the network."""

    __tablename__ = "guesses"
    __table_args__ = (Index(None, "account", "at"), Index(None, "at"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account: Mapped[bytes]
    network: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(Moment)


class Invitation(Base):
    """Somebody was asked to join an organisation. Its link works for seven days and once."""

    __tablename__ = "invitations"
    __table_args__ = (choice_check("role", Role), Index(None, "organisation_id", "created_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    email: Mapped[str]
    role: Mapped[Role] = mapped_column(Choice(Role))
    lang: Mapped[str]
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class ApiKey(Base):
    """What a program signs in with. The key itself is shown once; the row holds its hash and its first letters."""

    __tablename__ = "api_keys"
    __table_args__ = (Index(None, "organisation_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    name: Mapped[str]
    prefix: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSONB)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
