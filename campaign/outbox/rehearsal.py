"""Mail of a rehearsal: marked, addressed to nowhere, and handed to a transport that reaches nobody."""

from dataclasses import replace
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import text

from campaign.core import i18n
from campaign.core.db import session
from campaign.outbox import pace
from campaign.outbox.lanes import Lane
from campaign.outbox.mail import Mail
from campaign.outbox.states import State

# A name that no resolver may ever answer (RFC 2606, 2): a second wall behind the transport.
DOMAIN = "rehearsal.invalid"


def stream(owner: UUID, part: UUID) -> str:
    """The stream of rehearsed mail: real letters to the same office never wait behind it."""
    return f"rehearsal:{owner}:{part}"


def unpaced(streams: list[str]) -> None:
    """Nothing holds rehearsed mail up but the lane itself. Call it in a transaction."""
    pace.set_rate(f"domain:{DOMAIN}", None)
    for one in streams:
        pace.set_rate(one, None, Lane.LETTERS)


def marked(mail: Mail) -> Mail:
    """The mail as it is rehearsed: its subject and its first lines say so, and its address is nobody's."""
    with i18n.speaking(mail.language):
        subject = _("[Rehearsal] %(subject)s", subject=mail.subject)
        banner = _("This is a rehearsal. Nobody was sent this letter. It would go to %(address)s.", address=mail.to)
    line = "=" * 60
    text_ = f"{line}\n{banner}\n{line}\n\n{mail.text}"
    return replace(mail, to=f"nobody@{DOMAIN}", subject=subject, text=text_, html=None)


def clear(owner: UUID) -> int:
    """Remove an owner's rehearsed messages; answers how many. Its turns stay, see `turns`. Call it in a transaction."""
    values = {"owner": owner, "streams": f"rehearsal:{owner}:%"}
    gone = session().execute(_MESSAGES, values).all()
    session().execute(_TURNS, values)
    session().execute(_PACES, values)
    return len(gone)


_MESSAGES = text("DELETE FROM outbox_messages WHERE owner = :owner AND stream LIKE :streams RETURNING id")
_TURNS = text("DELETE FROM outbox_turns WHERE owner = :owner AND stream LIKE :streams")
_PACES = text("DELETE FROM outbox_paces WHERE key LIKE :streams")


def states(owner: UUID) -> dict[State, int]:
    """How many rehearsed messages stand where."""
    rows = session().execute(_STATES, {"owner": owner, "streams": f"rehearsal:{owner}:%"})
    return {State(row.state): row.n for row in rows}


def newest(owner: UUID, most: int = 20) -> list[tuple[UUID, UUID, State]]:
    """The last ones to move: message, the part of its stream, and where it stands."""
    rows = session().execute(_NEWEST, {"owner": owner, "streams": f"rehearsal:{owner}:%", "most": most})
    return [(row.id, UUID(row.stream.rpartition(":")[2]), State(row.state)) for row in rows]


_STATES = text(
    "SELECT state, count(*) AS n FROM outbox_messages WHERE owner = :owner AND stream LIKE :streams GROUP BY state"
)
_NEWEST = text(
    """
    SELECT id, stream, state FROM outbox_messages WHERE owner = :owner AND stream LIKE :streams
    ORDER BY changed_at DESC, id LIMIT :most
    """
)
