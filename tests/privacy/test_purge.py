"""What has been kept long enough goes, once and for all, and nothing else does."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from campaign import campaigns, counters, signatures
from campaign.campaigns import Campaign, Status
from campaign.core.addresses import parse
from campaign.core.clock import now
from campaign.core.db import session, transaction
from campaign.core.ids import first_id
from campaign.jobs.recount import recount
from campaign.letters import LetterText
from campaign.outbox import Message, Sent, State
from campaign.privacy import purge
from campaign.signatures import Consent, Signature, SignatureState
from tests.support import outbox as ledger, people
from tests.support.people import MARIE, all_signatures, letter_messages, sign, supporter
from tests.support.threads import at_once


def run(step: object) -> int:
    with transaction():
        return step()  # type: ignore[operator,no-any-return]


def count(model: type) -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(model)) or 0


def send_all() -> None:
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0"))
    for _ in letter_messages():
        ledger.record(ledger.claimed(), Sent(delivered=True))


def age(table: str, column: str, days: float) -> None:
    with transaction():
        session().execute(text(f"UPDATE {table} SET {column} = {column} - :by"), {"by": timedelta(days=days)})


def dump() -> str:
    """All that the database holds, as one text."""
    session().rollback()
    tables = (
        session()
        .scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'postcodes'"))
        .all()
    )
    rows = [str(session().scalar(text(f"SELECT string_agg(CAST(t AS text), ' ') FROM {table} t"))) for table in tables]
    return "\n".join(rows)


# Unconfirmed


def test_what_nobody_confirmed_in_a_week_goes_with_its_text_its_mail_and_its_consent(seeded: Flask) -> None:
    sign()
    ledger.claimed(ledger.Lane.PEOPLE)
    age("signatures", "created_at", 7.1)
    assert (run(purge.unconfirmed), run(purge.unconfirmed)) == (1, 0)
    assert [count(model) for model in (Signature, LetterText, Consent)] == [0, 0, 0]
    assert "marie" not in dump().lower()


def test_a_pause_of_the_campaign_spares_what_waits_for_a_month_at_most(seeded: Flask) -> None:
    sign()
    age("signatures", "created_at", 20)
    with transaction():
        campaigns.change_status(people.page().id, Status.PAUSED, actor="test")
    assert run(purge.unconfirmed) == 0
    with transaction():
        campaigns.change_status(people.page().id, Status.OPEN, actor="test")
    assert run(purge.unconfirmed) == 0, "a week to confirm, from when it went on"
    age("signatures", "created_at", 10.1)
    assert run(purge.unconfirmed) == 1


def test_the_address_of_a_stranger_goes_as_well(seeded: Flask) -> None:
    """Mistyped and corrected, or not asked for by its holder: taken back before it was confirmed."""
    sign("stranger@example.org")
    sign("other@example.org")
    wrong, other = all_signatures()
    with transaction():
        errand = signatures.Errand(wrong.campaign_id, wrong.email_hash, wrong.digest)
        signatures.errands.elsewhere(errand, parse(MARIE), people.page())
        signatures.refusals.refuse(other.id, everywhere=False)
    supporter("jan@example.org")
    with transaction():
        signatures.own.withdraw(parse("jan@example.org").hash, all_signatures()[-1].id)
    age("signatures", "created_at", 8)
    assert (run(purge.unconfirmed), run(purge.unconfirmed)) == (3, 0)
    assert [one.email for one in all_signatures()] == ["jan@example.org"]


def test_that_a_mail_was_written_is_forgotten_when_no_cap_asks_for_it_any_more(seeded: Flask) -> None:
    sign()
    age("signatures", "created_at", 8)
    run(purge.unconfirmed)
    assert count(Message) == 1
    age("outbox_messages", "created_at", 31)
    run(purge.unconfirmed)
    assert count(Message) == 0


def test_what_is_younger_or_confirmed_stays(seeded: Flask) -> None:
    supporter()
    age("signatures", "created_at", 30)
    sign("jan@example.org")
    assert run(purge.unconfirmed) == 0
    assert count(Signature) == 2


def test_a_text_that_was_replaced_goes_and_the_one_that_stands_stays(seeded: Flask) -> None:
    sign(subject="First")
    sign(subject="Second")
    people.confirm(all_signatures()[1].id)
    age("signatures", "created_at", 8)
    assert (run(purge.unconfirmed), run(purge.unconfirmed)) == (1, 0)
    (signature,) = all_signatures()
    assert signature.state == SignatureState.CONFIRMED
    assert len(letter_messages()) == 2
    assert recount() == {}


def test_purging_does_not_open_the_cap_on_mails_to_an_address(seeded: Flask) -> None:
    """Ten in thirty days: a week's purge must not give a stranger's mailbox ten more."""
    for day in range(4):
        for number in range(3):
            sign(subject=f"{day} {number}")
        age("outbox_messages", "created_at", 1.1)
    assert people.mails(MARIE) == 10
    age("outbox_messages", "created_at", 8)
    age("signatures", "created_at", 8)
    run(purge.unconfirmed)
    for number in range(3):
        sign(subject=f"again {number}")
    assert people.mails(MARIE) == 10, "the forms are kept, and nothing is mailed"


# Texts


@pytest.fixture
def a_month_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts were written a month ago, by their ids; `age` does the same to what has a column for it."""
    monkeypatch.setattr(purge, "first_id", lambda moment: first_id(moment + timedelta(days=29)))


@pytest.mark.usefixtures("a_month_later")
def test_letters_that_arrived_lose_their_words_after_four_weeks_and_keep_that_they_did(seeded: Flask) -> None:
    supporter(body="Canary words that only Marie wrote, at some length.")
    send_all()
    age("outbox_messages", "changed_at", 29)
    assert (run(purge.texts), run(purge.texts)) == (2, 0)
    assert "Canary words" not in dump()
    assert [(message.state, message.mail) for message in letter_messages()] == [(State.DELIVERED, None)] * 2
    assert recount() == {}


def test_words_of_letters_that_have_not_arrived_or_not_long_ago_stay(seeded: Flask) -> None:
    supporter()
    age("outbox_messages", "changed_at", 300)
    assert run(purge.texts) == 0
    send_all()
    assert run(purge.texts) == 0
    assert all(message.mail for message in letter_messages())


@pytest.mark.usefixtures("a_month_later")
def test_a_text_stays_while_one_of_its_letters_still_waits(seeded: Flask) -> None:
    """The second minister must not get an empty letter because the first got hers a month ago."""
    supporter(body="Canary words that only Marie wrote, at some length.")
    first, second = letter_messages()
    ledger.put(second.id, state=State.HELD)
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0"))
    ledger.record(ledger.claimed(), Sent(delivered=True))
    age("outbox_messages", "changed_at", 29)
    run(purge.texts)
    assert ledger.row(first.id).mail is None
    ledger.put(second.id, state=State.QUEUED)
    assert "Canary words" in ledger.claimed().envelope.mail.text


@pytest.mark.usefixtures("a_month_later")
def test_the_text_goes_when_the_last_of_its_letters_has_arrived_long_ago(seeded: Flask) -> None:
    supporter(body="Canary words that only Marie wrote, at some length.")
    _first, second = letter_messages()
    ledger.put(second.id, state=State.HELD)
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0"))
    ledger.record(ledger.claimed(), Sent(delivered=True))
    age("outbox_messages", "changed_at", 29)
    run(purge.texts)
    ledger.put(second.id, state=State.QUEUED)
    ledger.record(ledger.claimed(), Sent(delivered=True))
    age("outbox_messages", "changed_at", 29)
    run(purge.texts)
    assert "Canary words" not in dump()


@pytest.mark.usefixtures("a_month_later")
@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_the_words_of_a_letter_that_never_left_go_too(seeded: Flask, state: State) -> None:
    supporter(body="Canary words that only Marie wrote, at some length.")
    for message in letter_messages():
        ledger.put(message.id, state=state)
    age("outbox_messages", "changed_at", 29)
    run(purge.texts)
    run(purge.texts)
    assert "Canary words" not in dump()


# Addresses


def close(days_ago: float) -> None:
    with transaction():
        campaigns.change_status(people.page().id, Status.CLOSED, actor="cli")
        session().execute(update(Campaign).values(closed_at=now() - timedelta(days=days_ago)))


@pytest.mark.usefixtures("a_month_later")
def test_a_campaign_closed_for_ninety_days_keeps_its_count_and_forgets_its_people(seeded: Flask) -> None:
    supporter("canary.marie@example.org", name="Canarina Peeters", postcode="CANARY 1")
    supporter("canary.jan@example.org", name="Canarino Peeters", postcode="CANARY 1")
    send_all()
    key = signatures.campaign_key(people.page().id)
    before = counters.figures(key)
    age("outbox_messages", "changed_at", 29)
    close(91)
    run(purge.texts)
    assert (run(purge.addresses), run(purge.addresses)) == (2, 0)
    everything = dump().lower()
    for word in ("canary", "canarin", "peeters"):
        assert word not in everything, word
    hashes = {bytes(signature.email_hash) for signature in all_signatures()}
    assert len(hashes) == 2
    assert counters.figures(key) == before
    assert recount() == {}


def test_people_of_a_campaign_that_is_open_or_closed_lately_stay(seeded: Flask) -> None:
    supporter()
    assert run(purge.addresses) == 0
    close(89)
    assert run(purge.addresses) == 0
    assert all_signatures()[0].email == MARIE


def test_what_finds_an_address_again_is_gone_with_it(seeded: Flask) -> None:
    supporter()
    before = bytes(all_signatures()[0].email_hash)
    close(91)
    run(purge.addresses)
    assert before not in {bytes(signature.email_hash) for signature in all_signatures()}
    assert session().scalar(select(func.count()).where(Message.recipient_hash == before)) == 0


def test_letters_that_still_wait_when_the_address_goes_are_not_sent_from_nobody(seeded: Flask) -> None:
    supporter()
    close(91)
    run(purge.addresses)
    with transaction():
        session().execute(text("UPDATE outbox_paces SET gap = 0"))
    assert isinstance(ledger.claim(), ledger.Wait)
    assert {message.state for message in letter_messages()} <= {State.FAILED, State.CANCELLED}


def test_an_unconfirmed_signature_of_a_closed_campaign_is_forgotten_as_well(seeded: Flask) -> None:
    sign("canary@example.org")
    close(91)
    run(purge.addresses)
    assert all_signatures()[0].email == ""


def test_any_number_of_schedulers_may_purge_at_once(seeded: Flask) -> None:
    for number in range(6):
        sign(f"person{number}@example.org")
    age("signatures", "created_at", 8)

    def work(_number: int) -> int:
        return run(purge.unconfirmed)

    assert sum(at_once(seeded, 3, work)) == 6
    assert count(Signature) == 0
    assert UUID(int=0) not in session().scalars(select(Message.ref)).all()
