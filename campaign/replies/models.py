"""What offices answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Moment, Sealed
from campaign.core.db import Base
from campaign.core.ids import new_id


class Reply(Base):
    """A mail that came back to a letter: an office's answer, or that of its program. Erased after its time."""

    __tablename__ = "replies"
    __table_args__ = (
        Index(None, "letter_id"),
        Index(None, "campaign_id", "received_at"),
        Index("ix_replies_published", "campaign_id", "published_at", postgresql_where=text("published_at IS NOT NULL")),
        Index("ix_replies_kept", "received_at", postgresql_where=text("NOT erased")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    digest: Mapped[bytes] = mapped_column(unique=True, doc="of letter and Message-ID: the same mail comes once")
    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letters.id", ondelete="CASCADE"))
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
    automatic: Mapped[bool] = mapped_column(doc="a program wrote it: an absence, a confirmation of receipt")
    relayed: Mapped[bool] = mapped_column(server_default=false(), doc="written to the supporter")
    erased: Mapped[bool] = mapped_column(server_default=false())
    lang: Mapped[str] = mapped_column(doc="of the letter that it answers")
    sender: Mapped[str] = mapped_column(Sealed, doc="address of who wrote it")
    sender_name: Mapped[str] = mapped_column(Sealed)
    subject: Mapped[str] = mapped_column(Sealed)
    body: Mapped[str] = mapped_column(Sealed)
    attachments: Mapped[str] = mapped_column(Sealed, doc="names, a line each; what they hold is not kept")
    cut: Mapped[bool] = mapped_column(doc="longer than what is kept of it")
    received_at: Mapped[datetime] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    published_text: Mapped[str | None] = mapped_column(doc="what staff show, without the writer's name and address")
