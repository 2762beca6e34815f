"""The step with the letter: written, kept, saved, sampled, previewed, sent to oneself; nobody else's is reached."""

from html.parser import HTMLParser
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign import letters
from campaign.accounts import Role
from campaign.core.db import session
from campaign.letters import drafts
from campaign.outbox import Message
from tests.support import console, people
from tests.support.forms import SLUG

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</div><iframe src=javascript:alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "{{ 7*7 }}{% for x in y %}",
    "<style>*{display:none}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
HERE = f"/staff/campaigns/{SLUG}/letter"


def working(lang: str = "en") -> drafts.Working:
    session().rollback()
    session().expire_all()
    return drafts.working(people.page().id, lang)


class Tags(HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {name for name, _value in attrs}


class Desk:
    """Somebody of the staff with the page of the letter open."""

    def __init__(self, client: FlaskClient, role: Role = Role.CAMPAIGNER) -> None:
        self.client, self.id = client, console.signed_in(client, role)
        self.seen = {"version": str(working().version), "base": _seal()}

    def post(self, path: str = "", *, lang: str = "en", script: bool = False, **fields: str) -> TestResponse:
        headers = {"X-Autosave": "1"} if script else {}
        data = {**console.token(self.id), **self.seen, **fields}
        return self.client.post(f"{HERE}{path}?lang={lang}", data=data, headers=headers)


def _seal() -> str:
    return str(drafts.merge.seal(working().parts))


def test_the_page_shows_the_letter_its_chips_and_what_each_office_reads(client: FlaskClient) -> None:
    Desk(client)
    page = client.get(HERE).text
    assert working().parts["body"].split("\n")[0] in page.replace("&#39;", "'")
    for word in ("salutation", "holder", "postcode"):
        assert f">{{{word}}}</button>" in page
    assert page.count(">{campaign}</button>") == 12  # in the four parts, and in four other texts of two fields each
    assert page.count('class="sample"') == 2
    assert "Dear Prime Minister," in page


def test_saving_makes_the_version_that_supporters_get(client: FlaskClient) -> None:
    desk, before = Desk(client), working()
    answer = desk.post(body="Brand new words.", subject_2="Second", body_2="Other words.")
    assert answer.status_code == 303
    assert working().number == before.number + 1
    people.forget()
    assert {each.model.subject for each in letters.all_models(people.page().id, "en", "x")} >= {"Second"}
    assert "Brand new words." in [each.model.body for each in letters.all_models(people.page().id, "en", "x")]


def test_a_script_keeps_a_draft_and_hears_the_version_to_go_on_from(client: FlaskClient) -> None:
    desk, before = Desk(client), working()
    answer = desk.post(script=True, body="Half a {sen")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["version"] == before.version + 1
    assert answer.json["base"] == _seal()
    assert (working().is_draft, working().number) == (True, before.number)


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(client: FlaskClient) -> None:
    desk = Desk(client)
    answer = desk.post(body="Hello {nobody} at http://x.example", subject="", weight="0")
    assert answer.status_code == 422
    for name in ("body", "subject", "weight"):
        assert f'id="{name}-error"' in answer.text
    assert "Hello {nobody} at http://x.example" in answer.text


def test_a_text_is_only_for_an_office_that_the_campaign_writes_to(client: FlaskClient) -> None:
    desk, texts = Desk(client), {"subject_2": "Second", "body_2": "Other words."}
    wrong = desk.post(**texts, office_2=uuid4().hex)
    assert wrong.status_code == 422
    assert 'id="office_2-error"' in wrong.text
    assert desk.post(**texts, office_2=people.page().post_ids[1].hex).status_code == 303


def test_two_people_who_change_the_same_field_lose_nothing(client: FlaskClient) -> None:
    desk = Desk(client)
    assert desk.post(body="The first one's words.").status_code == 303
    second = desk.post(body="The second one's words.", tips="Only the second wrote this.")
    assert second.status_code == 409
    assert "The first one&#39;s words." in second.text
    assert "The second one&#39;s words." in second.text
    assert "Only the second wrote this." in second.text
    script = desk.post(script=True, body="The second one's words.")
    assert (script.status_code, script.json and script.json["clash"]) == (409, True)
    assert working().parts["body"] == "The first one's words."


def test_a_draft_is_given_up_with_an_undo(client: FlaskClient) -> None:
    desk = Desk(client)
    desk.post(script=True, body="A draft.")
    assert desk.post("/discard").status_code == 303
    assert not working().is_draft
    assert "/letter/restore" in client.get(HERE).text
    assert desk.post("/restore").status_code == 303
    assert working().parts["body"] == "A draft."


def test_the_sample_follows_what_is_typed_and_keeps_nothing(client: FlaskClient) -> None:
    desk, before = Desk(client), working()
    answer = desk.post("/sample", subject="S", opening="{salutation} of {office},", body="Typed.", closing="{name}")
    assert "Dear Prime Minister of Prime Minister," in answer.text
    assert "Typed." in answer.text
    assert working() == before


def test_hostile_words_are_shown_as_words(client: FlaskClient) -> None:
    desk = Desk(client)
    for text in HOSTILE:
        tags = Tags()
        tags.feed(desk.post("/sample", subject=text, opening=text, body=text, closing=text).text)
        assert tags.found <= {"details", "summary", "div", "p"}
        assert tags.attributes <= {"class", "open", "name", "lang"}


def test_the_preview_shows_headers_and_text_in_each_language(client: FlaskClient) -> None:
    Desk(client)
    for lang in ("en", "fr", "nl", "de"):
        page = client.get(f"{HERE}/preview?lang={lang}").text
        for header in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID"):
            assert f"<dt>{header}</dt>" in page
        assert working(lang).parts["body"].split("\n")[-1] in page.replace("&#39;", "'")


def test_a_test_letter_goes_to_oneself_whatever_the_form_says(client: FlaskClient) -> None:
    desk = Desk(client)
    answer = desk.post("/test", office="", text="0", to="victim@elsewhere.example", email="victim@elsewhere.example")
    assert answer.status_code == 303
    session().rollback()
    (message,) = session().scalars(select(Message).where(Message.kind == "test_letter")).all()
    assert (message.domain, message.lane) == ("demo.example", "people")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MODERATOR])
def test_who_does_not_write_letters_does_not_open_them(client: FlaskClient, role: Role) -> None:
    console.signed_in(client, role)
    assert {client.get(f"{HERE}{path}").status_code for path in ("", "/preview")} == {403}


def test_another_organisations_letter_is_not_there(client: FlaskClient) -> None:
    console.signed_in(client, Role.OWNER, "other")
    post_id = people.page().post_ids[0]
    for path in ("", "/preview", f"/offices/{post_id}"):
        assert client.get(f"{HERE}{path}").status_code == 404


def test_greeting_and_limits_of_an_office_are_written_and_explained(client: FlaskClient) -> None:
    desk = Desk(client)
    post_id = people.page().post_ids[0]
    wrong = desk.post(f"/offices/{post_id}", salutation_en="Dear {holder}")
    assert wrong.status_code == 422
    assert 'id="salutation_en-error"' in wrong.text
    number = desk.post(f"/offices/{post_id}", max_words="many")
    assert 'id="max_words-error"' in number.text
    assert desk.post(f"/offices/{post_id}", salutation_en="Dear Bart", max_words="200").status_code == 303
    people.forget()
    assert "Dear Bart," in client.get(HERE).text
    assert letters.limit(people.page().id, [post_id]).words == 200
