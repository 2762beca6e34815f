"""The staff corner: who gets in, for how long, and where the door leads."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign import accounts
from campaign.accounts import Role
from campaign.core import tokens
from campaign.core.db import transaction
from campaign.core.tokens import Purpose
from tests.support import people
from tests.support.forms import token

SIGN_IN = "/staff/sign-in"
EMAIL, PASSWORD = "ann@staff.example", "correct horse battery"
PAGES = ("/staff/", "/staff/outbox", "/staff/outbox?state=queued&page=2")


@pytest.fixture
def staffed(client: FlaskClient) -> FlaskClient:
    """A browser, and Ann has an account."""
    with transaction():
        home = accounts.ensure_organisation("demo", "Demo")
        accounts.create_user(EMAIL, PASSWORD, Role.CAMPAIGNER, home, actor="cli")
    return client


def sign_in(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, query: str = "") -> TestResponse:
    form = {"csrf_token": token(client.get(SIGN_IN + query).text), "email": email, "password": password}
    return client.post(SIGN_IN + query, data=form)


def secret(client: FlaskClient) -> str:
    cookie = client.get_cookie("staff")
    return cookie.value if cookie else ""


def test_nobody_sees_anything_without_signing_in(staffed: FlaskClient) -> None:
    people.supporter()
    message = people.letter_messages()[0].id
    for path in (*PAGES, f"/staff/outbox/{message}"):
        answer = staffed.get(path)
        assert answer.status_code == 303
        assert answer.location.startswith(SIGN_IN)
    assert staffed.post("/staff/sign-out").status_code == 303


def test_who_signs_in_sees_the_lanes_and_each_letters_history(staffed: FlaskClient) -> None:
    people.supporter()
    message = people.letter_messages()[0].id
    assert sign_in(staffed).status_code == 303
    for path in PAGES:
        assert staffed.get(path).status_code == 200
    page = staffed.get(f"/staff/outbox/{message}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "marie@example.org" not in page.text + staffed.get("/staff/outbox").text


def test_a_message_that_is_not_there_is_not_found(staffed: FlaskClient) -> None:
    sign_in(staffed)
    for path in ["/staff/outbox/00000000-0000-0000-0000-000000000000", "/staff/outbox/x", "/staff/outbox/%00"]:
        assert staffed.get(path).status_code == 404, path


def test_odd_questions_to_the_outbox_are_answered(staffed: FlaskClient) -> None:
    sign_in(staffed)
    for query in ["page=-5", "page=99999999999999", "page=x", "state=%00", "state=lost", "page=1&page=2"]:
        assert staffed.get(f"/staff/outbox?{query}").status_code == 200, query


def without_tokens(page: str) -> str:
    return re.sub(r'value="[^"]{40,}"', "", page)


def test_unknown_user_and_wrong_password_get_the_same_answer(staffed: FlaskClient) -> None:
    wrong = sign_in(staffed, password="not the password")
    unknown = sign_in(staffed, email="bob@staff.example", password="not the password")
    assert wrong.status_code == unknown.status_code == 422
    assert without_tokens(wrong.text).replace(EMAIL, "") == without_tokens(unknown.text).replace(
        "bob@staff.example", ""
    )
    assert "wrong" in wrong.text
    assert "Set-Cookie" not in wrong.headers
    assert "not the password" not in wrong.text


def test_a_planted_cookie_is_not_kept(staffed: FlaskClient) -> None:
    staffed.set_cookie("staff", "planted-by-somebody-else")
    assert staffed.get("/staff/").status_code == 303
    sign_in(staffed)
    assert secret(staffed) not in ("", "planted-by-somebody-else")
    staffed.set_cookie("staff", "planted-by-somebody-else")
    assert staffed.get("/staff/").status_code == 303


def test_signing_in_again_gives_a_new_secret(staffed: FlaskClient) -> None:
    sign_in(staffed)
    first = secret(staffed)
    staffed.delete_cookie("staff")
    sign_in(staffed)
    assert secret(staffed) != first


def test_the_cookie_is_for_this_browser_and_this_site_only(staffed: FlaskClient) -> None:
    cookie = sign_in(staffed).headers["Set-Cookie"]
    assert cookie.startswith("staff=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"):
        assert part in cookie
    assert "Domain" not in cookie


@pytest.fixture
def https(env: dict[str, str]) -> None:
    env["PUBLIC_URL"] = "https://letters.example"


@pytest.mark.usefixtures("https")
def test_over_https_the_cookie_is_secure_and_bound_to_the_host(request: pytest.FixtureRequest) -> None:
    staffed: FlaskClient = request.getfixturevalue("staffed")
    cookie = sign_in(staffed).headers["Set-Cookie"]
    assert cookie.startswith("__Host-staff=")
    assert "Secure" in cookie
    assert staffed.get("/en/").headers["Strict-Transport-Security"]


def test_a_session_ends_when_its_password_changes(staffed: FlaskClient) -> None:
    sign_in(staffed)
    assert staffed.get("/staff/outbox").status_code == 200
    with transaction():
        accounts.set_password(EMAIL, "another good password", actor="cli")
    assert staffed.get("/staff/outbox").status_code == 303


def test_signing_out_ends_the_session_in_the_database_too(staffed: FlaskClient) -> None:
    sign_in(staffed)
    kept = secret(staffed)
    page = staffed.get("/staff/outbox").text
    answer = staffed.post("/staff/sign-out", data={"csrf_token": token(page)})
    assert answer.status_code == 303
    assert secret(staffed) == ""
    staffed.set_cookie("staff", kept)
    assert staffed.get("/staff/outbox").status_code == 303


def test_another_site_cannot_sign_anybody_out_or_in(staffed: FlaskClient) -> None:
    form = {"csrf_token": token(staffed.get(SIGN_IN).text), "email": EMAIL, "password": PASSWORD}
    assert staffed.post(SIGN_IN, data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert staffed.post(SIGN_IN, data=form | {"csrf_token": ""}).status_code == 422
    sign_in(staffed)
    staffed.post("/staff/sign-out", data={"csrf_token": "x"})
    assert staffed.get("/staff/outbox").status_code == 200


def test_a_session_ends_after_half_an_hour_without_use_and_after_twelve_hours_of_it(staffed: FlaskClient) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        sign_in(staffed)
        clock.move_to(start + timedelta(minutes=29))
        assert staffed.get("/staff/outbox").status_code == 200
        clock.move_to(start + timedelta(minutes=58))
        assert staffed.get("/staff/outbox").status_code == 200, "use keeps it alive"
        clock.move_to(start + timedelta(minutes=89))
        assert staffed.get("/staff/outbox").status_code == 303
        sign_in(staffed)
        for minutes in range(89, 89 + 12 * 60, 20):
            clock.move_to(start + timedelta(minutes=minutes))
            assert staffed.get("/staff/outbox").status_code == 200, minutes
        clock.move_to(start + timedelta(minutes=89 + 12 * 60 + 1))
        assert staffed.get("/staff/outbox").status_code == 303


@pytest.mark.parametrize("wanted", ["/staff/outbox?state=failed", "/staff/outbox/00000000-0000-0000-0000-000000000000"])
def test_after_signing_in_staff_are_where_they_wanted_to_be(staffed: FlaskClient, wanted: str) -> None:
    """As a browser does it: the redirect, the page, its own form."""
    door = staffed.get(wanted).location
    page = staffed.get(door).text
    action = re.search(r'<form[^>]*action="([^"]*sign-in[^"]*)"', page)
    assert action
    form = {"csrf_token": token(page), "email": EMAIL, "password": PASSWORD}
    answer = staffed.post(action[1].replace("&amp;", "&"), data=form)
    assert answer.status_code == 303
    assert answer.location.removesuffix("?") == wanted


OUTSIDE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/staff/\\..\\..\\evil.example",
    "/staff//evil.example",
    "/staff/../../evil",
    "http:/staff/",
    "javascript:alert(1)//staff/",
    "/staff@evil.example",
    "https://127.0.0.1@evil.example/staff/",
    "/staff/\r\nSet-Cookie: x=y",
    "/en/",
    " /staff/",
    "\t//evil.example/staff/",
    "%2f%2fevil.example",
    "",
]


def test_next_cannot_leave_the_site(staffed: FlaskClient) -> None:
    for number, wanted in enumerate(OUTSIDE):
        form = {"csrf_token": tokens.sign(Purpose.STAFF_SIGN_IN, "sign-in"), "email": EMAIL, "password": PASSWORD}
        network = {"REMOTE_ADDR": f"192.0.2.{number}"}
        answer = staffed.post(SIGN_IN, query_string={"next": wanted}, data=form, environ_overrides=network)
        assert answer.status_code == 303, wanted
        assert re.match(r"/staff/", answer.location), wanted
        assert "\\" not in answer.location, wanted
        assert len(answer.headers.getlist("Set-Cookie")) == 1, wanted


def test_guessing_is_slowed_down_per_network(staffed: FlaskClient) -> None:
    statuses = [sign_in(staffed, password="wrong password").status_code for _ in range(12)]
    assert statuses.count(422) == 10
    assert statuses[-1] == 429


@pytest.mark.parametrize("field", ["email", "password", "csrf_token"])
def test_hostile_values_are_just_wrong(staffed: FlaskClient, field: str) -> None:
    for value in ("\x00", "a\x00b@staff.example", "<script>alert(1)</script>", "x" * 50_000, "' OR 1=1 --", "\u202e"):
        form = {"csrf_token": token(staffed.get(SIGN_IN).text), "email": EMAIL, "password": PASSWORD, field: value}
        answer = staffed.post(SIGN_IN, data=form)
        assert answer.status_code in (400, 422), (field, value[:20])
        assert "<script>alert" not in answer.text


def test_the_console_in_numbers_follows_the_ledger(staffed: FlaskClient) -> None:
    for number in range(3):
        people.supporter(f"person{number}@example.org")
    sign_in(staffed)
    page = staffed.get("/staff/outbox?state=queued").text
    assert page.count("/staff/outbox/") >= 6
