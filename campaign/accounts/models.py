"""Staff and the organisations they work for."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text, true
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Choice, Moment, choice_check
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


class User(Base):
    """A member of staff. Their address is their work's, not a supporter's."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_email", text("lower(email)"), unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[datetime] = mapped_column(Moment)


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
