"""What follows from a receipt beside the message's own state. Each of these may be called twice for the same thing."""

from functools import partial
from uuid import UUID

import structlog

from campaign.core.db import after_commit
from campaign.outbox import pace, pauses, suppressions
from campaign.outbox.lanes import Lane
from campaign.outbox.receipts.kinds import Failure
from campaign.outbox.receipts.verdict import Verdict
from campaign.outbox.retry import FULL_SECONDS

log = structlog.get_logger()
ACTOR = "receipts"


def draw(message_id: UUID, lane: Lane, stream: str, recipient_hash: bytes | None, found: Verdict) -> None:
    """See to it that nobody goes on writing to an address that is dead, or whose reader does not want it."""
    if lane == Lane.LETTERS and found.failure == Failure.FULL:
        on_mailbox_full(stream, found.note or found.cause)
    if not (found.refused or found.complained):
        return
    reason = found.note or found.cause
    if lane == Lane.LETTERS:
        on_target_refused(message_id, stream, reason)
    elif recipient_hash is not None:
        on_supporter_refused(message_id, recipient_hash, "complained" if found.complained else "bounced")


def on_mailbox_full(stream: str, reason: str) -> None:
    """An office's mailbox has no room: its letters rest, as when its server says so at once, then one tries."""
    pace.fail(stream.partition("/")[0], FULL_SECONDS, reason)


def on_target_refused(message_id: UUID, stream: str, reason: str) -> None:
    """An office's address is dead or its reader complained: its letters wait until staff have looked."""
    after_commit(partial(log.error, "target_refused", message_id=str(message_id), name=stream, reason=reason))
    pauses.pause(stream.partition("/")[0], reason=reason, actor=ACTOR)


def on_supporter_refused(message_id: UUID, recipient_hash: bytes, reason: str) -> None:
    """A supporter's address is dead or its reader complained: nothing more goes there."""
    after_commit(partial(log.warning, "supporter_refused", message_id=str(message_id), reason=reason))
    suppressions.suppress(recipient_hash, None, reason=reason, actor=ACTOR)
