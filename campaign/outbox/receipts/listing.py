"""What is known of one message from outside, to read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from campaign.core.db import session
from campaign.outbox.receipts.kinds import Failure, Kind, Source
from campaign.outbox.receipts.models import Receipt


@dataclass(frozen=True)
class ReceiptView:
    """One event of a provider or one report of a mail server; `at` by its clock, `received_at` by ours."""

    source: Source
    kind: Kind
    failure: Failure | None
    status: str
    at: datetime
    received_at: datetime


_VIEW = tuple(getattr(Receipt, name) for name in ReceiptView.__dataclass_fields__)


def of_message(id_: UUID) -> list[ReceiptView]:
    """The receipts of a message, as they came."""
    rows = session().execute(select(*_VIEW).where(Receipt.message_id == id_).order_by(Receipt.received_at, Receipt.id))
    return [ReceiptView(*row) for row in rows]
