"""The digest and the summary as an office reads them."""

import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from campaign import outbox, signatures
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.core.i18n import CODES
from campaign.core.ids import new_id
from campaign.jobs.recount import recount
from campaign.outbox import Later, Plan, Wait
from tests.support import ledger
from tests.support.offices import without_token
from tests.support.outbox import claim as claim_next, claimed, later, record
from tests.support.people import MARIE, supporter

GOLDEN = Path(__file__).parent / "golden"


def carrier(*, own: int, lang: str = "en") -> tuple[outbox.Mail, str]:
    """The digest of three letters to the first target, so many of them in their writers' own words."""
    ledger.fill(3)
    id_ = new_id()
    with transaction():
        post = session().scalar(text("SELECT post_id FROM campaign_targets ORDER BY position LIMIT 1"))
        session().execute(
            text("UPDATE posts SET languages = ARRAY[:lang] WHERE id = :post"), {"post": post, "lang": lang}
        )
        session().execute(
            text("UPDATE outbox_messages SET carrier_id = :id WHERE stream = :stream"),
            {"id": id_, "stream": f"target:{post}"},
        )
        session().execute(text("UPDATE letter_texts SET edited = false, subject = 'The model', body = 'Its words.'"))
        session().execute(
            text(
                """
                UPDATE letter_texts SET edited = true, subject = 'My own', body = 'My own words.'
                WHERE id IN (SELECT text_id FROM signatures ORDER BY id DESC LIMIT :own)
                """
            ),
            {"own": own},
        )
    with transaction():
        return signatures.digest.digest(id_), str(post)


@pytest.mark.parametrize("lang", CODES)
def test_the_digest_is_the_one_that_was_approved(seeded: Flask, lang: str) -> None:
    mail, _post = carrier(own=1, lang=lang)
    found = without_token(f"Subject: {mail.subject}\n\n{mail.text}")
    if os.environ.get("REWRITE_GOLDEN") == "1":
        (GOLDEN / f"digest.{lang}.txt").write_text(found, encoding="utf-8")
    assert found == (GOLDEN / f"digest.{lang}.txt").read_text(encoding="utf-8")
    assert mail.html is None


def test_a_digest_shows_no_address_and_each_name_once(seeded: Flask) -> None:
    mail, _post = carrier(own=1)
    assert "@" not in mail.text
    assert mail.reply_to is None
    for number in range(3):
        assert mail.text.count(f"Supporter {number}") == 1


def test_a_letter_whose_signature_is_gone_is_taken_out(seeded: Flask) -> None:
    carrier(own=0)
    with transaction():
        session().execute(text("UPDATE signatures SET state = 'withdrawn' WHERE name = 'Supporter 1'"))
        id_ = session().scalar(text("SELECT carrier_id FROM outbox_messages WHERE carrier_id IS NOT NULL LIMIT 1"))
    with transaction():
        assert signatures.digest.sift(id_) is None
        mail = signatures.digest.digest(id_)
        states = session().scalars(text("SELECT state FROM outbox_messages WHERE carrier_id = :id"), {"id": id_}).all()
    assert "Supporter 1" not in mail.text
    assert states == ["queued", "queued"]
    assert mail.subject.startswith("2 letters")


def test_a_digest_whose_letters_are_all_taken_back_while_it_was_tried_goes_with_them(seeded: Flask) -> None:
    """And moves each figure once: what its composer moved went by a savepoint, the figures stayed."""
    signature = supporter()
    with transaction():
        session().execute(text("UPDATE outbox_messages SET state = 'cancelled' WHERE lane = 'people'"))
        streams = list(session().scalars(text("SELECT DISTINCT stream FROM outbox_messages WHERE lane = 'letters'")))
        owner = session().scalar(text("SELECT owner FROM outbox_messages WHERE lane = 'letters' LIMIT 1"))
        for stream in streams:
            outbox.plans.save_plan(stream, Plan(digest_at=0))
        outbox.digests.only(owner, streams, True)
    with transaction():
        assert [outbox.digests.gather(stream) for stream in streams] == [1, 1]
    claims = [claimed() for _ in streams]
    with transaction():
        signatures.own.withdraw(parse(MARIE).hash, signature)
    for claim in claims:
        record(claim, Later("451 try later", 60))
        later(claim.id, "due_at", -1)
    with transaction():
        session().execute(text("UPDATE outbox_paces SET tat = '2000-01-01', opens_at = '2000-01-01'"))
    assert isinstance(claim_next(), Wait)
    states = text("SELECT kind, state FROM outbox_messages WHERE lane = 'letters' ORDER BY kind")
    found = [tuple(row) for row in session().execute(states)]
    session().rollback()
    assert found == [("digest", "cancelled")] * 2 + [("letter", "cancelled")] * 2
    assert recount() == {}
