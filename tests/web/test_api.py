"""The JSON twin of the form, and the counter for any site."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings, strategies as st
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from campaign.core.db import session, transaction
from campaign.signatures import ConsentWording
from tests.support import people
from tests.support.forms import BODY, CAMPAIGN, SLUG, filled
from tests.support.generated import QUICK
from tests.support.people import all_signatures

API = f"/api/v1/campaigns/{SLUG}"


def fields(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    values = {
        "csrf_token": client.get(f"{API}/form-token").json["csrf_token"],
        "name": "Marie Peeters",
        "email": "marie@example.org",
        "postcode": "9000",
        "subject": "A place for everyone",
        "body": BODY,
        "updates": "no",
        "lang": "en",
    }
    return values | changes


def post(client: FlaskClient, values: object, **options: Any) -> TestResponse:
    return client.post(f"{API}/signatures", json=values, **options)


def test_a_signature_may_come_as_json(client: FlaskClient) -> None:
    answer = post(client, fields(client, source="partner.example", public="initials"))
    assert (answer.status_code, answer.json) == (202, {"status": "check_your_mail"})
    (signature,) = all_signatures()
    assert (signature.email, signature.source, signature.public_name) == (
        "marie@example.org",
        "partner.example",
        "M. P.",
    )
    assert people.mails(kind="confirmation") == 1


def test_new_pending_signed_and_capped_addresses_get_the_same_answer(client: FlaskClient) -> None:
    people.supporter("signed@example.org")
    answers = []
    for address in ("new@example.org", "new@example.org", "signed@example.org"):
        answer = post(client, fields(client, email=address))
        answers.append((answer.status_code, answer.data, sorted(answer.headers.keys())))
    for number in range(4):
        answer = post(client, fields(client, subject=f"Subject {number}"))
        answers.append((answer.status_code, answer.data, sorted(answer.headers.keys())))
    assert all(answer == answers[0] for answer in answers)


def test_it_is_the_same_signature_as_by_the_form(client: FlaskClient) -> None:
    page = client.get(CAMPAIGN).text
    client.post(f"{CAMPAIGN}/sign", data=filled(page, public="hidden"))
    post(client, fields(client))
    assert len(all_signatures()) == 1


def test_errors_name_each_field(client: FlaskClient) -> None:
    answer = post(client, {"csrf_token": fields(client)["csrf_token"], "email": "marie"})
    assert answer.status_code in (400, 422)
    error = answer.json["error"]
    assert set(error["fields"]) == {"name", "email", "postcode", "subject", "body", "updates"}
    assert error["message"]
    assert error["code"]


@pytest.mark.parametrize("lang", ["fr", "nl", "de"])
def test_the_language_is_the_one_that_was_sent_and_not_the_browsers(client: FlaskClient, lang: str) -> None:
    post(client, fields(client, lang=lang), headers={"Accept-Language": "en"})
    (signature,) = all_signatures()
    assert signature.lang == lang
    assert set(session().scalars(select(ConsentWording.lang))) == {lang}


def test_a_language_that_is_not_there_is_an_error_of_its_field(client: FlaskClient) -> None:
    for lang in ["xx", "", None, ["en"], 7, {"a": 1}]:
        answer = post(client, fields(client, lang=lang))
        assert answer.status_code == 400
        assert list(answer.json["error"]["fields"]) == ["lang"]


def test_without_a_token_of_this_campaign_nothing_is_signed(client: FlaskClient) -> None:
    for token in ["", "x", None, 7, "\ud800"]:
        values = json.dumps(fields(client, csrf_token=token))
        answer = client.post(f"{API}/signatures", data=values, content_type="application/json")
        assert answer.status_code in (400, 422)
        assert all_signatures() == []


def test_what_is_no_json_object_is_an_error_in_json(client: FlaskClient) -> None:
    for body in [
        "",
        "{",
        "[]",
        '"x"',
        "null",
        "7",
        "NaN",
        '{"name": ',
        "[" * 50_000,
        '{"a":' * 5000,
        "\ufeff{}",
        "\x00",
    ]:
        answer = client.post(f"{API}/signatures", data=body.encode(), content_type="application/json")
        assert answer.status_code == 400
        assert answer.json["error"]["message"]


def test_a_form_of_another_site_is_not_taken_for_json(client: FlaskClient) -> None:
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]:
        answer = client.post(f"{API}/signatures", data=json.dumps(fields(client)), content_type=kind)
        assert answer.status_code in (400, 403, 415)
        assert all_signatures() == []


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=50),
    st.lists(st.text(max_size=3), max_size=3),
)


@settings(QUICK, max_examples=80)
@given(
    st.dictionaries(
        st.sampled_from(["name", "email", "postcode", "country", "subject", "body", "updates", "public", "source"]), ODD
    )
)
def test_any_object_at_all_is_answered(client: FlaskClient, values: dict[str, Any]) -> None:
    answer = client.post(f"{API}/signatures", data=json.dumps(fields(client) | values), content_type="application/json")
    assert answer.status_code in (202, 400, 422)


def test_half_characters_and_nuls_in_any_field_do_no_harm(client: FlaskClient) -> None:
    for field in ["name", "email", "postcode", "country", "subject", "body", "updates", "public", "source", "lot"]:
        for value in ("\ud800", "a\udfffb" * 10, "\x00" * 30, BODY + "\ud800\x00"):
            body = json.dumps(fields(client) | {field: value})
            answer = client.post(f"{API}/signatures", data=body, content_type="application/json")
            assert answer.status_code in (202, 400, 422), (field, value)


def test_a_campaign_that_is_closed_or_not_there_says_so_in_json(client: FlaskClient) -> None:
    values = fields(client)
    assert client.post("/api/v1/campaigns/nothing/signatures", json=values).status_code == 404
    with transaction():
        session().execute(text("UPDATE campaigns SET status = 'closed'"))
    people.forget()
    answer = post(client, values)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "conflict")


@pytest.fixture
def two_a_minute(env: dict[str, str]) -> None:
    env["SIGN_LIMIT"] = "2/minute"


@pytest.mark.usefixtures("two_a_minute")
def test_form_and_json_count_against_one_limit(request: pytest.FixtureRequest) -> None:
    client: FlaskClient = request.getfixturevalue("client")
    client.post(f"{CAMPAIGN}/sign", data=filled(client.get(CAMPAIGN).text))
    assert post(client, fields(client)).status_code == 202
    answer = post(client, fields(client))
    assert (answer.status_code, answer.json["error"]["code"]) == (429, "too_many")
    assert int(answer.headers["Retry-After"]) >= 1


# The counter


def test_the_counter_is_for_any_site_and_may_be_kept_for_a_moment(client: FlaskClient) -> None:
    answer = client.get(f"{API}/counter", headers={"Origin": "https://partner.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "max-age" in answer.headers["Cache-Control"]
    assert answer.content_type == "application/json"
    assert "Set-Cookie" not in answer.headers


def test_an_unchanged_counter_is_304_and_a_changed_one_is_sent(client: FlaskClient) -> None:
    first = client.get(f"{API}/counter")
    tag = first.headers["ETag"]
    again = client.get(f"{API}/counter", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    people.supporter()
    people.forget()
    changed = client.get(f"{API}/counter", headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json["signatures"]) == (200, 1)


def test_only_the_counter_is_open_to_other_sites(client: FlaskClient) -> None:
    for path in ("/en/", CAMPAIGN, "/staff/sign-in", "/demo/mail", f"{API}/form-token", "/healthz"):
        assert "Access-Control-Allow-Origin" not in client.get(path, headers={"Origin": "https://x.example"}).headers


def test_the_stream_lives_elsewhere(client: FlaskClient) -> None:
    answer = client.get(f"{API}/counter/stream")
    assert answer.status_code == 307
    assert answer.location == f"http://127.0.0.1:8001{API}/counter/stream"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_counter_that_is_not_there_is_not_found_in_json(client: FlaskClient) -> None:
    for slug in ["nothing", "a%0d%0ab", "//evil.example", "%00", "..%2f..", "a" * 3000]:
        for end in ("counter", "counter/stream", "form-token"):
            answer = client.get(f"/api/v1/campaigns/{slug}/{end}")
            assert answer.status_code in (307, 308, 400, 404)
            assert urlsplit(answer.headers.get("Location", "")).hostname in (None, "localhost", "127.0.0.1")
