"""The outbox in the console: of this organisation only, by state, kind and campaign."""

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign.accounts import Role
from campaign.core.db import session
from campaign.outbox import Message
from tests.support import people
from tests.support.console import signed_in
from tests.support.forms import SLUG


@pytest.fixture
def letter(client: FlaskClient) -> UUID:
    """A letter of the demonstration campaign; with it came another and a confirmation."""
    people.supporter()
    return session().scalars(select(Message.id).where(Message.kind == "letter")).all()[0]


def listed(client: FlaskClient, query: str = "", path: str = "/staff/outbox") -> int:
    """How many messages a page lists."""
    answer = client.get(f"{path}{query}")
    assert answer.status_code == 200, query
    return len(re.findall(r'class="row-link" href="/staff/outbox/', answer.text))


def test_messages_are_listed_by_state_kind_and_campaign(client: FlaskClient, letter: UUID) -> None:
    signed_in(client)
    assert listed(client) == 3
    assert listed(client, "?kind=letter") == 2
    assert listed(client, "?kind=confirmation&state=queued") == 1
    assert listed(client, "?state=bounced") == 0
    assert listed(client, f"?campaign={SLUG}") == 3
    assert listed(client, path=f"/staff/campaigns/{SLUG}/outbox") == 3


@pytest.mark.parametrize(
    "query", ["?state=x", "?kind=x", "?campaign=x", "?page=0", "?page=-1", "?page=x", "?state=%00"]
)
def test_filters_that_make_no_sense_are_passed_over(client: FlaskClient, letter: UUID, query: str) -> None:
    signed_in(client)
    assert listed(client, query) == 3, letter


def test_an_empty_answer_says_how_to_see_all_again(client: FlaskClient, letter: UUID) -> None:
    signed_in(client)
    page = client.get("/staff/outbox?state=bounced").text
    assert "Nothing found" in page, letter
    assert "Show all" in page


def test_another_organisation_sees_none_of_it(client: FlaskClient, letter: UUID) -> None:
    signed_in(client, organisation="others")
    assert listed(client) == 0
    assert listed(client, f"?campaign={SLUG}") == 0
    assert client.get(f"/staff/outbox/{letter}").status_code == 404
    assert client.get(f"/staff/campaigns/{SLUG}/outbox").status_code == 404
    figures = re.findall(r'<td class="table-num[^"]*" data-label="Queued">(\d+)', client.get("/staff/outbox").text)
    assert figures
    assert set(figures) == {"0"}


def test_a_viewer_sees_how_many_and_not_to_whom(client: FlaskClient, letter: UUID) -> None:
    signed_in(client, Role.VIEWER)
    assert listed(client) == 0
    assert "Letters to offices" in client.get("/staff/outbox").text
    assert client.get(f"/staff/outbox/{letter}").status_code == 403


def test_a_message_shows_its_number_and_its_steps(client: FlaskClient, letter: UUID) -> None:
    signed_in(client)
    assert str(letter) in client.get(f"/staff/outbox/{letter}").text
