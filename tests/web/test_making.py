"""Making a campaign in the console: each step, saving, two people at once, languages, targets."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from campaign import campaigns
from campaign.accounts import Role
from campaign.campaigns import Status
from campaign.core import clock
from campaign.core.db import db, session, transaction
from tests.support import console, people
from tests.support.forms import SLUG
from tests.support.making import HOME, begun, filled, offices, row, save, stored
from tests.support.page import FormOn, summary

STEPS = ("basics", "story", "targets", "languages", "privacy", "check", "closing", "preview")


def test_every_step_can_be_opened_at_any_time(client: FlaskClient, owner: dict[str, str]) -> None:
    overview = client.get(HOME)
    assert overview.status_code == 200
    for step in STEPS:
        answer = client.get(f"{HOME}/{step}")
        assert answer.status_code == 200, step
        if step != "preview":
            assert f'href="{HOME}/check"' in answer.text, step


@pytest.mark.parametrize("path", [f"{HOME}/languages", f"/staff/campaigns/{SLUG}/letter"])
def test_a_step_asks_the_database_few_questions_in_however_many_languages(
    client: FlaskClient, owner: dict[str, str], seeded: Flask, path: str
) -> None:
    """Once there were seventy: each check asked for each language by itself."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    people.forget()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert 5 < len(asked) < 25


def test_a_title_and_a_language_make_a_draft_that_only_its_organisation_sees(
    client: FlaskClient, owner: dict[str, str]
) -> None:
    answer = client.post("/staff/campaigns/new", data={**owner, "title": "  Keep the été line ", "lang": "fr"})
    assert answer.location == "/staff/campaigns/keep-the-ete-line/making/story"
    made = row("keep-the-ete-line")
    assert (made.status, made.version, stored("fr", made.slug).title) == (Status.DRAFT, 1, "Keep the été line")
    assert client.get("/fr/campaigns/keep-the-ete-line").status_code == 404
    again = client.post("/staff/campaigns/new", data={**owner, "title": "Keep the été line", "lang": "en"})
    assert again.location == "/staff/campaigns/keep-the-ete-line-2/making/story"
    for title in ("", "x" * 121, "a\u202eb"):
        wrong = client.post("/staff/campaigns/new", data={**owner, "title": title, "lang": "en"})
        assert wrong.status_code == 422
        assert FormOn(wrong.text, "").errors["title"]


def test_a_step_is_saved_with_before_and_after_in_the_audit_log(client: FlaskClient, owner: dict[str, str]) -> None:
    before = stored().lead
    answer = save(
        client, f"{HOME}/story?lang=en", lead_en="Write  now. ", story_en="One.\r\n\r\n\r\n\r\n\r\nTwo.  \r\n"
    )
    assert (answer.status_code, answer.location) == (303, f"{HOME}/story?lang=en")
    assert (stored().lead, stored().story, row().version) == ("Write now.", "One.\n\n\nTwo.", 2)
    query = "SELECT before ->> 'lead_en', after ->> 'lead_en', organisation_id FROM audit_log"
    noted = session().execute(text(f"{query} WHERE action = 'campaigns.save'")).one()
    assert tuple(noted) == (before, "Write now.", row().organisation_id)
    assert save(client, f"{HOME}/story?lang=en").status_code == 303
    assert row().version == 2, "what changes nothing makes no version"
    onward = save(client, f"{HOME}/story?lang=en", go="next", kicker_en="Now")
    assert onward.location == f"/staff/campaigns/{SLUG}/letter"


def test_wrong_fields_keep_what_was_typed_and_say_why_beside_it(client: FlaskClient, owner: dict[str, str]) -> None:
    answer = save(client, f"{HOME}/basics", goal="many", opens_at="yesterday", title_en="Fine")
    form = FormOn(answer.text, "/basics")
    assert (answer.status_code, form.values["goal"], form.values["title_en"]) == (422, "many", "Fine")
    assert form.errors.keys() == {"goal", "opens_at"}
    assert form.errors["goal"] in summary(answer.text)
    ends = save(client, f"{HOME}/basics", opens_at="2030-02-02T09:00", closes_at="2030-02-02T09:00")
    assert FormOn(ends.text, "/basics").errors.keys() == {"closes_at"}
    empty = save(client, f"{HOME}/basics", title_en="")
    assert "Supporters read this now" in FormOn(empty.text, "/basics").errors["title_en"]
    assert row().version == 1


def test_a_form_saves_itself_and_hears_what_became_of_it(client: FlaskClient, owner: dict[str, str]) -> None:
    path, script = f"{HOME}/story?lang=en", {"X-Autosave": "1"}
    form = filled(client, path, lead_en="Typed so far")
    first = client.post(path, data=form, headers=script).get_json()
    assert (first["version"], first["fresh"], stored().lead) == (2, {}, "Typed so far")
    form |= {"version": str(first["version"]), "base": first["base"], "lead_en": "Typed on"}
    assert client.post(path, data=form, headers=script).get_json()["version"] == 3
    wrong = client.post(path, data={**form, "story_en": "[x](javascript:alert(1))"}, headers=script)
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["story_en"])
    stale = client.post(path, data={**form, "csrf_token": "x"}, headers=script)
    assert stale.status_code == 422
    assert stored().lead == "Typed on"


@pytest.mark.parametrize("by_script", [False, True])
def test_two_people_change_the_same_text_and_nothing_of_either_is_lost(
    client: FlaskClient, owner: dict[str, str], by_script: bool
) -> None:
    path = f"{HOME}/story?lang=en"
    mine, theirs = (filled(client, path) for _who in range(2))
    assert client.post(path, data={**theirs, "lead_en": "Theirs", "kicker_en": "Their kicker"}).status_code == 303
    sent = {**mine, "lead_en": "Mine", "story_en": "My story"}
    answer = client.post(path, data=sent, headers={"X-Autosave": "1"} if by_script else {})
    assert (answer.status_code, stored().lead) == (409, "Theirs")
    if by_script:
        assert answer.get_json()["clash"] is True
        answer = client.post(path, data=sent)
    both = FormOn(answer.text, "/story").values
    assert both["lead_en"] == "Mine"
    assert 'class="source-text" lang="en">Theirs</div>' in answer.text
    assert both["story_en"] == "My story", "what only I changed goes along"
    merged = client.post(path, data={**both, "lead_en": "Mine and theirs"})
    assert merged.status_code == 303
    now = stored()
    assert (now.lead, now.story, now.kicker) == ("Mine and theirs", "My story", "Their kicker")


def test_on_the_page_with_both_the_other_text_can_be_kept(client: FlaskClient, owner: dict[str, str]) -> None:
    path = f"{HOME}/story?lang=en"
    mine, theirs = (filled(client, path) for _who in range(2))
    client.post(path, data={**theirs, "lead_en": "Theirs"})
    both = FormOn(client.post(path, data={**mine, "lead_en": "Mine"}).text, "/story").values
    assert client.post(path, data={**both, "take_lead_en": "theirs"}).status_code == 303
    assert stored().lead == "Theirs"


def test_what_only_the_other_changed_stays(client: FlaskClient, owner: dict[str, str]) -> None:
    path = f"{HOME}/story?lang=en"
    mine, theirs = (filled(client, path) for _who in range(2))
    client.post(path, data={**theirs, "lead_en": "Theirs"})
    answer = client.post(path, data={**mine, "kicker_en": "Mine"}, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.get_json()["fresh"]) == (200, {"lead_en": "Theirs"})
    assert (stored().lead, stored().kicker) == ("Theirs", "Mine")
    bare = {"csrf_token": mine["csrf_token"], "version": "1", "lead_en": "Without a seal"}
    assert client.post(path, data=bare).status_code == 409


def test_a_translation_is_public_once_it_is_complete_and_switched_on(
    client: FlaskClient, owner: dict[str, str]
) -> None:
    slug = begun(client, owner)
    path, base = f"/staff/campaigns/{slug}/making/languages", f"/staff/campaigns/{slug}/making"
    assert client.post(f"{path}/add", data={**owner, "lang": "fr"}).status_code == 303
    assert client.post(f"{path}/fr/show", data=owner).status_code == 409
    page = client.get(f"{path}?lang=fr").text
    assert 'class="source-text" lang="en">Please write.' in page
    french = {"title_fr": "Sauvez", "lead_fr": "Écrivez.", "story_fr": "Une *histoire*."}
    assert save(client, f"{path}?lang=fr", **french).status_code == 303
    with transaction():
        campaigns.change_status(row(slug).id, Status.OPEN, actor="test")
    people.forget()
    assert campaigns.find(slug, "fr").title == "Save it"
    assert client.post(f"{path}/fr/show", data=owner).status_code == 303
    people.forget()
    assert campaigns.find(slug, "fr").title == "Sauvez"
    assert client.post(f"{path}/en/hide", data=owner).status_code == 303
    assert client.post(f"{path}/fr/hide", data=owner).status_code == 409, "one stays"
    assert client.post(f"{path}/add", data={**owner, "lang": "xx"}).status_code == 400
    assert client.get(base).status_code == 200


def test_a_translator_writes_texts_in_languages_and_nothing_else(client: FlaskClient) -> None:
    token = console.token(console.signed_in(client, Role.TRANSLATOR))
    assert save(client, f"{HOME}/languages?lang=fr", title_fr="Un autre titre").status_code == 303
    assert stored("fr").title == "Un autre titre"
    assert client.get(f"{HOME}/check").status_code == 200
    for step in ("basics", "story", "privacy", "closing", "open", "close", "address"):
        assert client.post(f"{HOME}/{step}", data=token).status_code == 403, step
    assert f'action="{HOME}/open"' not in client.get(f"{HOME}/check").text


def test_offices_are_found_added_ordered_and_removed(client: FlaskClient, owner: dict[str, str]) -> None:
    slug, (prime, asylum) = begun(client, owner), offices()
    path = f"/staff/campaigns/{slug}/making/targets"
    assert "Prime Minister" in client.get(f"{path}?q=prime").text
    for post in (prime, asylum):
        assert client.post(f"{path}/{post}/add", data=owner).status_code == 303
    assert client.post(f"{path}/{prime}/add", data=owner).status_code == 409
    client.post(f"{path}/{asylum}/up", data=owner)
    assert offices(slug) == [asylum, prime]
    client.post(f"{path}/{asylum}/remove", data=owner)
    client.post(f"{path}/{asylum}/add?place=0", data=owner)
    assert offices(slug) == [asylum, prime], "an undo puts it back where it was"
    assert client.post(f"{path}/{asylum}/checked", data=owner).status_code == 303
    checked = text("SELECT checked_on FROM contacts WHERE post_id = :post")
    assert session().scalar(checked, {"post": UUID(asylum)}) == clock.today()


def test_an_office_of_another_organisation_cannot_be_a_target(client: FlaskClient, owner: dict[str, str]) -> None:
    client.delete_cookie("staff")
    other = console.token(console.signed_in(client, organisation="other"))
    client.post("/staff/campaigns/new", data={**other, "title": "Foreign", "lang": "en"})
    answer = client.post(f"/staff/campaigns/foreign/making/targets/{offices()[0]}/add", data=other)
    assert (answer.status_code, offices("foreign")) == (404, [])


def test_a_new_office_goes_into_the_register_with_its_address(client: FlaskClient, owner: dict[str, str]) -> None:
    path = f"/staff/campaigns/{begun(client, owner)}/making/targets"
    wrong = client.post(f"{path}/new", data={**owner, "office": "Mayor of Gent", "email": "x"})
    assert wrong.status_code == 422
    assert FormOn(wrong.text, "/new").errors.keys() == {"source", "body_name"}
    assert FormOn(wrong.text, "/new").values["office"] == "Mayor of Gent"
    right = {**owner, "office": "Mayor of Gent", "body_name": "Gent", "email": "mayor@gent.example", "source": "site"}
    private = client.post(f"{path}/new", data={**right, "email": "mayor@gmail.com"})
    assert FormOn(private.text, "/new").errors.keys() == {"email"}
    assert client.post(f"{path}/new", data=right).status_code == 303
    page = client.get(path).text
    assert "mayor@gent.example" in page
    assert "Not checked" not in page
