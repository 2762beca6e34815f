"""The slots that a tally is spread over."""

from datetime import datetime

from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from campaign.core.columns import Moment
from campaign.core.db import Base

# One hot row was measured to hold 32 clients to 260-460 transactions a second; slots give that back.
SLOTS = 16


class Tally(Base):
    """One slot of one figure of one key. The figure is the sum over its slots; a slot alone may be negative."""

    __tablename__ = "tallies"

    key: Mapped[str] = mapped_column(primary_key=True, doc="opaque, such as campaign:<id>; read as a whole")
    part: Mapped[str] = mapped_column(primary_key=True, doc="opaque, such as target:<id>; empty for the key itself")
    name: Mapped[str] = mapped_column(primary_key=True, doc="the figure, such as signatures")
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(Moment)
