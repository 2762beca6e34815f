"""The office's page: no account, nothing by GET, and nothing changes but through the office's own mailbox."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import offices, outbox
from campaign.accounts import Role
from campaign.core import clock, tokens
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from campaign.offices import WishKind
from tests.support import console, ledger, outbox as outboxes, people
from tests.support.forms import CAMPAIGN, SLUG
from tests.support.offices import confirmed, found, link, next_mail, office_page
from tests.support.replies import sent_letter

STAFF = f"/staff/campaigns/{SLUG}/offices"


@pytest.fixture(autouse=True)
def in_english(seeded: Flask) -> None:
    """The offices read English first, so that the words can be looked for."""
    with transaction():
        session().execute(text("UPDATE posts SET languages = '{en}'"))


def wishes() -> int:
    """How many have been asked for."""
    return int(session().scalar(text("SELECT count(*) FROM office_wishes")) or 0)


def post_of(letter: object) -> str:
    """The stream of a letter."""
    session().rollback()
    return str(session().scalar(text("SELECT stream FROM outbox_messages WHERE id = :id"), {"id": letter}))


def plan(letter: object) -> outbox.Plan:
    """The plan of the office that a letter went to."""
    return outbox.plans.plan_of(post_of(letter))


def test_the_letter_itself_carries_the_link_to_its_page(client: FlaskClient) -> None:
    letter = sent_letter()
    frozen = session().scalar(text("SELECT mail FROM outbox_messages WHERE id = :id"), {"id": letter})
    path = found(outbox.mail.Envelope.load(frozen[2:]).mail)
    page = client.get(path)
    assert page.status_code == 200
    assert "Is this letter real?" in page.text
    assert "confirmed it by email" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_page_shows_less_of_the_writer_than_the_letter(client: FlaskClient) -> None:
    _letter, path = office_page(client)
    page = client.get(path).text
    assert not [word for word in ("Marie", "Peeters", people.MARIE, "9000") if word in page]


def test_a_letter_that_was_taken_back_is_no_longer_called_real(client: FlaskClient) -> None:
    _letter, path = office_page(client)
    with transaction():
        session().execute(text("UPDATE signatures SET state = 'withdrawn'"))
    assert "has been taken back since" in client.get(path).text


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - {Purpose.OFFICE}))
def test_a_link_for_anything_else_opens_no_office_page(client: FlaskClient, purpose: Purpose) -> None:
    assert client.get(f"/office/{tokens.sign(purpose, sent_letter().hex)}").status_code == 410


def test_links_that_are_too_old_or_broken_do_nothing(client: FlaskClient) -> None:
    _letter, path = office_page(client)
    assert client.post(path[:-3], data={"kind": "digest"}).status_code == 410
    with time_machine.travel(clock.now() + timedelta(days=401)):
        assert client.get(path).status_code == 410
        assert client.post(path, data={"kind": "digest"}).status_code == 410
    assert wishes() == 0


def test_asking_changes_nothing_until_the_office_confirms_from_its_own_mailbox(client: FlaskClient) -> None:
    letter, path = office_page(client)
    assert client.post(path, data={"kind": "digest"}).location == f"{path}?asked=1"
    assert "We have written to your office" in client.get(f"{path}?asked=1").text
    assert plan(letter).digest_above is None
    mail = next_mail("office_confirm")
    assert mail.to.endswith(".example")
    confirm = found(mail)
    assert "Yes, our office wants this" in client.get(confirm).text
    assert plan(letter).digest_above is None
    assert client.post(confirm).status_code == 303
    assert plan(letter).digest_above == 0
    assert "It is confirmed" in client.get(confirm).text
    assert "Send each letter by itself" in client.get(path).text


def test_the_same_wish_twice_is_one_mail_and_many_are_refused(client: FlaskClient) -> None:
    _letter, path = office_page(client)
    for _again in range(3):
        assert client.post(path, data={"kind": "digest"}).status_code == 303
    assert wishes() == 1
    for number in range(4):
        assert client.post(path, data={"kind": "object", "text": f"Reason {number}"}).status_code == 303
    answer = client.post(path, data={"kind": "object", "text": "Once more"})
    assert answer.status_code == 429
    assert wishes() == 5


def test_confirming_twice_does_it_once_and_what_staff_changed_since_stays(client: FlaskClient) -> None:
    letter, path = office_page(client)
    client.post(path, data={"kind": "digest"})
    confirm = found(next_mail("office_confirm"))
    client.post(confirm)
    with transaction():
        outbox.plans.save_plan(post_of(letter), outbox.Plan())
    client.post(confirm)
    assert plan(letter).digest_above is None


def test_the_next_forty_letters_come_as_one_mail_that_evening(client: FlaskClient) -> None:
    """The digest lists everyone once, in the office's language, with no address shown."""
    letter, path = office_page(client)
    confirmed(client, path, "digest")
    stream = post_of(letter)
    with transaction():
        session().execute(text("UPDATE outbox_messages SET state = 'cancelled' WHERE state = 'queued'"))
        session().execute(text("UPDATE posts SET languages = '{nl}' WHERE id = :id"), {"id": stream[7:]})
    people.forget()
    ledger.fill(40)
    with transaction():
        session().execute(text("UPDATE outbox_messages SET frozen = true WHERE stream <> :s"), {"s": stream})
        session().execute(text("UPDATE outbox_paces SET gap = 0"))
    assert isinstance(outboxes.claim(), outbox.Wait), "none leaves by itself"
    with transaction():
        outbox.plans.save_plan(stream, replace(outbox.plans.plan_of(stream), digest_at=0))
        assert outbox.digests.gather(stream) == 40
    mail = outboxes.claimed().envelope.mail
    assert isinstance(outboxes.claim(), outbox.Wait), "and it is one mail"
    assert mail.language == "nl"
    assert "@" not in mail.text
    assert [
        mail.text.count(f"Supporter {number}, ") + mail.text.count(f"Supporter {number}\n") for number in range(40)
    ] == [1] * 40
    assert "/office/" in mail.text


def test_an_office_goes_back_to_single_letters(client: FlaskClient) -> None:
    letter, path = office_page(client)
    confirmed(client, path, "digest")
    confirmed(client, path, "single")
    assert plan(letter).digest_above is None


@pytest.mark.parametrize(
    "data", [{}, {"kind": "everything"}, {"kind": "answer", "text": " "}, {"kind": "answer", "text": "x" * 10_001}]
)
def test_odd_wishes_are_explained_and_keep_what_was_typed(client: FlaskClient, data: dict[str, str]) -> None:
    _letter, path = office_page(client)
    assert client.post(path, data=data).status_code == 422
    assert wishes() == 0


def test_an_objection_lets_the_letters_wait_and_tells_staff(client: FlaskClient) -> None:
    console.member(Role.CAMPAIGNER, "cleo@demo.example")
    letter, path = office_page(client)
    confirmed(client, path, "object", "We have no say in this.")
    key = outbox.pauses.of_owner(people.page().id, post_of(letter))
    assert key in outbox.pauses.standing()
    mail = next_mail("office_wish")
    assert mail.to == "cleo@demo.example"
    assert STAFF in mail.text
    console.signed_in(client)
    assert "Let letters go on" in client.get(STAFF).text


def test_an_answer_to_all_is_published_by_staff_and_read_by_the_writers_who_agreed(client: FlaskClient) -> None:
    agreed = [f"yes{number}@example.org" for number in range(12)]
    for email in agreed:
        people.supporter(email, updates=True, name="Ada Agreed")
    people.supporter("no@example.org")
    _letter, path = office_page(client)
    confirmed(client, path, "answer", "We will build 500 places.\n<b>Soon</b>")
    console.signed_in(client)
    (wish,) = offices.wishes(people.page().id)
    form = console.token(console.member(Role.OWNER, "zoe@demo.example"))
    assert client.post(f"{STAFF}/{wish.id}/publish", data={**form, "text": "x"}).status_code == 422, "another's token"
    token = (
        client.get(f"{STAFF}/{wish.id}")
        .text.partition('name="csrf_token" ')[2]
        .partition('value="')[2]
        .partition('"')[0]
    )
    said = {"csrf_token": token, "text": wish.text}
    assert client.post(f"{STAFF}/{wish.id}/publish", data=said).status_code == 303
    people.forget()
    page = client.get(CAMPAIGN).text
    assert "We will build 500 places." in page
    assert "<b>Soon</b>" not in page
    with transaction():
        assert offices.answers.spread() == 0, "staff can still take it back"
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        for _turn in range(3):
            with transaction():
                offices.answers.spread()
    hashes = set(session().scalars(text("SELECT recipient_hash FROM outbox_messages WHERE kind = 'office_answer'")))
    assert hashes == {people.parse(email).hash for email in agreed}
    mail = next_mail("office_answer")
    assert "We will build 500 places." in mail.text
    assert mail.to in agreed


def test_an_answer_that_staff_take_back_reaches_nobody_more(client: FlaskClient) -> None:
    people.supporter("yes@example.org", updates=True)
    _letter, path = office_page(client)
    confirmed(client, path, "answer", "We will build 500 places.")
    (wish,) = offices.wishes(people.page().id)
    home = session().scalar(text("SELECT organisation_id FROM campaigns WHERE slug = :slug"), {"slug": SLUG})
    with transaction():
        offices.answers.publish(wish.campaign_id, home, wish.id, wish.text, actor="test")
    with time_machine.travel(clock.now() + timedelta(minutes=11)), transaction():
        assert offices.answers.spread() == 1
    with transaction():
        offices.answers.unpublish(wish.campaign_id, home, wish.id, actor="test")
    copy = session().scalar(text("SELECT id FROM office_answer_copies"))
    with pytest.raises(outbox.Unsendable):
        offices.composers.office_answer(copy)


def test_wishes_of_one_campaign_are_not_there_in_another(client: FlaskClient) -> None:
    _letter, path = office_page(client)
    confirmed(client, path, "answer", "Ours.")
    (wish,) = offices.wishes(people.page().id)
    console.signed_in(client, organisation="other")
    assert client.get(f"{STAFF}/{wish.id}").status_code == 404
    assert wish.kind == WishKind.ANSWER
    assert link(wish.id)
