"""The door: guesses, codes, cookies that were planted, and sessions that are over."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from campaign import accounts
from campaign.accounts import factor
from campaign.accounts.models import HalfSignIn, StaffSession
from campaign.core import limits, tokens
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from campaign.outbox import Message
from tests.support import console
from tests.support.console import PASSWORD

ANN = "ann@staff.example"
NOON = datetime(2026, 11, 22, 12, 0, 15, tzinfo=UTC)


@pytest.fixture
def ann(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """She has an account; only the limit in the database counts guesses."""
    monkeypatch.setattr(limits, "check", lambda name, rate, who: None)
    return console.member(email=ANN)


@pytest.fixture
def evaluated(ann: UUID, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were compared with a hash."""
    seen: list[str] = []
    real = accounts.sign_in.__globals__["matches"]

    def matches(stored: str | None, password: str) -> bool:
        seen.append(password)
        return bool(real(stored, password))

    monkeypatch.setitem(accounts.sign_in.__globals__, "matches", matches)
    return seen


def sign_in(
    client: FlaskClient, password: str = PASSWORD, email: str = ANN, network: str = "192.0.2.1"
) -> TestResponse:
    form = {"csrf_token": tokens.sign(Purpose.STAFF_SIGN_IN, "sign-in"), "email": email, "password": password}
    return client.post("/staff/sign-in", data=form, environ_overrides={"REMOTE_ADDR": network})


def half(client: FlaskClient) -> str:
    cookie = client.get_cookie("staff-half")
    return cookie.value if cookie else ""


def code(client: FlaskClient, digits: str) -> TestResponse:
    form = {"csrf_token": tokens.sign(Purpose.STAFF_SIGN_IN, half(client) or "none"), "code": digits}
    return client.post("/staff/sign-in/code", data=form)


def is_in(client: FlaskClient) -> bool:
    return client.get("/staff/account").status_code == 200


@pytest.fixture
def app_on_her_phone(ann: UUID) -> pyotp.TOTP:
    with time_machine.travel(NOON - timedelta(hours=1), tick=False):
        with transaction():
            factor.start(ann)
        secret = factor.waiting(ann)
        assert secret
        phone = pyotp.TOTP(secret)
        with transaction():
            factor.prove(ann, phone.at(int(datetime.now(UTC).timestamp())))
    return phone


def test_of_a_thousand_guesses_ten_are_evaluated_and_the_right_one_comes_too_late(
    client: FlaskClient, evaluated: list[str]
) -> None:
    answers = [sign_in(client, f"guess number {number}") for number in range(1000)]
    assert len(evaluated) == 10
    late = sign_in(client)
    assert len(evaluated) == 10
    pages = {re.sub(r'value="[^"]{40,}"', "", answer.text) for answer in [*answers, late]}
    assert len(pages) == 1, "an answer does not say whether it was evaluated"
    assert {answer.status_code for answer in [*answers, late]} == {422}
    assert not is_in(client)


def test_from_a_thousand_networks_fifty_are_evaluated(client: FlaskClient, evaluated: list[str]) -> None:
    for number in range(200):
        sign_in(client, "wrong", network=f"198.51.100.{number}")
    assert len(evaluated) == 50


def test_guesses_at_nobody_are_counted_and_evaluated_alike(client: FlaskClient, evaluated: list[str]) -> None:
    nobody = [sign_in(client, "wrong", "nobody@staff.example").text for _ in range(15)]
    somebody = [sign_in(client, "wrong").text for _ in range(15)]
    assert len(evaluated) == 20
    strip = [re.sub(r'value="[^"]*"', "", text) for text in nobody + somebody]
    assert len(set(strip)) == 1


def test_a_right_password_alone_opens_nothing_where_there_is_a_second_factor(
    client: FlaskClient, app_on_her_phone: pyotp.TOTP
) -> None:
    answer = sign_in(client)
    assert answer.location == "/staff/sign-in/code"
    assert client.get_cookie("staff") is None
    assert not is_in(client)
    client.set_cookie("staff", half(client))
    assert not is_in(client), "the half's secret is no session's"
    assert session().scalar(select(func.count()).select_from(StaffSession)) == 0


def test_a_code_finishes_the_sign_in_and_works_once(client: FlaskClient, app_on_her_phone: pyotp.TOTP) -> None:
    with time_machine.travel(NOON, tick=False):
        digits = app_on_her_phone.at(int(NOON.timestamp()))
        sign_in(client)
        kept = half(client)
        assert code(client, digits).location == "/staff/"
        assert is_in(client)
        assert half(client) == ""
        client.delete_cookie("staff")
        client.set_cookie("staff-half", kept)
        assert code(client, digits).location.startswith("/staff/sign-in"), "its half is used up"
        sign_in(client)
        assert code(client, digits).status_code == 422, "and so is the code"
        assert not is_in(client)


def test_five_wrong_codes_and_the_password_is_asked_for_again(
    client: FlaskClient, app_on_her_phone: pyotp.TOTP
) -> None:
    with time_machine.travel(NOON, tick=False):
        sign_in(client)
        assert [code(client, "000000").status_code for _ in range(5)] == [422] * 5
        right = app_on_her_phone.at(int(NOON.timestamp()))
        assert code(client, right).status_code == 303
        assert not is_in(client)


def test_a_thousand_codes_are_mostly_not_looked_at(
    client: FlaskClient, app_on_her_phone: pyotp.TOTP, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(
        factor, "check", lambda user_id, digits: looked.append(digits) or (_ for _ in ()).throw(accounts.WrongCode())
    )
    for number in range(200):
        if number % 5 == 0:
            sign_in(client)
        code(client, f"{number:06}")
    assert len(looked) <= 10


def test_a_half_that_is_old_opens_nothing(client: FlaskClient, app_on_her_phone: pyotp.TOTP) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client)
        clock.move_to(NOON + timedelta(minutes=11))
        assert client.get("/staff/sign-in/code").status_code == 303
        assert code(client, app_on_her_phone.at(int(NOON.timestamp()) + 660)).status_code == 303
        assert not is_in(client)


def test_a_recovery_code_opens_once(client: FlaskClient, ann: UUID, app_on_her_phone: pyotp.TOTP) -> None:
    with transaction():
        spare = factor.renew_codes(ann)[0]
    sign_in(client)
    assert code(client, spare).location == "/staff/"
    client.delete_cookie("staff")
    sign_in(client)
    assert code(client, spare).status_code == 422


def test_a_session_that_somebody_set_beforehand_is_never_hers(client: FlaskClient, ann: UUID) -> None:
    for planted in ("planted", "x" * 43, ""):
        client.set_cookie("staff", planted)
        sign_in(client)
        cookie = client.get_cookie("staff")
        assert cookie
        assert cookie.value != planted
        client.set_cookie("staff", planted)
        assert not is_in(client)


def test_an_attackers_own_session_does_not_become_hers(client: FlaskClient, ann: UUID) -> None:
    console.member(email="eve@staff.example")
    sign_in(client, email="eve@staff.example")
    cookie = client.get_cookie("staff")
    assert cookie
    eves = cookie.value
    sign_in(client)
    client.set_cookie("staff", eves)
    assert "eve@staff.example" in client.get("/staff/account").text


@pytest.mark.parametrize("cause", ["password", "second factor", "switched off", "removed"])
def test_what_ends_every_session(client: FlaskClient, ann: UUID, cause: str) -> None:
    console.member(email="other@staff.example")
    sign_in(client)
    assert is_in(client)
    with transaction():
        if cause == "password":
            accounts.set_password(ANN, "another horse and its battery", actor="test")
        elif cause == "switched off":
            accounts.switch(ANN, False, actor="test")
        elif cause == "removed":
            accounts.team.remove(accounts.ensure_organisation("demo", "Demo").id, ann, actor="test")
        else:
            accounts.end_all(ann)
    assert not is_in(client)


def test_who_forgot_a_password_gets_a_link_and_nobody_learns_who_has_an_account(client: FlaskClient, ann: UUID) -> None:
    answers = []
    for email in (ANN, "nobody@staff.example"):
        form = {"csrf_token": tokens.sign(Purpose.STAFF_SIGN_IN, "forgotten"), "email": email}
        answers.append(client.post("/staff/forgotten", data=form))
    assert len({(answer.status_code, answer.location, answer.text) for answer in answers}) == 1
    assert [message.ref for message in session().scalars(select(Message).where(Message.kind == "staff_reset"))] == [ann]


def test_a_reset_link_works_once_and_signs_nobody_in(client: FlaskClient, ann: UUID) -> None:
    sign_in(client)
    mail = accounts.composers.reset(ann)
    found = re.search(r"/staff/reset/\S+", mail.text)
    assert found
    assert client.get(found[0]).status_code == 200
    assert client.post(found[0], data={"password": "short"}).status_code == 422
    assert client.post(found[0], data={"password": "another horse and its battery"}).location == "/staff/sign-in"
    assert not is_in(client)
    assert client.post(found[0], data={"password": "a third horse and battery"}).status_code == 410
    assert sign_in(client, "another horse and its battery").location == "/staff/"


def test_a_reset_link_ends_after_an_hour(client: FlaskClient, ann: UUID) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        found = re.search(r"/staff/reset/\S+", accounts.composers.reset(ann).text)
        assert found
        clock.move_to(start + timedelta(hours=1, seconds=2))
        assert client.get(found[0]).status_code == 410


def test_what_was_never_finished_is_purged(client: FlaskClient, app_on_her_phone: pyotp.TOTP) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client)
        clock.move_to(NOON + timedelta(days=1))
        with transaction():
            accounts.purge()
    assert session().scalar(select(func.count()).select_from(HalfSignIn)) == 0
