"""Messages of a kind made for tests, in a ledger without campaigns."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from campaign import outbox
from campaign.core.db import session, transaction
from campaign.core.ids import new_id
from campaign.core.rates import Rate
from campaign.outbox import Answer, Claimed, Draft, Lane, Mail, Message, State, Wait
from campaign.outbox.mail import Envelope

KIND = "test-note"
NOTE = Mail(
    to="office@ministry.example",
    to_name="The office",
    from_name="Marie Peeters",
    reply_to="marie@example.org",
    reply_to_name="Marie Peeters",
    subject="A place for everyone",
    text="It must end now.\n",
    automatic=False,
)


def composing(mail: Mail = NOTE) -> None:
    """From now on, notes are composed so."""
    outbox.compose_with(KIND, lambda _ref: mail)


def notes(n: int = 1, *, stream: str = "target:one", lane: Lane = Lane.LETTERS, **values: Any) -> list[UUID]:
    """Write so many notes; answers their ids in the order in which they are due."""
    composing()
    drafts = [Draft(kind=KIND, ref=new_id(), lane=lane, stream=stream, domain=NOTE.domain, **values) for _ in range(n)]
    with transaction():
        outbox.write(drafts)
    return [draft.id for draft in drafts]


def without_pace(*streams: str) -> None:
    """No limit holds anything up."""
    with transaction():
        for key in (Lane.LETTERS.limit, Lane.PEOPLE.limit, f"domain:{NOTE.domain}"):
            outbox.set_rate(key, None, Lane.PEOPLE if key == Lane.PEOPLE.limit else None)
        for stream in streams or ("target:one",):
            outbox.set_rate(stream, None, Lane.LETTERS)


def without_rest() -> None:
    """No limit rests any more because of a failure."""
    with transaction():
        session().execute(
            text("UPDATE outbox_paces SET failures = 0, closed_until = NULL, opens_at = tat WHERE failures > 0")
        )


def at_rate(key: str, rate: Rate) -> None:
    """One limit that holds."""
    with transaction():
        outbox.set_rate(key, rate, Lane.LETTERS if key.startswith("target:") else None)


def claim(lane: Lane = Lane.LETTERS, actor: str = "worker:test/1") -> Claimed | Wait:
    """What a worker does first."""
    with transaction():
        return outbox.claim(lane, actor)


def claimed(lane: Lane = Lane.LETTERS) -> Claimed:
    """A claim that is sure to find something."""
    found = claim(lane)
    assert isinstance(found, Claimed), found
    return found


def record(claim: Claimed, answer: Answer) -> bool:
    """What a worker does last."""
    with transaction():
        return outbox.record(claim, answer, "worker:test/1")


def row(id_: UUID) -> Message:
    """A message as the database has it now."""
    session().rollback()
    session().expire_all()
    return session().scalars(select(Message).where(Message.id == id_)).one()


def put(id_: UUID, **values: Any) -> None:
    """Change a row by hand, as time or a fault would; who is queued is nobody's."""
    values |= {"lease_until": None} if values.get("state") == State.QUEUED else {}
    with transaction():
        session().execute(update(Message).where(Message.id == id_).values(**values))


def later(id_: UUID, column: str, seconds: float) -> None:
    """Move one of a message's times, negative into the past."""
    with transaction():
        session().execute(
            text(f"UPDATE outbox_messages SET {column} = clock_timestamp() + make_interval(secs => :s) WHERE id = :id"),
            {"s": seconds, "id": id_},
        )


def moves(id_: UUID) -> list[tuple[State, State]]:
    """The steps of a message."""
    return [(move.from_state, move.to_state) for move in outbox.message(id_)[1]]


def grants() -> list[float]:
    """When messages were claimed, in seconds, by the database's clock."""
    rows = session().scalars(
        text("SELECT extract(epoch FROM at) FROM outbox_moves WHERE to_state = 'sending' ORDER BY at")
    )
    return [float(at) for at in rows]


def an_envelope(**changes: Any) -> Envelope:
    """A frozen mail."""
    return Envelope(
        mail=replace(NOTE, **changes),
        sender="letters+token@mail.postbag.example",
        message_id="<0123456789abcdef@mail.postbag.example>",
        date="Sun, 22 Nov 2026 03:00:00 +0000",
    )
