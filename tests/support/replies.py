"""Mails that come back to a letter, as an office or its server would send them."""

from email.message import EmailMessage
from uuid import UUID

from sqlalchemy import text

from campaign import outbox, replies
from campaign.core.db import session, transaction
from campaign.outbox import Sent
from campaign.replies import Outcome
from tests.support import outbox as ledger
from tests.support.people import MARIE, supporter

WORDS = "Dear Marie Peeters,\n\nWe will build 500 places.\n\n> I live in Gent\n> and write to marie@example.org"

# Of streams that have been open for equally long, any may come first.
FIRST = """
UPDATE outbox_paces SET opens_at = opens_at - interval '1 second'
WHERE key = 'target:' || (SELECT id FROM posts WHERE key = 'be-prime-minister')
"""


def sent_letter(lang: str = "en") -> UUID:
    """The letter of Marie's to the prime minister, which has left."""
    supporter(lang=lang)
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0"))
        session().execute(text(FIRST))
        session().execute(text("UPDATE outbox_messages SET state = 'cancelled' WHERE lane = 'people'"))
    claim = ledger.claimed()
    ledger.record(claim, Sent("queue-1"))
    return claim.id


def answer(letter: UUID, words: str = WORDS, **headers: str) -> bytes:
    """What an office writes back to the letter's relay address."""
    made = EmailMessage()
    made["From"], made["To"] = '"Cabinet" <cabinet@ministry.example>', outbox.reply_to(letter, MARIE)
    made["Subject"], made["Message-ID"] = (
        headers.get("subject", "Your letter"),
        headers.get("id", "<1@ministry.example>"),
    )
    if "auto" in headers:
        made["Auto-Submitted"] = headers["auto"]
    made.set_content(words)
    return made.as_bytes()


def arrive(raw: bytes) -> Outcome:
    """Take it in."""
    with transaction():
        return replies.take(raw)


def newest() -> UUID:
    """The answer that came in last."""
    return session().scalars(text("SELECT id FROM replies ORDER BY received_at DESC, id DESC LIMIT 1")).one()
