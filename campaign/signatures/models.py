"""The heart: a supporter on a campaign, and what they agreed to."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Choice, Moment, Sealed, choice_check
from campaign.core.db import Base
from campaign.core.ids import new_id, reference
from campaign.signatures.states import Public, SignatureState


class Signature(Base):
    """One supporter on one campaign, with the text they left."""

    __tablename__ = "signatures"
    __table_args__ = (
        choice_check("state", SignatureState),
        choice_check("public", Public),
        # One signature per mailbox and campaign.
        Index(
            "uq_signatures_confirmed",
            "campaign_id",
            "email_hash",
            unique=True,
            postgresql_where=text("state = 'confirmed'"),
        ),
        # The same form sent twice is one signature. Another text is another row, with a link of its own: nobody can
        # put words into a letter that somebody else is about to confirm.
        Index(
            "uq_signatures_pending",
            "campaign_id",
            "email_hash",
            "digest",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_signatures_recent",
            "campaign_id",
            "confirmed_at",
            postgresql_where=text("state = 'confirmed' AND public_name IS NOT NULL"),
        ),
        Index("ix_signatures_unconfirmed", "created_at", postgresql_where=text("state = 'pending'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True, default=reference, doc="what a person quotes")
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    text_id: Mapped[UUID] = mapped_column(ForeignKey("letter_texts.id"))
    state: Mapped[SignatureState] = mapped_column(Choice(SignatureState))
    email: Mapped[str] = mapped_column(Sealed)
    email_hash: Mapped[bytes]
    digest: Mapped[bytes] = mapped_column(doc="of all that the form held")
    name: Mapped[str]
    postcode: Mapped[str]
    country: Mapped[str]
    place: Mapped[str]
    lang: Mapped[str]
    source: Mapped[str]
    public: Mapped[Public] = mapped_column(Choice(Public))
    public_name: Mapped[str | None] = mapped_column(doc="what the counter may show")
    created_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)


class ConsentKind(StrEnum):
    """What somebody agrees to, each on its own."""

    SEND = "send"  # count the signature and send the letters; given by confirming
    UPDATES = "updates"


class ConsentWording(Base):
    """The exact words that somebody was asked with."""

    __tablename__ = "consent_wordings"

    hash: Mapped[bytes] = mapped_column(primary_key=True, doc="SHA-256 of kind, language and words")
    kind: Mapped[ConsentKind] = mapped_column(Choice(ConsentKind))
    lang: Mapped[str]
    words: Mapped[str]
    first_used: Mapped[datetime] = mapped_column(Moment)


class Consent(Base):
    """One answer to one question, kept as evidence (GDPR, Art. 7(1))."""

    __tablename__ = "consents"
    __table_args__ = (choice_check("kind", ConsentKind),)

    signature_id: Mapped[UUID] = mapped_column(ForeignKey("signatures.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[ConsentKind] = mapped_column(Choice(ConsentKind), primary_key=True)
    given: Mapped[bool]
    wording: Mapped[bytes] = mapped_column(ForeignKey("consent_wordings.hash"))
    at: Mapped[datetime] = mapped_column(Moment)
