"""The dashboard: the same numbers as the tables have, for whoever may see them, without anybody's name."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign.accounts import Role
from campaign.core.db import session, transaction
from campaign.crowd import crowd
from campaign.jobs.milestones import follow_milestones
from campaign.outbox import Lane
from campaign.outbox.pace import close
from campaign.signatures import Public
from tests.support import people
from tests.support.console import signed_in, token
from tests.support.forms import SLUG

PAGE = f"/staff/campaigns/{SLUG}"


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("role", Role)
def test_every_role_sees_the_figures_and_nobodys_name(client: FlaskClient, role: Role) -> None:
    people.supporter("canary@example.org", name="Hidden Canary", public=Public.HIDDEN)
    signed_in(client, role)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "anary" not in page.text
    assert "Signatures 1 +1 today" in words(page.text)
    assert "Personally edited 100%" in words(page.text)


def test_another_organisations_dashboard_is_not_there(client: FlaskClient) -> None:
    signed_in(client, Role.OWNER, "elsewhere")
    for path in (PAGE, f"{PAGE}/now", f"{PAGE}/milestones"):
        assert client.get(path).status_code == 404, path


def test_an_empty_campaign_says_what_comes_next(client: FlaskClient) -> None:
    signed_in(client)
    page = words(client.get(PAGE).text)
    assert "nothing waits" in page
    assert "The first bar comes with the first signature." in page
    assert "None is reached yet." in page


def test_a_busy_one_shows_what_waits_and_for_how_long(client: FlaskClient) -> None:
    with transaction():
        crowd(SLUG, 500)
    signed_in(client)
    page = words(client.get(PAGE).text)
    assert "Signatures 500" in page
    assert re.search(r"empty in about \d+ min, at 60 a minute to each office", page)
    assert "Prime Minister" in page
    assert "East Flanders" in page
    assert "newsletter" in page


def test_an_office_that_is_closed_says_why(client: FlaskClient) -> None:
    people.supporter()
    post = people.page().post_ids[0]
    with transaction():
        close(f"target:{post}", 600, "mailbox full")
    signed_in(client)
    assert "slowed: mailbox full" in words(client.get(PAGE).text)
    with transaction():
        close(Lane.LETTERS.limit, None, "the provider refused us")
    page = words(client.get(PAGE).text)
    assert "stopped: the provider refused us" in page
    assert "stopped: see the table below" in page


def test_the_parts_that_move_are_the_same_on_the_page_and_by_themselves(client: FlaskClient) -> None:
    people.supporter()
    signed_in(client)

    def parts(html: str) -> list[str]:
        return re.findall(r'data-part="(\w+)"', html)

    whole, moving = client.get(PAGE).text, client.get(f"{PAGE}/now").text
    assert parts(whole) == parts(moving) == ["cards", "offices", "milestones"]
    assert "<html" not in moving


def test_a_draft_has_a_dashboard_but_no_stream(client: FlaskClient) -> None:
    with transaction():
        session().execute(text("UPDATE campaigns SET status = 'draft'"))
    signed_in(client)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "data-stream" not in page.text


def test_it_says_why_a_campaign_did_not_open_and_which_facts_are_due(client: FlaskClient) -> None:
    with transaction():
        session().execute(text("UPDATE campaigns SET status = 'scheduled', opens_at = now() - interval '1 hour'"))
        session().execute(text("UPDATE campaign_texts SET lead = '' WHERE lang = 'nl'"))
        session().execute(text("UPDATE facts SET review_on = current_date"))
    signed_in(client)
    page = client.get(PAGE).text
    assert "Nederlands: The ask is missing." in page
    assert f'href="{PAGE}/making/story?lang=nl"' in page
    assert re.search(r"\d facts should be looked at again", page)
    signed_in(client, Role.VIEWER)
    page = client.get(PAGE).text
    assert "Nederlands: The ask is missing." in page
    assert "/making" not in page
    assert "looked at again" not in page
    people.forget()
    assert "Come back when it opens." in client.get(f"/en/campaigns/{SLUG}").text


def test_a_milestone_is_set_removed_and_brought_back(client: FlaskClient) -> None:
    me = signed_in(client)
    form = {**token(me), "step": "123", "note": "Call the <press>"}
    assert client.post(f"{PAGE}/milestones/add", data=form).status_code == 303
    page = client.get(f"{PAGE}/milestones").text
    assert "Call the &lt;press&gt;" in page
    (remove,) = set(re.findall(rf'action="({PAGE}/milestones/[0-9a-f-]+/remove)"', page))
    assert client.post(remove, data=token(me)).status_code == 303
    page = client.get(f"{PAGE}/milestones").text
    assert "Call the" not in page
    restore = remove.replace("/remove", "/restore")
    assert restore in page, "the undo of the notice"
    assert client.post(restore, data=token(me)).status_code == 303
    assert "Call the" in client.get(f"{PAGE}/milestones").text


@pytest.mark.parametrize("step", ["", "0", "-5", "many", "12345678901", "99"])
def test_a_milestone_that_cannot_be_is_told_at_its_field(client: FlaskClient, step: str) -> None:
    with transaction():
        crowd(SLUG, 120)
    me = signed_in(client)
    answer = client.post(f"{PAGE}/milestones/add", data={**token(me), "step": step, "note": ""})
    assert answer.status_code == 422
    assert 'id="step-error"' in answer.text


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.TRANSLATOR, Role.VIEWER])
def test_who_may_not_set_milestones_sees_no_form_and_is_refused(client: FlaskClient, role: Role) -> None:
    me = signed_in(client, role)
    assert '<form class="card' not in client.get(f"{PAGE}/milestones").text
    for path in ("add", "mail"):
        assert client.post(f"{PAGE}/milestones/{path}", data=token(me)).status_code == 403


def test_mails_are_switched_off_and_on(client: FlaskClient) -> None:
    me = signed_in(client, Role.CAMPAIGNER)
    assert "You get a mail when" in client.get(f"{PAGE}/milestones").text
    client.post(f"{PAGE}/milestones/mail", data={**token(me), "wanted": "0"})
    assert "You get no mail when" in client.get(f"{PAGE}/milestones").text
    client.post(f"{PAGE}/milestones/mail", data={**token(me), "wanted": "1"})
    assert "You get a mail when" in client.get(f"{PAGE}/milestones").text


def test_what_was_taken_back_says_so(client: FlaskClient) -> None:
    with transaction():
        crowd(SLUG, 100)
    follow_milestones()
    signed_in(client)
    assert "100 signatures Reached:" in words(client.get(PAGE).text)
    with transaction():
        session().execute(text("UPDATE tallies SET n = n - 1 WHERE name = 'signatures' AND key LIKE 'campaign:%'"))
    follow_milestones()
    assert "100 signatures Taken back" in words(client.get(PAGE).text)


def test_the_wall_says_when_the_goal_is_reached_only_while_it_means_something(client: FlaskClient) -> None:
    wall = f"/en/campaigns/{SLUG}/live"
    assert "At this pace" not in client.get(wall).text
    with transaction():
        crowd(SLUG, 800)
    people.forget()
    client.application.extensions.pop("cache", None)
    assert re.search(r"At this pace: [^<]+\.", client.get(wall).text)
