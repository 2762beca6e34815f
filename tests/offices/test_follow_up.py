"""Did they answer? Asked once, late enough, of those who agreed; what they say is theirs to see and to erase."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import offices, outbox, privacy, signatures
from campaign.core import tokens
from campaign.core.addresses import parse
from campaign.core.db import session, transaction
from campaign.core.errors import Gone
from campaign.core.tokens import Purpose
from campaign.jobs.answers import follow_up
from campaign.offices import Answered, Asked, Said
from tests.support import console, people
from tests.support.forms import CAMPAIGN, SLUG
from tests.support.offices import AGREED, asked_about, gone, next_mail
from tests.support.people import MARIE, supporter
from tests.support.replies import answer, arrive, sent_letter

pytestmark = pytest.mark.usefixtures("seeded")
ONES = "SELECT count(*) FROM outbox_messages WHERE kind = 'follow_up'"
ALL_SENT = "UPDATE outbox_messages SET state = 'sent' WHERE kind = 'letter'"


def mails() -> int:
    """How many have been written."""
    session().rollback()
    return int(session().scalar(text(ONES)) or 0)


def do(sql: str, **values: object) -> None:
    with transaction():
        session().execute(text(sql), values)


def page_of(follow_up_id: UUID) -> str:
    return f"/answered/{tokens.sign(Purpose.FOLLOW_UP, follow_up_id.hex)}"


def one(follow_up_id: UUID) -> Asked:
    session().rollback()
    (found,) = offices.follow_up.asked(follow_up_id)
    return found


def ready() -> UUID:
    """A letter that left 22 days ago, of a writer who agreed."""
    letter = sent_letter()
    do(AGREED)
    gone()
    return letter


def many(n: int) -> None:
    """So many writers are asked about both of their letters."""
    for number in range(n):
        supporter(f"writer{number}@example.org", updates=True)
    do(ALL_SENT)
    gone()
    follow_up()


def test_who_agreed_is_asked_once_in_one_mail_that_names_the_offices_which_got_her_letter() -> None:
    letter = ready()
    follow_up()
    follow_up()
    assert mails() == 1
    mail = next_mail("follow_up")
    assert mail.to == MARIE
    assert [one_.letter_id for one_ in offices.follow_up.of_signature(people.all_signatures()[0].id)] == [letter]
    assert mail.text.count("\n- ") == 1
    assert mail.headers["List-Unsubscribe"].strip("<>") in mail.text


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("she did not agree", "UPDATE consents SET given = false WHERE kind = 'updates'"),
        ("she took it back", "UPDATE signatures SET state = 'withdrawn'"),
        ("it left a day too late", "UPDATE outbox_messages SET changed_at = changed_at + interval '2 days'"),
        ("it is long forgotten", "UPDATE outbox_messages SET changed_at = changed_at - interval '20 days'"),
        ("none has left", "UPDATE outbox_messages SET state = 'bounced' WHERE state = 'sent'"),
        (
            "one waits still",
            "UPDATE outbox_messages SET state = 'queued' WHERE kind = 'letter' AND state = 'cancelled'",
        ),
        ("she is erased", "UPDATE signatures SET email = '0:'"),
        (
            "she refused",
            "INSERT INTO refusals SELECT campaign_id, email_hash, now() FROM signatures",
        ),
    ],
)
def test_nobody_is_asked_where(why: str, change: str) -> None:
    ready()
    do(change)
    follow_up()
    assert mails() == 0, why


def test_an_answer_that_came_through_us_is_not_asked_about_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(current_app.extensions["settings"], inbound_domain="reply.postbag.example")
    monkeypatch.setitem(current_app.extensions, "settings", settings)
    letter = sent_letter()
    arrive(answer(letter))
    asking = asked_about(letter)
    follow_up()
    assert mails() == 0
    assert one(asking).known


def test_a_mail_whose_reader_ends_it_meanwhile_does_not_leave() -> None:
    ready()
    follow_up()
    (writer,) = people.all_signatures()
    asking = session().scalars(text("SELECT id FROM follow_ups")).one()
    with transaction():
        signatures.own.unsubscribe(writer.id)
    with pytest.raises(outbox.Unsendable):
        offices.composers.follow_up(asking)


def test_to_look_says_nothing_and_to_say_it_twice_is_the_same(client: FlaskClient) -> None:
    asking = asked_about(sent_letter())
    page, post = page_of(asking), one(asking).post_id.hex
    assert client.get(page).headers["Cache-Control"] == "no-store"
    assert one(asking).said is None
    assert client.post(page, data={post: "not_yet"}).status_code == 303
    first = one(asking)
    assert first.said == Said.NOT_YET
    client.post(page, data={post: "not_yet"})
    assert one(asking) == first
    client.post(page, data={post: "perhaps"})
    assert one(asking) == first
    client.post(page, data={post: "yes"})
    assert one(asking).said == Said.YES
    assert 'value="yes" checked' in client.get(page).text


def test_nobody_speaks_for_the_letters_of_another() -> None:
    asking = asked_about(sent_letter())
    with transaction():
        offices.follow_up.say(uuid4(), {one(asking).letter_id: Said.YES})
    assert one(asking).said is None


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - {Purpose.FOLLOW_UP}))
def test_a_link_for_anything_else_opens_no_such_page(client: FlaskClient, purpose: Purpose) -> None:
    asking = asked_about(sent_letter())
    path = f"/answered/{tokens.sign(purpose, asking.hex)}"
    assert client.get(path).status_code == 410
    assert client.post(path, data={one(asking).post_id.hex: "yes"}).status_code == 410
    assert one(asking).said is None


@pytest.mark.parametrize("purpose", [Purpose.STATUS, Purpose.OFFICE, Purpose.UNSUBSCRIBE, Purpose.CONFIRM])
def test_its_link_opens_nothing_else(client: FlaskClient, purpose: Purpose) -> None:
    token = page_of(asked_about(sent_letter())).rpartition("/")[2]
    paths = {
        Purpose.STATUS: "thanks",
        Purpose.OFFICE: "office",
        Purpose.UNSUBSCRIBE: "unsubscribe",
        Purpose.CONFIRM: "confirm",
    }
    assert client.get(f"/{paths[purpose]}/{token}").status_code == 410


def test_the_rate_of_an_office_is_shown_from_five_letters_on(client: FlaskClient) -> None:
    console.signed_in(client)
    many(4)
    assert "Do the offices answer?" not in client.get(CAMPAIGN).text
    supporter("fifth@example.org", updates=True)
    do(ALL_SENT)
    gone()
    follow_up()
    first = session().scalars(text("SELECT id FROM follow_ups ORDER BY id LIMIT 1")).one()
    asked, *_rest = offices.follow_up.asked(first)
    with transaction():
        offices.follow_up.say(first, {asked.letter_id: Said.YES})
    people.forget()
    assert offices.follow_up.rates(people.page().id)[asked.post_id] == Answered(5, 1)
    assert "1 of 5 letters" in client.get(CAMPAIGN).text
    assert "1 of 5 letters" in client.get(f"/staff/campaigns/{SLUG}/delivery").text


def test_what_she_said_is_exported_and_goes_with_her(client: FlaskClient) -> None:
    asking = asked_about(sent_letter())
    client.post(page_of(asking), data={one(asking).post_id.hex: "no"})
    holder = parse(MARIE).hash
    (mine,) = privacy.export(holder, "en")["signatures"]
    assert [asked["said"] for asked in mine["asked"]] == ["no"]
    with transaction():
        privacy.erase(holder)
    assert session().scalar(text("SELECT count(*) FROM follow_up_letters")) == 0
    assert client.get(page_of(asking)).status_code == 410
    with pytest.raises(Gone):
        offices.follow_up.writer(asking)
