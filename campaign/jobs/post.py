"""Read the mailbox that bounces and answers come to. No transaction is open while the mailbox is talked to."""

import time
from collections import Counter
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError as PoolTimeout

from campaign import config, replies
from campaign.core.db import transaction
from campaign.core.errors import DomainError
from campaign.jobs.stop import stopping
from campaign.replies import BYTES_MAX, BoxAway, Outcome

log = structlog.get_logger()

AWAY = (OperationalError, InterfaceError, PoolTimeout)
# The scheduler has other things to do; what is left is for its next visit.
TURN_SECONDS = 5.0
# Not understood: they stay in the mailbox, marked as seen, for people to look at.
LEFT = frozenset({Outcome.UNKNOWN, Outcome.IGNORED})

# sysexits.h, as mail servers read them: what is taken, no mail of ours, no mail at all, ours to put right.
OK, DATAERR, NOUSER, TEMPFAIL = 0, 65, 67, 75


def read_mailbox() -> Counter[Outcome]:
    """Take in what lies in the mailbox of BOUNCE_URL; answers how many mails were what. Nothing where there is none."""
    found: Counter[Outcome] = Counter()
    url = config.current().bounce_url
    if not url:
        return found
    try:
        box = replies.connect(url)
        ends = time.monotonic() + TURN_SECONDS
        try:
            for key, raw in box:
                if stopping() or time.monotonic() > ends:
                    break
                outcome = take(raw) or Outcome.IGNORED
                found[outcome] += 1
                box.done(key, keep=outcome in LEFT)
        finally:
            box.close()
    except BoxAway as error:
        log.error("mailbox_away", reason=str(error))
    if found:
        log.info("mailbox_read", count=found.total())
    return found


def pipe(raw: bytes, recipient: str) -> int:
    """Take in one mail that a mail server hands over; answers the code to end with."""
    if len(raw) > BYTES_MAX:
        return DATAERR
    try:
        outcome = take(raw, [recipient] if recipient else [])
    except AWAY:
        return TEMPFAIL
    return NOUSER if outcome == Outcome.UNKNOWN else DATAERR if outcome is None else OK


def take(raw: bytes, recipients: Sequence[str] = ()) -> Outcome | None:
    """Take in one mail; None where it cannot be read, now or later. Raises while the database is away."""
    try:
        with transaction():
            return replies.take(raw, recipients)
    except AWAY:
        raise
    except DomainError as error:
        log.info("mail_left", reason=error.code)
    except Exception as error:  # one hostile mail must not stand before all others for ever
        log.exception("mail_left", error=type(error).__name__)
    return None
