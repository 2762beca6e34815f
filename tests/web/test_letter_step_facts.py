"""The step with the facts: added, changed in a language, moved, looked at again, removed and brought back."""

from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.accounts import Role
from campaign.campaigns import evidence
from campaign.campaigns.evidence import StaffFact
from campaign.core.db import session
from campaign.core.merge import seal
from tests.support import console, people
from tests.support.forms import SLUG

HERE = f"/staff/campaigns/{SLUG}/facts"
FINE = {
    "statement": "One in three waits.",
    "publisher": "Court of Auditors",
    "title": "Rapport",
    "title_lang": "fr",
    "link": "https://www.example.org/report",
}


def every() -> list[StaffFact]:
    session().rollback()
    session().expire_all()
    return evidence.every(people.page().id)


def post(client: FlaskClient, who: UUID, path: str, **fields: str) -> TestResponse:
    return client.post(f"{HERE}{path}", data={**console.token(who), **fields})


def test_a_fact_is_added_with_its_source_and_stands_on_the_page(client: FlaskClient) -> None:
    who = console.signed_in(client, Role.CAMPAIGNER)
    wrong = post(client, who, "/add?lang=en", **FINE | {"link": "http://example.org"})
    assert wrong.status_code == 422
    assert 'id="link-error"' in wrong.text
    assert "One in three waits." in wrong.text
    assert post(client, who, "/add?lang=en", **FINE).status_code == 303
    assert "One in three waits." in client.get(f"{HERE}?lang=en").text


def test_a_fact_is_changed_in_one_language_and_a_second_writer_sees_both_texts(client: FlaskClient) -> None:
    who, fact = console.signed_in(client, Role.CAMPAIGNER), every()[0]
    mine = {**fact.fields("en"), "version": str(fact.version), "base": seal(fact.fields("en"))}
    assert post(client, who, f"/{fact.id}?lang=en", **mine | {"statement": "Ann's words."}).status_code == 303
    second = post(client, who, f"/{fact.id}?lang=en", **mine | {"statement": "Bob's words."})
    assert second.status_code == 409
    assert "Ann&#39;s words." in second.text
    assert "Bob&#39;s words." in second.text
    assert every()[0].statement["en"] == "Ann's words."
    assert every()[0].statement["fr"] == fact.statement["fr"]


def test_buttons_move_look_remove_and_undo(client: FlaskClient) -> None:
    who, ids = console.signed_in(client, Role.CAMPAIGNER), [fact.id for fact in every()]
    assert post(client, who, f"/{ids[0]}/down").status_code == 303
    assert [fact.id for fact in every()][:2] == [ids[1], ids[0]]
    assert post(client, who, f"/{ids[0]}/looked").status_code == 303
    assert every()[1].reviewed_on is not None
    assert post(client, who, f"/{ids[0]}/remove").status_code == 303
    assert ids[0] not in [fact.id for fact in every()]
    assert f"/facts/{ids[0]}/restore" in client.get(HERE).text
    assert post(client, who, f"/{ids[0]}/restore").status_code == 303
    assert ids[0] in [fact.id for fact in every()]


def test_an_empty_list_says_what_to_do(client: FlaskClient) -> None:
    who = console.signed_in(client, Role.CAMPAIGNER)
    for fact in every():
        post(client, who, f"/{fact.id}/remove")
    assert "No facts yet" in client.get(HERE).text


def test_another_organisations_facts_are_not_there(client: FlaskClient) -> None:
    fact, who = every()[0], console.signed_in(client, Role.OWNER, "other")
    assert client.get(f"{HERE}/{fact.id}").status_code == 404
    assert post(client, who, f"/{fact.id}/remove").status_code == 404
