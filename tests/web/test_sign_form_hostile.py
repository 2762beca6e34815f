"""The sign form against hostile input: calm answers, no markup, and nothing taken from other sites."""

import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings, strategies as st

from campaign.jobs.drain import drain
from tests.support import people
from tests.support.forms import CAMPAIGN, SLUG, filled
from tests.support.generated import QUICK
from tests.support.mail import mails, text as text_of
from tests.support.page import FormOn

SIGN = f"{CAMPAIGN}/sign"


def fill(client: FlaskClient, **values: str | None) -> dict[str, str]:
    """The page's own form filled in, all fields; None leaves one out."""
    page = client.get(CAMPAIGN).text
    whole = FormOn(page).values | filled(page) | values
    return {name: value for name, value in whole.items() if value is not None}


HOSTILE = [
    "\x00",
    "a\x00b",
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "' OR 1=1; --",
    "{{ 7*7 }}{% raw %}",
    "=?utf-8?q?a=0D=0ABcc:_v=40x.y?=",
    "a\r\nBcc: v@x.y\r\n\r\nx",
    "\u202e\u2066\u200b\ufeff",
    "\ud800".encode("utf-8", "surrogatepass"),
    b"\xff\xfe\xfa",
    "%00%0d%0a",
    "x" * 100_000,
    "🙂" * 3000,
    "../../../etc/passwd",
    "ﷺ" * 500,
    "e" + "\u0301" * 5000,
]
FIELDS = ("name", "email", "postcode", "country", "subject", "body", "updates", "public", "source", "csrf_token")


@pytest.mark.parametrize("field", FIELDS)
def test_hostile_values_in_any_field_are_answered_calmly_and_never_become_markup(
    client: FlaskClient, field: str
) -> None:
    good = fill(client)
    for value in HOSTILE:
        answer = client.post(SIGN, data=good | {field: value})
        assert answer.status_code in (303, 413, 422, 429), (field, value[:20])
        assert "<script>alert" not in answer.text
        assert "<svg onload" not in answer.text
        if field != "csrf_token":  # which is drawn anew, so anything may stand in it
            assert "49" not in FormOn(answer.text).values.get(field, "")
    for signature in people.all_signatures():
        assert not re.search(r"[\x00-\x1f\u202e]", signature.name)


@settings(QUICK, max_examples=50)
@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=200), max_size=10))
def test_any_form_at_all_is_answered(client: FlaskClient, values: dict[str, str]) -> None:
    data = {name: value.encode("utf-8", "replace") for name, value in values.items()}
    assert client.post(SIGN, data=data).status_code in (303, 422)


def test_a_field_sent_twice_or_as_a_file_is_no_way_around(client: FlaskClient) -> None:
    good = fill(client)
    twice = client.post(SIGN, data={**good, "email": ["marie@example.org", "evil"]})
    assert twice.status_code == 303
    answer = client.post(
        SIGN, data={**good, "body": (io.BytesIO(b"x" * 100), "x.txt")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert {signature.email for signature in people.all_signatures()} == {"marie@example.org"}


def test_too_much_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post(SIGN, data={**fill(client), "body": "x" * 400_000})
    assert answer.status_code == 413


def test_a_hostile_address_is_answered_calmly(client: FlaskClient) -> None:
    for path in [
        "/en/campaigns/a%00b",
        "/en/campaigns/%ED%A0%80",
        "/en/campaigns/" + "a" * 5000,
        "/e%00n/",
        "/%00",
        "/en/campaigns/..%2f..%2fetc",
        "/xx/campaigns/" + SLUG,
        "/confirm/%00",
        "/thanks/%ED%A0%80",
        "/api/v1/campaigns/%00/counter",
        "/api/v1/campaigns/a%00/form-token",
        f"{CAMPAIGN}?source=%00%ff",
        "/demo/mail?id=%00../../x",
    ]:
        assert client.get(path).status_code in (200, 400, 404, 410)


ODD_HEADERS = [
    {"Accept-Language": "x" * 8000},
    {"Accept-Language": "\u00ff;q=x"},
    {"X-Forwarded-For": "'; DROP TABLE"},
    {"User-Agent": "\u00ff" * 1000},
    {"Cookie": "staff=\u00ff\x01; staff=x"},
    {"Referer": "javascript:alert(1)"},
    {"Range": "bytes=0-1,2-3"},
    {"If-None-Match": "*"},
]


def test_hostile_headers_change_nothing(client: FlaskClient) -> None:
    for headers in ODD_HEADERS:
        assert client.get(CAMPAIGN, headers=headers).status_code in (200, 304), headers


# Other sites


def test_no_other_site_can_post_here(client: FlaskClient) -> None:
    for headers, passes in [
        ({}, True),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "http://localhost.evil.example"}, False),
        ({"Origin": "http://localhost:81"}, False),
        ({"Origin": "http://localhost@evil.example"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, False),
        ({"Sec-Fetch-Site": ""}, False),
    ]:
        answer = client.post(SIGN, data=fill(client), headers=headers)
        assert answer.status_code == (303 if passes else 403)


def test_a_foreign_host_is_refused_calmly(client: FlaskClient) -> None:
    for host in [
        "evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8000",
        "127.0.0.1@evil.example",
        "evil.example#127.0.0.1",
        "127.0.0.1, evil.example",
        "",
        " ",
        "localhost\\.evil.example",
        "[::1",
        "a" * 300,
    ]:
        answer = client.get(CAMPAIGN, headers={"Host": host})
        assert answer.status_code == 400
        assert "evil.example" not in answer.text
        assert "evil.example" not in answer.headers.get("Location", "")


def test_headers_of_proxies_that_are_not_ours_are_not_believed(client: FlaskClient) -> None:
    for headers in [
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-URL": "/staff/"},
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-Host": "evil.example"},
    ]:
        answer = client.get(CAMPAIGN, headers=headers)
        assert answer.status_code == 200
        assert "evil.example" not in answer.text
        root = client.get("/", headers=headers)
        assert "evil.example" not in root.headers["Location"]


def test_links_in_mail_come_from_the_settings_and_not_from_the_request(client: FlaskClient, tmp_path: Path) -> None:
    client.post(SIGN, data=fill(client), headers={"Host": "localhost", "X-Forwarded-Host": "evil.example"})
    drain("people")
    (mail,) = mails(tmp_path / "mail")
    assert "http://127.0.0.1:8000/confirm/" in text_of(mail)
    assert "evil.example" not in mail.as_string()
