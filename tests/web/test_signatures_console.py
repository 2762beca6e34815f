"""The pages about signatures: found, opened, held, looked at, counted on paper; only by those who may."""

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from campaign import reports, signatures
from campaign.accounts import Role
from campaign.core.db import session, transaction
from campaign.jobs.recount import recount
from campaign.signatures import Signature, SignatureState
from tests.support import people
from tests.support.console import signed_in, token
from tests.support.forms import BODY, CAMPAIGN, SLUG, filled

HOME = f"/staff/campaigns/{SLUG}"
PAGES = ("signatures", "moderation", "invalidations", "exports", "paper")
COMMENT = "Nobody should sleep outside in winter."


class Desk:
    """A signed-in browser that fills in forms."""

    def __init__(self, client: FlaskClient, role: Role = Role.OWNER) -> None:
        self.client = client
        self.who = signed_in(client, role)

    def get(self, path: str) -> str:
        answer = self.client.get(f"{HOME}/{path}")
        assert answer.status_code == 200, (path, answer.status)
        return answer.text

    def post(self, path: str, **values: object) -> TestResponse:
        return self.client.post(f"{HOME}/{path}", data={**token(self.who), **values})

    def undo(self) -> TestResponse:
        """Press the button of the newest notice."""
        found = re.findall(r'action="([^"]+)" data-undo', self.client.get(f"{HOME}/{self.page}").text)
        assert found, "a notice with an undo button"
        return self.client.post(found[-1].replace("&amp;", "&"), data=token(self.who))

    page = "signatures"


@pytest.fixture
def desk(client: FlaskClient) -> Desk:
    return Desk(client)


def counter() -> reports.Counter:
    session().rollback()
    return reports.counters([SLUG])[SLUG]


def commented(email: str = "marie@example.org", **values: object) -> UUID:
    return people.supporter(email, comment=COMMENT, **values)


def state(id_: UUID) -> str:
    session().rollback()
    return session().scalars(select(Signature.state).where(Signature.id == id_)).one().value


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_campaign_says_what_to_do(desk: Desk, name: str) -> None:
    assert "empty-title" in desk.get(name) or name == "moderation"


@pytest.mark.parametrize("role", [Role.TRANSLATOR, Role.VIEWER])
@pytest.mark.parametrize("name", PAGES)
def test_who_may_not_see_names_sees_none(client: FlaskClient, role: Role, name: str) -> None:
    desk = Desk(client, role)
    assert desk.client.get(f"{HOME}/{name}").status_code == 403


def test_a_moderator_sees_signatures_and_takes_none_along(client: FlaskClient) -> None:
    desk = Desk(client, Role.MODERATOR)
    people.supporter()
    assert "Marie" in desk.get("signatures")
    assert desk.client.get(f"{HOME}/exports").status_code == 403
    assert desk.post("exports/order", kind="csv", layout="plain").status_code == 403


def test_another_organisations_signatures_are_not_there(client: FlaskClient) -> None:
    person = people.supporter()
    who = signed_in(client, Role.OWNER, "elsewhere")
    for name in (*PAGES, f"signatures/{person}"):
        assert client.get(f"{HOME}/{name}").status_code == 404
    answer = client.post(f"{HOME}/signatures/hold", data={**token(who), "ids": str(person), "reason": "x"})
    assert (answer.status_code, state(person)) == (404, "confirmed")


def test_one_is_found_by_reference_address_and_the_beginning_of_a_name(desk: Desk) -> None:
    person = people.supporter("m.a.rie+news@gmail.com")
    people.supporter("other@example.org", name="Jan Janssens")
    reference = signatures.signed(person).reference
    for query in (reference, reference.lower().replace("-", ""), "marie@gmail.com", "marie p", "MAR"):
        page = desk.get(f"signatures?q={query.replace('+', '%2B')}")
        assert "Marie Peeters" in page, query
        assert "Jan Janssens" not in page, query
    for query in ("marie@example.org", "peeters", "%25", "_arie", "ZZZZ-ZZZZ"):
        assert "Nothing found" in desk.get(f"signatures?q={query}"), query


def test_filters_narrow_the_list(desk: Desk) -> None:
    people.supporter(source="leaflet", lang="nl", public="hidden")
    people.sign("waits@example.org", name="Wout Waits")
    for query, marie, wout in [
        ("state=confirmed", True, False),
        ("state=pending", False, True),
        ("lang=nl", True, False),
        ("source=leaflet", True, False),
        ("source=-", False, True),
        ("public=hidden", True, False),
        ("edited=yes", True, True),
        ("edited=no", False, False),
        ("since=2020-01-01&until=2099-01-01", True, True),
        ("until=2020-01-01", False, False),
    ]:
        page = desk.get(f"signatures?{query}")
        assert ("Marie Peeters" in page, "Wout Waits" in page) == (marie, wout), query


@pytest.mark.parametrize(
    "query",
    [
        "state=lost",
        "until=9999-12-31",
        "since=x",
        "before=x",
        "after=00000000-0000-0000-0000-000000000000",
        "q=%00",
        "lang=%F0%9F",
        "edited=2",
    ],
)
def test_odd_questions_are_answered(desk: Desk, query: str) -> None:
    people.supporter()
    desk.get(f"signatures?{query}")


def test_pages_go_on_from_a_row_in_both_directions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.signatures.register.PAGE", 2)
    for number in range(5):
        people.supporter(f"p{number}@example.org", name=f"Person {number}")

    def names(page: str) -> list[str]:
        return re.findall(r"<bdi>Person (\d)", page)

    def link(page: str, rel: str) -> str:
        found = re.search(rf'rel="{rel}" href="[^"]*/(signatures\?[^"]+)"', page)
        assert found
        return found[1].replace("&amp;", "&")

    first = desk.get("signatures")
    second = desk.get(link(first, "next"))
    third = desk.get(link(second, "next"))
    assert [names(page) for page in (first, second, third)] == [["4", "3"], ["2", "1"], ["0"]]
    assert 'rel="next"' not in third
    assert names(desk.get(link(third, "prev"))) == ["2", "1"]
    assert 'rel="prev"' not in first


def test_one_page_shows_letters_consents_and_what_staff_did(desk: Desk) -> None:
    person = commented()
    page = desk.get(f"signatures/{person}")
    for words in ("marie@example.org", COMMENT, "Queued", "It shows a political opinion", "Prime Minister"):
        assert words in page, words
    assert f"/staff/outbox/{people.letter_messages()[0].id}" in page
    desk.post("signatures/hold", ids=str(person), reason="ten from one desk")
    assert "ten from one desk" in desk.get(f"signatures/{person}")
    assert desk.client.get(f"{HOME}/signatures/00000000-0000-0000-0000-000000000000").status_code == 404


def test_offices_are_named_in_the_language_of_the_one_who_reads(desk: Desk) -> None:
    page = desk.get(f"signatures/{people.supporter(lang='nl')}")
    assert "Prime Minister" in page
    assert "Eerste minister" not in page


def test_held_ones_do_not_count_until_they_are_released_and_undo_releases_them(desk: Desk) -> None:
    ids = [people.supporter(), people.supporter("b@example.org")]
    chosen = [str(id_) for id_ in ids]
    assert desk.post("signatures/hold", ids=chosen, reason="").status_code == 400
    assert counter().signatures == 2
    assert desk.post("signatures/hold", ids=chosen, reason="odd").status_code == 303
    assert (counter().signatures, counter().letters["queued"], counter().recent) == (0, 4, ())
    assert {str(message.state.value) for message in people.letter_messages()} == {"held"}
    assert "odd" in desk.get(f"signatures/{ids[0]}")
    assert desk.undo().status_code == 303
    assert (counter().signatures, recount()) == (2, {})
    assert {str(message.state.value) for message in people.letter_messages()} == {"queued"}
    assert desk.post("signatures/release", ids=chosen).status_code == 409


def test_who_is_held_cannot_sign_once_more_beside_it(desk: Desk) -> None:
    person = people.supporter()
    desk.post("signatures/hold", ids=str(person), reason="odd")
    people.sign(body=BODY + " And again.")
    held, again = people.all_signatures()
    assert (held.id, held.state, again.state) == (person, "held", "replaced")
    assert people.confirm(person) == person
    assert people.mails(kind="confirmation") == 1


def test_a_few_are_taken_out_at_once_and_put_back_by_undo(desk: Desk) -> None:
    ids = [str(people.supporter()), str(people.supporter("b@example.org"))]
    answer = desk.post("invalidations/count", ids=ids)
    assert answer.status_code == 303
    page = desk.client.get(answer.location).text
    assert "Take 2 signatures out" in page
    assert counter().signatures == 2, "counting changes nothing"
    path = answer.location.partition(f"{HOME}/")[2]
    assert desk.post(f"{path}/start", reason=" ").status_code == 400
    assert desk.post(f"{path}/start", reason="false").status_code == 303
    assert (counter().signatures, counter().letters["queued"]) == (0, 0)
    desk.page = path
    assert desk.undo().status_code == 303
    assert (counter().signatures, counter().letters["queued"], recount()) == (2, 4, {})
    assert "Undone" in desk.get(path)
    progress = desk.client.get(f"{HOME}/{path}/progress").get_json()
    assert progress == {"busy": False, "max": 2, "text": "2 of 2", "value": 2}


def test_conditions_that_say_nothing_or_find_nothing_are_explained(desk: Desk) -> None:
    people.supporter()
    assert "at least one condition" in desk.post("invalidations/count").text
    assert "No signature fits" in desk.post("invalidations/count", domain="nowhere.example").text
    odd = desk.post("invalidations/count", since="yesterday")
    assert (odd.status_code, 'id="since-error"' in odd.text) == (422, True)


def test_a_comment_shows_only_after_a_look_and_never_without_a_name(desk: Desk) -> None:
    commented()
    commented("h@example.org", name="Hidden Person", public="hidden")
    people.forget()
    assert COMMENT not in desk.client.get(CAMPAIGN).text
    page = desk.get("moderation")
    assert page.count(COMMENT) == 1
    kept = session().execute(text("SELECT comment FROM signatures WHERE public = 'hidden'")).scalar()
    assert kept == "", "what is never shown is not kept"
    person = re.search(r'name="ids" value="([^"]+)"', page)
    assert person
    assert desk.post("moderation/look", ids=person[1], look="show").status_code == 303
    people.forget()
    assert COMMENT in desk.client.get(CAMPAIGN).text
    desk.page = "moderation"
    assert desk.undo().status_code == 303
    people.forget()
    assert COMMENT not in desk.client.get(CAMPAIGN).text
    assert COMMENT in desk.get("moderation")


def test_a_comment_comes_through_the_form_and_its_twin(client: FlaskClient) -> None:
    page = client.get(CAMPAIGN).text
    assert client.post(f"{CAMPAIGN}/sign", data=filled(page, comment=COMMENT)).status_code == 303
    fields = {**filled(page, comment=f" {COMMENT}\r\n\r\nNobody. ", email="b@example.org"), "lang": "en"}
    assert client.post(f"/api/v1/campaigns/{SLUG}/signatures", json=fields).status_code == 202
    assert client.post(f"{CAMPAIGN}/sign", data=filled(page, email="c@example.org")).status_code == 303
    long = client.post(f"{CAMPAIGN}/sign", data=filled(page, email="d@example.org", comment="x" * 281))
    assert (long.status_code, 'id="comment-error"' in long.text) == (422, True)
    assert [one.comment for one in people.all_signatures()] == [COMMENT, f"{COMMENT} Nobody.", ""]


def test_names_wait_for_a_look_where_staff_wish_it_and_a_hidden_one_stays_away(desk: Desk) -> None:
    assert desk.post("moderation/setting", wanted="1").status_code == 303
    people.forget()
    person = people.supporter(name="Rude Name")
    assert counter().recent == ()
    assert "Rude" in desk.get("moderation")
    desk.post("moderation/look", ids=str(person), look="hide")
    assert counter().recent == ()
    assert "Rude" not in desk.client.get(f"/api/v1/campaigns/{SLUG}/counter").text
    assert "Rude" in desk.get("moderation?show=hidden")
    assert desk.post("moderation/look", ids=str(person), look="show").status_code == 303
    assert [one["name"] for one in counter().recent] == ["Rude"]
    desk.post("moderation/setting", wanted="0")
    people.forget()
    people.supporter("b@example.org", name="Anna B")
    assert [one["name"] for one in counter().recent] == ["Anna", "Rude"]


def test_an_odd_look_changes_nothing(desk: Desk) -> None:
    person = commented()
    for values in ({"look": "burn", "ids": str(person)}, {"look": "show"}, {"look": "show", "ids": "x"}):
        assert desk.post("moderation/look", **values).status_code == 400
    assert signatures.moderation.waiting(people.page().id) == 1


def test_paper_signatures_count_apart_and_are_taken_back(desk: Desk) -> None:
    people.supporter()
    lot = {"number": "1200", "signed_on": "2026-11-01", "place": "Gent, market", "note": "counted by two"}
    assert desk.post("paper/add", **lot).status_code == 303
    assert (counter().signatures, counter().paper, recount()) == (1201, 1200, {})
    people.forget()
    assert "of which 1,200 on paper" in desk.client.get(CAMPAIGN).text
    assert "counted by two" in desk.get("paper")
    desk.post("paper/add", **lot)
    desk.page = "paper"
    desk.undo()
    assert (counter().signatures, recount()) == (1201, {})
    desk.undo()
    assert counter().signatures == 2401
    wrong = {"number": "0"}, {"number": "x"}, {"signed_on": "2999-01-01"}, {"place": " "}, {"note": "x" * 501}
    for values in wrong:
        answer = desk.post("paper/add", **{**lot, **values})
        assert (answer.status_code, f'id="{next(iter(values))}-error"' in answer.text) == (422, True), values


def test_signatures_that_confirm_after_a_hold_stay_one(desk: Desk) -> None:
    person = people.supporter()
    with transaction():
        session().execute(text("UPDATE signatures SET state = 'held' WHERE id = :id"), {"id": person})
    assert people.confirm(person) == person
    assert state(person) == SignatureState.HELD.value
