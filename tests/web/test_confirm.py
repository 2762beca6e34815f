"""The confirmation link: GET shows, POST acts, and only the right link does either."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import campaigns
from campaign.campaigns import Status
from campaign.core import tokens
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from campaign.jobs.drain import drain
from campaign.signatures import SignatureState
from tests.support import people
from tests.support.forms import BODY, CAMPAIGN, SLUG, filled
from tests.support.mail import link, mails
from tests.support.people import MARIE, all_signatures, letter_messages, sign
from tests.support.threads import at_once


def path_of(number: int = 0, purpose: Purpose = Purpose.CONFIRM) -> str:
    return f"/confirm/{tokens.sign(purpose, all_signatures()[number].id.hex)}"


def count(client: FlaskClient) -> int:
    people.forget()
    return int(client.get(f"/api/v1/campaigns/{SLUG}/counter").json["signatures"])


def test_opening_the_link_shows_the_letter_and_changes_nothing_however_often(client: FlaskClient) -> None:
    sign()
    path = path_of()
    for _scanner in range(20):
        page = client.get(path)
        assert page.status_code == 200
        assert client.head(path).status_code == 200
    assert BODY in page.text
    assert "A place for everyone" in page.text
    assert all_signatures()[0].state == SignatureState.PENDING
    assert count(client) == 0
    assert letter_messages() == []


def test_the_link_of_another_mailbox_leads_to_nobody_elses_letters(client: FlaskClient) -> None:
    """An address with a +tag counts as the one without it in all limits, and may be somebody else's mailbox."""
    sign("marie+x@example.org", name="Somebody Else", subject="A stranger's letter")
    stranger = path_of()
    hers = people.supporter()
    for answer in (client.get(stranger), client.post(stranger)):
        assert answer.status_code == 410
        assert "/thanks/" not in answer.text
    client.post(path_of(purpose=Purpose.NOT_ME).replace("/confirm/", "/not-me/"), data={"scope": "campaign"})
    assert next(one for one in all_signatures() if one.id == hers).state == SignatureState.CONFIRMED


def test_the_button_confirms_and_leads_to_the_letters(client: FlaskClient) -> None:
    sign()
    answer = client.post(path_of())
    assert answer.status_code == 303
    assert answer.location.startswith("/thanks/")
    page = client.get(answer.location)
    assert page.status_code == 200
    assert all_signatures()[0].reference in page.text
    assert "Prime Minister" in page.text
    assert count(client) == 1


def test_a_second_click_leads_to_the_same_page_and_counts_nothing(client: FlaskClient) -> None:
    sign()
    path = path_of()
    for _ in range(3):
        answer = client.post(path)
        assert (answer.status_code, answer.location[:8]) == (303, "/thanks/")
    again = client.get(path)
    assert (again.status_code, again.location[:8]) == (303, "/thanks/")
    assert count(client) == 1
    assert len(letter_messages()) == 2


def test_fifty_clicks_at_once_are_one_signature(client: FlaskClient, seeded: Flask) -> None:
    sign()
    path = path_of()
    session().rollback()
    answers = at_once(seeded, 10, lambda _number: [seeded.test_client().post(path).status_code for _ in range(5)])
    assert {status for five in answers for status in five} == {303}
    assert count(client) == 1
    assert len(letter_messages()) == 2


def test_the_link_of_another_text_leads_to_the_signature_that_stands(client: FlaskClient) -> None:
    sign(subject="First")
    sign(subject="Second")
    first, second = path_of(0), path_of(1)
    client.post(second)
    answer = client.post(first)
    assert answer.status_code == 303
    assert all_signatures()[1].reference in client.get(answer.location).text
    assert count(client) == 1


def test_a_token_for_another_thing_confirms_nothing(client: FlaskClient) -> None:
    sign()
    for purpose in sorted(set(Purpose) - {Purpose.CONFIRM}):
        for method in (client.get, client.post):
            answer = method(path_of(purpose=purpose))
            assert answer.status_code == 410
        assert count(client) == 0


def test_a_confirmation_token_does_not_open_the_thank_you_page(client: FlaskClient) -> None:
    sign()
    client.post(path_of())
    assert client.get(path_of().replace("/confirm/", "/thanks/")).status_code == 410


def test_a_tampered_link_says_what_to_do_and_nothing_about_anybody(client: FlaskClient) -> None:
    sign()
    path = path_of()
    for wrong in (path[:-2], path + "x", path.replace(path[12], "~", 1), "/confirm/x", "/confirm/" + "A" * 3000):
        for method in (client.get, client.post):
            answer = method(wrong)
            assert answer.status_code in (404, 410)
            assert "Marie" not in answer.text
            assert 'href="/en/"' in answer.text or "campaigns" in answer.text
    assert count(client) == 0


def test_a_link_works_for_seven_days(client: FlaskClient) -> None:
    start = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        sign()
        path = path_of()
        clock.move_to(start + timedelta(days=6, hours=23))
        assert client.get(path).status_code == 200
        clock.move_to(start + timedelta(days=7, minutes=1))
        answer = client.get(path)
        assert answer.status_code == 410
        assert client.post(path).status_code == 410
    assert count(client) == 0


def test_a_rotated_key_keeps_mailed_links_alive(client: FlaskClient, seeded: Flask) -> None:
    sign()
    path = path_of()
    settings = seeded.extensions["settings"]
    newer = {
        "secret_key": "another-secret-for-tests-9876543210-zyxwvut",
        "secret_key_fallbacks": (settings.secret_key,),
    }
    seeded.extensions["settings"] = type(settings)(**{**vars(settings), **newer, "address_key": settings.secret_key})
    assert client.post(path).status_code == 303
    assert count(client) == 1


def test_the_link_of_a_signature_that_was_purged_is_gone(client: FlaskClient) -> None:
    sign()
    path = path_of()
    with transaction():
        session().execute(text("DELETE FROM signatures"))
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410


def put(status: Status) -> None:
    with transaction():
        campaigns.change_status(people.page().id, status, actor="test")
    people.forget()


def test_a_campaign_that_closed_meanwhile_says_so(client: FlaskClient) -> None:
    sign()
    path = path_of()
    put(Status.CLOSED)
    for answer, code in ((client.get(path), 410), (client.post(path), 409)):
        assert (answer.status_code, "This campaign has closed." in answer.text) == (code, True)
    assert letter_messages() == []


def test_a_signature_waits_while_its_campaign_is_paused_and_its_link_works_again(client: FlaskClient) -> None:
    start = datetime(2099, 3, 1, 12, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        sign()
        path = path_of()
        put(Status.PAUSED)
        clock.move_to(start + timedelta(days=20))
        for answer, code in ((client.get(path), 200), (client.post(path), 409)):
            assert (answer.status_code, "Your signature waits" in answer.text) == (code, True)
            assert 'method="post"' not in answer.text
        put(Status.OPEN)
        clock.move_to(start + timedelta(days=26))
        assert client.get(path).status_code == 200
        clock.move_to(start + timedelta(days=27, minutes=1))
        assert client.get(path).status_code == 410, "a week after it went on"
        put(Status.PAUSED)
        clock.move_to(start + timedelta(days=30, minutes=1))
        assert client.post(path).status_code == 410, "a month, however long the pause"
        clock.move_to(start + timedelta(days=29))
        put(Status.OPEN)
        assert client.post(path).status_code == 303


def test_a_form_that_comes_while_the_campaign_is_paused_is_not_lost(client: FlaskClient) -> None:
    form = filled(client.get(CAMPAIGN).text)
    put(Status.PAUSED)
    for act in ("sign", "check"):
        answer = client.post(f"{CAMPAIGN}/{act}", data={**form, "body": "My </textarea> own words."})
        assert (answer.status_code, "My &lt;/textarea&gt; own words." in answer.text) == (409, True)


def test_pages_that_a_token_opens_tell_nobody_their_address_and_are_not_kept(client: FlaskClient) -> None:
    sign()
    path = path_of()
    pages = [client.get(path), client.get(client.post(path).location), client.get(path + "x")]
    for page in pages:
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in page.headers
        assert 'src="http' not in page.text
        assert "noindex" in page.text
    assert not any(MARIE in page.text for page in pages)


def test_no_other_site_can_press_the_button(client: FlaskClient) -> None:
    sign()
    odd = [{"Origin": origin} for origin in ("http://[", "https://a]b", "https://evil.example")]
    for headers in (*odd, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post(path_of(), headers=headers).status_code == 403
    assert client.post(path_of(), headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_hostile_words_stay_text_on_the_page_that_shows_them(client: FlaskClient) -> None:
    sign(
        name="<img src=x onerror=alert(1)>",
        subject="</title><script>alert(1)</script>",
        body="</p><script>alert(1)</script> {{ 7*7 }}",
    )
    page = client.get(path_of()).text
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page
    thanks = client.get(client.post(path_of()).location).text
    assert "<img src=x" not in thanks


@pytest.mark.parametrize("lang", ["fr", "nl", "de"])
def test_the_pages_speak_the_supporters_language_whatever_the_browser_says(client: FlaskClient, lang: str) -> None:
    sign(lang=lang)
    page = client.get(path_of(), headers={"Accept-Language": "en"})
    assert f'lang="{lang}"' in page.text
    thanks = client.get(client.post(path_of()).location, headers={"Accept-Language": "en"})
    assert f'lang="{lang}"' in thanks.text


def test_the_counter_moves_only_with_the_confirmation_and_shows_it_at_once(client: FlaskClient, tmp_path: Path) -> None:
    client.post(f"{CAMPAIGN}/sign", data=filled(client.get(CAMPAIGN).text))
    assert count(client) == 0
    drain("people")
    path = link(mails(tmp_path / "mail")[0])
    client.get(path)
    assert count(client) == 0
    client.post(path)
    assert count(client) == 1
    recent = client.get(f"/api/v1/campaigns/{SLUG}/counter").json["recent"]
    assert recent == [{"name": "Marie", "place": "Gent"}]


def test_thanks_shows_where_each_letter_stands_each_time(client: FlaskClient) -> None:
    sign()
    thanks = client.post(path_of()).location
    waiting = client.get(thanks).text
    drain("letters")
    arrived = client.get(thanks).text
    assert waiting != arrived
    assert "waiting for its turn" in waiting
    assert arrived.count("delivered") >= 2
