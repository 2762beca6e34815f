"""A minister's tenure ends while letters wait and others are on their way: each goes to exactly one holder."""

from collections import Counter
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from campaign import outbox
from campaign.core import clock
from campaign.core.db import session, transaction
from campaign.jobs import drain as draining
from campaign.outbox import Lane, Later, State, Transport, Unknown, Wait, pauses
from campaign.targets import edits, stream_of
from tests.support import ledger, people
from tests.support.mail import mails, text as words
from tests.support.outbox import claim, claimed, record, row
from tests.support.register import ACTOR, done, holder, organisation, post

QUEUED, LEASED = 50, 3
BEFORE = ("Anneleen Van Bossuyt", "asylum-migration@government-be.example")
AFTER = ("Nele Next", "next@government-be.example")
SALUTATIONS = {BEFORE: "Dear Minister,", AFTER: "Dear Ms Next,"}


@pytest.fixture
def transport(seeded: Flask) -> Transport:
    """The Maildir of this test."""
    return outbox.connect(seeded.extensions["settings"])


def written(letters: int) -> UUID:
    """So many letters to the minister that no pace holds up; those to the other office wait. Answers the post."""
    ledger.fill(letters)
    ledger.pace(None)
    with transaction():
        pauses.pause(stream_of(post("be-prime-minister")), reason="not looked at here", actor=ACTOR)
    return post()


def leave(post_id: UUID) -> None:
    """The minister leaves today, and nobody follows yet."""
    done(edits.end_tenure(organisation(), holder(post_id).id, clock.today()), organisation())


def follow(post_id: UUID) -> None:
    """Somebody follows today, at another address and with a form of address of their own."""
    whose, today = organisation(), clock.today()
    held = {"office": {}, "salutation": {"en": SALUTATIONS[AFTER][:-1]}, "source": "a test", "checked_on": None}
    done(edits.add_tenure(whose, post_id, person=AFTER[0], person_id=None, since=today, until=None, **held), whose)
    done(edits.set_contact(whose, post_id, email=AFTER[1], since=today, source="a test", checked_on=today), whose)
    people.forget()


def addressee(mail: EmailMessage) -> tuple[str, str]:
    """To whom a mail is addressed, once its first words are those for that holder and for nobody else."""
    to = mail["To"].addresses[0]
    who, body = (to.display_name, to.addr_spec), words(mail)
    assert [one for one, salutation in SALUTATIONS.items() if salutation in body] == [who]
    return who


def claims(post_id: UUID) -> dict[UUID, int]:
    """How often each letter to the post was claimed, by the ledger."""
    counted = """
        SELECT m.id, count(*) FROM outbox_messages m JOIN outbox_moves v ON v.message_id = m.id
        WHERE m.stream = :stream AND v.to_state = 'sending' GROUP BY m.id
    """
    found: dict[UUID, int] = dict(session().execute(text(counted), {"stream": stream_of(post_id)}).all())
    return found


def test_50_that_wait_follow_the_successor_and_3_that_were_claimed_go_to_whom_they_were_claimed_for(
    seeded: Flask, transport: Transport, tmp_path: Path
) -> None:
    minister = written(QUEUED + LEASED)
    leased = [claimed() for _ in range(LEASED)]
    leave(minister)
    assert isinstance(claim(), Wait), "the others wait while nobody holds the post"
    for one in leased:
        assert record(one, transport.send(one.envelope))
    follow(minister)
    assert draining.drain(Lane.LETTERS) == QUEUED

    found = mails(tmp_path / "mail")
    assert Counter(map(addressee, found)) == {BEFORE: LEASED, AFTER: QUEUED}
    assert {mail["Message-ID"] for mail in found[:LEASED]} == {one.envelope.message_id for one in leased}
    assert ledger.duplicates(tmp_path / "mail", QUEUED + LEASED) == 0
    assert set(claims(minister).values()) == {1}
    assert len(claims(minister)) == QUEUED + LEASED
    assert ledger.state_counts() == {"delivered": QUEUED + LEASED, "queued": QUEUED + LEASED}
    ledger.check()


def test_a_claimed_letter_that_surely_did_not_leave_follows_and_one_that_may_have_left_stays(
    seeded: Flask, transport: Transport, tmp_path: Path
) -> None:
    minister = written(2)
    back, perhaps = claimed(), claimed()
    follow(minister)
    record(back, Later("greylisted", 0.0, counted=False))
    transport.send(perhaps.envelope)  # it has it, and its answer was lost
    record(perhaps, Unknown("cut off"))
    with transaction():
        session().execute(text("UPDATE outbox_messages SET due_at = clock_timestamp() WHERE state = 'unsure'"))
        outbox.release_unsure()
        session().execute(text("UPDATE outbox_paces SET failures = 0, closed_until = NULL, opens_at = tat"))
    assert draining.drain(Lane.LETTERS) == 2

    to = {(mail["Message-ID"], addressee(mail)) for mail in mails(tmp_path / "mail")}
    assert to == {(back.envelope.message_id, AFTER), (perhaps.envelope.message_id, BEFORE)}
    assert ledger.duplicates(tmp_path / "mail", 2) == 1, "under the same Message-ID, to the same reader"
    assert {row(one.id).state for one in (back, perhaps)} == {State.DELIVERED}
    ledger.check()
