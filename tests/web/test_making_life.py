"""A campaign from its check list to its archive: opening, pausing, closing, addresses, copies, previews."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign import campaigns, letters
from campaign.accounts import Role
from campaign.campaigns import Status
from campaign.core.db import session, transaction
from tests.support import console, people
from tests.support.forms import CAMPAIGN, SLUG
from tests.support.making import HOME, begun, every_version, offices, ready, row, save, stored
from tests.support.page import FormOn


def test_what_is_missing_stands_in_the_way_of_opening(client: FlaskClient, owner: dict[str, str]) -> None:
    slug = begun(client, owner)
    answer = client.post(f"/staff/campaigns/{slug}/making/open", data=owner)
    assert (answer.status_code, row(slug).status) == (409, Status.DRAFT)
    assert "Nobody gets the letters yet." in answer.text
    assert f'action="/staff/campaigns/{slug}/making/open"' not in answer.text


def undo_of(page: str) -> str:
    """Where the undo of the last act leads; empty where it has none."""
    found = re.search(r'<form[^>]*action="([^"]+)"(?:(?!</form>).)*>\s*Undo', page, re.DOTALL)
    return found[1] if found else ""


def test_a_campaign_opens_pauses_closes_and_says_how_it_ended(
    client: FlaskClient, owner: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = ready(client, owner)
    monkeypatch.setattr(letters.trials, "tested", every_version)
    base, page = f"/staff/campaigns/{slug}/making", f"/en/campaigns/{slug}"
    assert client.post(f"{base}/schedule", data=owner).status_code == 409, "no time is set"
    assert client.post(f"{base}/resume", data=owner).status_code == 409, "it goes by the check list"
    assert client.post(f"{base}/open", data=owner).status_code == 303
    assert (row(slug).status, row(slug).opens_at is not None) == (Status.OPEN, True)
    people.forget()
    assert 'name="subject"' in client.get(page).text
    client.post(f"{base}/pause", data=owner)
    people.forget()
    assert "This campaign is paused" in client.get(page).text
    assert client.get(f"/api/v1/campaigns/{slug}/counter").status_code == 200
    client.post(f"{base}/resume", data=owner)
    client.post(f"{base}/close", data=owner)
    people.forget()
    for path in (page, f"{page}/live"):
        assert "This campaign is closed" in client.get(path).text, path
    assert undo_of(client.get(f"{base}/check").text) == f"{base}/resume"
    client.post(f"{base}/resume", data=owner)
    assert undo_of(client.get(f"{base}/check").text) == f"{base}/close"
    client.post(f"{base}/pause", data=owner)
    assert undo_of(client.get(f"{base}/check").text) == f"{base}/resume"
    client.post(f"{base}/close", data=owner)
    assert undo_of(client.get(f"{base}/check").text) == "", "to go on would open what was paused"
    closing = {"outcome": "won", "outcome_text_en": "They **kept** it."}
    assert save(client, f"{base}/closing", **closing).status_code == 303
    people.forget()
    for path in (page, f"{page}/live"):
        assert "<strong>kept</strong>" in client.get(path).text, path


def test_a_campaign_opens_by_itself_at_its_time(
    client: FlaskClient, owner: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = ready(client, owner)
    monkeypatch.setattr(letters.trials, "tested", every_version)
    base = f"/staff/campaigns/{slug}/making"
    save(client, f"{base}/basics", opens_at="2090-01-02T09:00")
    assert row(slug).opens_at.isoformat() == "2090-01-02T08:00:00+00:00", "by the clocks of Belgium"
    assert client.post(f"{base}/schedule", data=owner).status_code == 303
    assert row(slug).status == Status.SCHEDULED
    cleared = save(client, f"{base}/basics", opens_at="")
    assert FormOn(cleared.text, "/basics").errors.keys() == {"opens_at"}, "it would wait for ever"
    client.post(f"{base}/unschedule", data=owner)
    assert row(slug).status == Status.DRAFT


def test_an_old_address_leads_to_the_new_one_everywhere(client: FlaskClient, owner: dict[str, str]) -> None:
    wrong = client.post(f"{HOME}/address", data={**owner, "slug": "No Good"})
    assert (wrong.status_code, FormOn(wrong.text, "/address").values["slug"]) == (422, "No Good")
    assert client.post(f"{HOME}/address", data={**owner, "slug": "shelter"}).status_code == 303
    people.forget()
    for lang in ("en", "fr", "nl", "de"):
        moved = client.get(f"/{lang}/campaigns/{SLUG}?source=x")
        assert (moved.status_code, moved.location) == (301, f"/{lang}/campaigns/shelter?source=x")
    posted = client.post(f"{CAMPAIGN}/sign", data={"name": "x"})
    assert (posted.status_code, posted.location) == (308, "/en/campaigns/shelter/sign")
    assert client.get(f"/api/v1/campaigns/{SLUG}/counter", follow_redirects=True).get_json()["signatures"] == 0
    assert client.get(f"/embed/{SLUG}/counter", follow_redirects=True).status_code == 200
    assert client.get(f"{HOME}/basics").location == "/staff/campaigns/shelter/making/basics"
    taken = client.post("/staff/campaigns/new", data={**owner, "title": SLUG, "lang": "en"})
    assert taken.location == f"/staff/campaigns/{SLUG}-2/making/story", "an old address is given to nobody else"
    back = client.post("/staff/campaigns/shelter/making/address", data={**owner, "slug": SLUG})
    assert back.location == f"{HOME}/basics"


def test_a_copy_has_the_texts_and_none_of_the_signatures(client: FlaskClient, owner: dict[str, str]) -> None:
    people.supporter()
    assert client.post(f"/staff/campaigns/{SLUG}/duplicate", data=owner).status_code == 303
    copy = row(f"{SLUG}-copy")
    assert (copy.status, copy.is_demo, stored("fr", copy.slug).title) == (Status.DRAFT, False, stored("fr").title)
    assert offices(copy.slug) == offices()
    assert len(campaigns.facts(copy.id, "en")) == len(campaigns.facts(row().id, "en"))
    assert letters.newest(copy.id, "nl").body == letters.newest(row().id, "nl").body
    assert session().scalar(text("SELECT count(*) FROM signatures WHERE campaign_id = :id"), {"id": copy.id}) == 0


def test_the_archive_gives_back_what_it_took(client: FlaskClient, owner: dict[str, str]) -> None:
    assert client.post(f"/staff/campaigns/{SLUG}/archive", data=owner).status_code == 409, "it is open"
    with transaction():
        campaigns.change_status(row().id, Status.CLOSED, actor="test")
    closed_at = row().closed_at
    client.post(f"/staff/campaigns/{SLUG}/archive", data=owner)
    people.forget()
    assert (row().status, client.get(CAMPAIGN).status_code) == (Status.ARCHIVED, 404)
    client.post(f"/staff/campaigns/{SLUG}/unarchive", data=owner)
    assert (row().status, row().closed_at) == (Status.CLOSED, closed_at)
    slug = begun(client, owner)
    for act in ("archive", "unarchive"):
        assert client.post(f"/staff/campaigns/{slug}/{act}", data=owner).status_code == 303
    assert row(slug).status == Status.DRAFT


def test_a_preview_shows_a_draft_to_whoever_has_the_link_until_it_is_taken_back(
    client: FlaskClient, owner: dict[str, str]
) -> None:
    slug = ready(client, owner)
    page = client.get(f"/staff/campaigns/{slug}/making/preview")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    link = re.search(r'value="http://[^/]+(/preview/[^"?]+)', page.text)
    assert link
    client.delete_cookie("staff")
    shown = client.get(link[1])
    assert (shown.status_code, shown.headers["X-Robots-Tag"]) == (200, "noindex, nofollow")
    assert "Save it" in shown.text
    assert shown.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'self'" in client.get(f"{link[1]}?framed=1").headers["Content-Security-Policy"]
    opened = client.get(f"{link[1]}?state=open").text
    assert "Nobody can sign here." in opened
    form = FormOn(opened, "/sign").values
    filled_in = {**form, "name": "A", "email": "a@example.org", "postcode": "9000", "updates": "no"}
    assert client.post(f"/en/campaigns/{slug}/sign", data=filled_in).status_code == 404
    for state, words in {"scheduled": "Not open yet", "paused": "is paused", "won": "has won"}.items():
        assert words in client.get(f"{link[1]}?state={state}").text, state
    console_user = console.token(console.signed_in(client, Role.CAMPAIGNER))
    client.post(f"/staff/campaigns/{slug}/making/preview/revoke", data=console_user)
    assert client.get(link[1]).status_code == 410


def test_the_words_of_consent_are_those_of_the_campaign_and_are_kept_as_evidence(
    client: FlaskClient, owner: dict[str, str]
) -> None:
    words = "I agree that they count me."
    own = {"consent_send_en": words, "controller": "The Board", "privacy_contact": "privacy@net.example"}
    assert save(client, f"{HOME}/privacy", **own, retention_days="30").status_code == 303
    people.forget()
    page = client.get(CAMPAIGN).text
    for said in (words, "The Board", "privacy@net.example", "30 days"):
        assert said in page, said
    people.supporter()
    assert session().scalar(text("SELECT words FROM consent_wordings WHERE kind = 'send'")) == words
    for days in ("13", "366", "x", "-1", "1e2"):
        wrong = save(client, f"{HOME}/privacy", retention_days=days)
        assert FormOn(wrong.text, "/privacy").errors.keys() == {"retention_days"}, days


def test_a_live_preview_is_made_by_the_code_that_makes_the_page(client: FlaskClient, owner: dict[str, str]) -> None:
    answer = client.post(f"{HOME}/markdown", data={**owner, "text": "**a** <script>x</script> [y](javascript:z)"})
    html = answer.get_json()["html"]
    assert "<strong>a</strong>" in html
    assert "<script" not in html
    assert "href" not in html
