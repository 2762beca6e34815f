"""The heart: a supporter on a campaign, and what they agreed to."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, false, func, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Choice, Moment, Sealed, choice_check
from campaign.core.db import Base
from campaign.core.ids import new_id, reference
from campaign.signatures.states import Public, Review, SignatureState

# What waits for the staff's look, and which comments the page shows.
UNSEEN = "(name_state = 'waiting' OR (comment <> '' AND comment_state = 'waiting'))"
SHOWN_COMMENT = """state = 'confirmed' AND comment <> '' AND comment_state = 'shown' AND name_state = 'shown'
    AND public_name IS NOT NULL"""
LOWER = func.lower(literal_column("name")).label("lower_name")


class Signature(Base):
    """One supporter on one campaign, with the text they left."""

    __tablename__ = "signatures"
    __table_args__ = (
        choice_check("state", SignatureState),
        choice_check("public", Public),
        choice_check("name_state", Review),
        choice_check("comment_state", Review),
        # One signature per mailbox and campaign.
        Index(
            "uq_signatures_confirmed",
            "campaign_id",
            "email_hash",
            unique=True,
            postgresql_where=text("state IN ('confirmed', 'held')"),
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
            postgresql_where=text("state = 'confirmed' AND public_name IS NOT NULL AND name_state = 'shown'"),
        ),
        Index("ix_signatures_unconfirmed", "created_at", postgresql_where=text("state = 'pending'")),
        # What staff look through: newest first, by state, by address, by how a name begins.
        Index("ix_signatures_newest", "campaign_id", "id"),
        Index("ix_signatures_state", "campaign_id", "state", "id"),
        Index("ix_signatures_address", "email_hash"),
        # Only this operator class serves LIKE in any collation.
        Index("ix_signatures_name", "campaign_id", LOWER, postgresql_ops={LOWER.name: "text_pattern_ops"}),
        Index("ix_signatures_batch", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
        Index("ix_signatures_review", "campaign_id", "id", postgresql_where=text(f"state = 'confirmed' AND {UNSEEN}")),
        Index("ix_signatures_comments", "campaign_id", "confirmed_at", postgresql_where=text(SHOWN_COMMENT)),
        Index("ix_signatures_ref", "ref", postgresql_where=text("ref <> ''")),
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
    area: Mapped[str] = mapped_column(server_default="", doc="ISO 3166: the province, else the country; for figures")
    lang: Mapped[str]
    source: Mapped[str]
    public: Mapped[Public] = mapped_column(Choice(Public))
    public_name: Mapped[str | None] = mapped_column(doc="what the counter may show")
    created_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    domain: Mapped[str] = mapped_column(server_default="", doc="of the address, to find many that came together")
    edited: Mapped[bool] = mapped_column(server_default=false(), doc="whether the text differs from the model")
    comment: Mapped[str] = mapped_column(server_default="", doc="why they sign, for the page")
    name_state: Mapped[Review] = mapped_column(Choice(Review), server_default=Review.SHOWN.value)
    comment_state: Mapped[Review] = mapped_column(Choice(Review), server_default=Review.WAITING.value)
    note: Mapped[str | None] = mapped_column(doc="why staff hold it or took it out")
    batch_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("invalidations.id"), doc="the invalidation that took it out"
    )
    code_tries: Mapped[int] = mapped_column(
        server_default="0", doc="wrong codes so far; after five only the link works"
    )
    share_code: Mapped[str] = mapped_column(server_default="", doc="random, in the links that its writer shares")
    ref: Mapped[str] = mapped_column(server_default="", doc="the share code that brought it")


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
