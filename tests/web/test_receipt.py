"""The writer's receipt: each letter as it left, as text, as mail and on paper; for its writer and nobody else."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from uuid import UUID

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import campaigns, letters
from campaign.campaigns import Status
from campaign.core import clock, tokens
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from tests.support import people
from tests.support.paper import needs_reader, read
from tests.support.replies import sent_letter


def page_of(letter: UUID, purpose: Purpose = Purpose.STATUS) -> str:
    """The path of a letter's own page."""
    signature = letters.letter(letter).signature_id
    return f"/thanks/{tokens.sign(purpose, signature.hex)}/letters/{letter}"


def test_the_status_page_leads_to_each_letter_as_it_was_sent(client: FlaskClient) -> None:
    letter = sent_letter()
    path = page_of(letter)
    assert path.partition("/letters")[2] in client.get(path.partition("/letters")[0]).text
    page = client.get(path)
    assert page.status_code == 200
    assert "These are the words that left." in page.text
    assert "my neighbour slept outside all winter" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    other = session().scalar(text("SELECT id FROM letters WHERE id <> :id"), {"id": letter})
    assert "This is how it leaves when its turn comes." in client.get(page_of(other)).text


def test_the_mail_is_the_one_that_left_but_for_the_link_of_the_office(client: FlaskClient) -> None:
    letter = sent_letter()
    mail = message_from_bytes(client.get(f"{page_of(letter)}/letter.eml").data, policy=default)
    assert mail["Reply-To"] is not None
    assert "Marie Peeters" in str(mail["From"])
    assert "/office/…" in str(mail.get_content())
    assert "my neighbour" in client.get(f"{page_of(letter)}/letter.txt").text


@pytest.mark.debian
@needs_reader[1]
def test_the_paper_says_the_same(client: FlaskClient) -> None:
    shown = read(client.get(f"{page_of(sent_letter())}/letter.pdf").data)
    assert "my neighbour slept outside" in " ".join(shown.split())
    assert "Marie Peeters" in shown


def test_the_page_is_kept_when_the_campaign_is_closed_and_put_away(client: FlaskClient) -> None:
    token = tokens.sign(Purpose.STATUS, people.supporter().hex)
    campaign_id = people.page().id
    for status in (Status.CLOSED, Status.ARCHIVED):
        with transaction():
            campaigns.change_status(campaign_id, status, actor="staff:1")
        people.forget()
        page = client.get(f"/thanks/{token}")
        assert page.status_code == 200, status
        assert "Prime Minister" in page.text
        assert "data-togo" not in page.text, "nobody can sign any more"
        assert ('href="/en/campaigns/' in page.text) == (status == Status.CLOSED), "it leads to no page that is gone"


def test_nobody_else_reads_it(client: FlaskClient) -> None:
    letter = sent_letter()
    other = people.supporter("other@example.org", name="Other")
    status = f"/thanks/{tokens.sign(Purpose.STATUS, other.hex)}"
    for end in ("", "/letter.txt", "/letter.eml", "/letter.pdf"):
        assert client.get(f"{status}/letters/{letter}{end}").status_code == 410
        for purpose in set(Purpose) - {Purpose.STATUS}:
            assert client.get(page_of(letter, purpose) + end).status_code == 410
    path = page_of(letter)
    with time_machine.travel(clock.now() + timedelta(days=401)):
        assert client.get(path).status_code == 410
