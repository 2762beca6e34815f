"""The search of the console finds what is the organisation's, and nothing else."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign.accounts import Role
from campaign.core.db import session
from campaign.outbox import Message
from campaign.signatures import Signature
from tests.support import people
from tests.support.console import signed_in

NAME, EMAIL = "Marie Peeters", "marie@example.org"


@pytest.fixture
def signature(client: FlaskClient) -> Signature:
    people.supporter(EMAIL, name=NAME)
    people.supporter("jan@example.org", name="Jan 100% Peeters")
    return session().scalars(select(Signature).where(Signature.name == NAME)).one()


def found(client: FlaskClient, words: str) -> list[str]:
    """What a search lists."""
    answer = client.get("/staff/search", query_string={"q": words})
    assert answer.status_code == 200, words
    lists = re.findall(r'<ul class="found">(.*?)</ul>', answer.text, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", one)).strip() for one in lists]


def test_a_signature_is_found_by_reference_address_and_the_beginning_of_its_name(
    client: FlaskClient, signature: Signature
) -> None:
    signed_in(client, Role.MODERATOR)
    reference = signature.reference
    for words in (reference, reference.lower(), reference.replace("-", ""), EMAIL, "MARIE+tag@Example.org", "mari"):
        (one,) = found(client, words)
        assert NAME in one, words
        assert reference in one, words
        assert "Jan 100%" not in one, words


@pytest.mark.parametrize("words", ["eters", "ari", "marie@example", "%", "__", "%arie", "0000-0000", "jan@example.com"])
def test_a_part_of_a_name_or_of_an_address_finds_nobody(client: FlaskClient, signature: Signature, words: str) -> None:
    signed_in(client)
    assert found(client, words) == [], signature.name


def test_what_stands_for_any_letter_elsewhere_stands_for_itself(client: FlaskClient, signature: Signature) -> None:
    signed_in(client)
    (one,) = found(client, "Jan 100%")
    assert signature.name not in one


def test_campaigns_are_found_by_title_and_address(client: FlaskClient) -> None:
    signed_in(client, Role.VIEWER)
    for words in ("shelter", "SHELTER-IS", "is the law"):
        assert len(found(client, words)) == 1, words


def test_a_message_is_found_by_its_number(client: FlaskClient, signature: Signature) -> None:
    id_ = session().scalars(select(Message.id)).first()
    signed_in(client)
    assert len(found(client, str(id_))) == 1
    signed_in(client, Role.VIEWER)
    assert found(client, str(id_)) == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.TRANSLATOR])
def test_who_may_not_see_supporters_finds_none(client: FlaskClient, signature: Signature, role: Role) -> None:
    signed_in(client, role)
    for words in (signature.reference, EMAIL, NAME):
        assert found(client, words) == [], words


def test_another_organisation_finds_nothing(client: FlaskClient, signature: Signature) -> None:
    id_ = session().scalars(select(Message.id)).first()
    signed_in(client, organisation="others")
    for words in (signature.reference, EMAIL, NAME, "shelter", str(id_)):
        assert found(client, words) == [], words


@pytest.mark.parametrize(
    "words", ["", " ", "a", "\x00", "a\x00b", "<script>alert(1)</script>", "' OR 1=1 --", "x" * 9000]
)
def test_hostile_words_find_nothing_and_break_nothing(client: FlaskClient, words: str) -> None:
    signed_in(client)
    assert found(client, words) == []
    assert "<script>alert" not in client.get("/staff/search", query_string={"q": words}).text
