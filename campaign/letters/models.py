"""What is said: model letters by staff, and what supporters made of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Moment, localised
from campaign.core.db import Base
from campaign.core.ids import new_id


class ModelLetterVersion(Base):
    """One version of a campaign's model letter in one language. Never changed: a new text is a new version."""

    __tablename__ = "model_letter_versions"
    __table_args__ = (UniqueConstraint("campaign_id", "lang", "number"), CheckConstraint("weight > 0", name="weight"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    lang: Mapped[str]
    number: Mapped[int]
    subject: Mapped[str]
    opening: Mapped[str] = mapped_column(doc="locked, rendered per target")
    body: Mapped[str] = mapped_column(doc="what the supporter edits")
    closing: Mapped[str] = mapped_column(doc="locked, rendered per supporter and target")
    tips: Mapped[str] = mapped_column(server_default="", doc="what helps a writer; never part of a letter")
    weight: Mapped[int] = mapped_column(server_default=text("1"), doc="how often it is drawn, beside its variants")
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str]


class ModelLetterVariant(Base):
    """Another subject and body of a version. A writer gets one of them; never changed either."""

    __tablename__ = "model_letter_variants"
    __table_args__ = (UniqueConstraint("version_id", "position"), CheckConstraint("weight > 0", name="weight"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("model_letter_versions.id", ondelete="CASCADE"))
    position: Mapped[int]
    subject: Mapped[str]
    body: Mapped[str]
    weight: Mapped[int]
    post_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("posts.id"), doc="only for letters that go to this office alone; none: drawn at random"
    )


class LetterDraft(Base):
    """What staff are writing, apart from the versions: kept while they type, without being checked."""

    __tablename__ = "model_letter_drafts"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    lang: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(doc="counts what was kept and saved, so that two writers see each other")
    parts: Mapped[dict[str, str] | None] = mapped_column(
        JSONB(none_as_null=True), doc="by field; none: nothing beside the newest version"
    )
    dropped: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True), doc="the draft that was given up")
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[str]


class LetterOffice(Base):
    """What a campaign says of one office that it writes to: another greeting, and how long letters may be."""

    __tablename__ = "letter_offices"
    __table_args__ = (
        CheckConstraint("max_words > 0", name="max_words"),
        CheckConstraint("max_characters > 0", name="max_characters"),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    salutation: Mapped[dict[str, str]] = localised()
    holder: Mapped[str] = mapped_column(doc="whom the greetings were written for; another holder gets the register's")
    max_words: Mapped[int | None]
    max_characters: Mapped[int | None]


class LetterTest(Base):
    """A letter that somebody of the staff sent to themselves. Its message in the outbox has the same id."""

    __tablename__ = "letter_tests"
    __table_args__ = (Index(None, "campaign_id", "version_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("model_letter_versions.id", ondelete="CASCADE"))
    variant_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_letter_variants.id", ondelete="CASCADE"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Moment)


class LetterText(Base):
    """The middle of a supporter's letter as they left it: one text for all its targets."""

    __tablename__ = "letter_texts"
    __table_args__ = (
        Index(None, "version_id"),
        Index(None, "variant_id", postgresql_where=text("variant_id IS NOT NULL")),
        Index(None, "beside_id", postgresql_where=text("beside_id IS NOT NULL")),
        CheckConstraint("own BETWEEN 0 AND 100", name="own"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("model_letter_versions.id"))
    variant_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_letter_variants.id"), doc="none: the main text")
    subject: Mapped[str]
    body: Mapped[str]
    edited: Mapped[bool]
    own: Mapped[int] = mapped_column(
        SmallInteger, server_default=text("0"), doc="per cent of the body in its writer's own words; see `share`"
    )
    beside_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("model_letter_versions.id"), doc="its model in the writer's language, where it is written in another"
    )


class Letter(Base):
    """One supporter's text to one target. Its message in the outbox has the same id."""

    __tablename__ = "letters"
    # A letter to a target exists once for a signature, however often its link is opened.
    __table_args__ = (UniqueConstraint("signature_id", "post_id"), Index(None, "text_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    signature_id: Mapped[UUID]
    text_id: Mapped[UUID] = mapped_column(ForeignKey("letter_texts.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
