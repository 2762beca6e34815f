"""Take what messages say, and to whom, out of the ledger and out of our own mail folder; that they were there stays."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from campaign import config
from campaign.core.db import after_commit, session
from campaign.outbox.claim import message_id_of
from campaign.outbox.states import State
from campaign.outbox.withhold import withhold

CAUSE = "erased at the wish of whom it concerns"


def leaving(ids: Sequence[UUID]) -> bool:
    """Whether a worker holds one of these at this moment: nothing of it can be called back."""
    return session().scalar(_LEAVING, {"ids": list(ids)}) is not None


def erase(ids: Sequence[UUID], *, actor: str) -> None:
    """Cancel what waits, empty the rest, with the digests that carried it; after the commit, delete its files."""
    if not ids:
        return
    withhold(ids, State.CANCELLED, cause=CAUSE, actor=actor)
    rows = session().execute(_EMPTY, {"ids": list(ids)}).all()
    names = [message_id_of(row.id, edition) for row in rows for edition in range(row.edition + 1)]
    after_commit(lambda: _forget_files(names))


def _forget_files(message_ids: Sequence[str]) -> None:
    """A Maildir of ours holds what has left; which file holds what is found by the Message-ID."""
    parts = urlsplit(config.current().mail_url)
    if parts.scheme != "maildir":
        return
    wanted = [f"Message-ID: {name}".encode() for name in message_ids]
    for path in Path(unquote(parts.path)).glob("*/*"):
        if path.is_file() and any(name in path.read_bytes() for name in wanted):
            path.unlink(missing_ok=True)


_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_LEAVING = text("SELECT id FROM outbox_messages WHERE id = ANY(:ids) AND state = 'sending' LIMIT 1").bindparams(_IDS)
_EMPTY = text(
    """
    WITH concerned AS (
        SELECT id FROM outbox_messages WHERE id = ANY(:ids)
        UNION SELECT carrier_id FROM outbox_messages WHERE id = ANY(:ids) AND carrier_id IS NOT NULL
    ), locked AS (
        SELECT id FROM outbox_messages WHERE id IN (SELECT id FROM concerned) ORDER BY id FOR UPDATE
    )
    UPDATE outbox_messages m SET mail = NULL, provider_id = NULL, note = NULL, recipient_hash = NULL,
      domain = CASE WHEN recipient_hash IS NULL THEN domain ELSE '' END
    FROM locked WHERE m.id = locked.id RETURNING m.id, m.edition
    """
).bindparams(_IDS)
