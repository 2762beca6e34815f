"""The sign form: every error stands beside its field, nothing typed is lost, and every answer is the same."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign.core import tokens
from campaign.core.db import session, transaction
from campaign.core.tokens import Purpose
from tests.support import people
from tests.support.forms import BODY, CAMPAIGN, SLUG, filled
from tests.support.page import FormOn, summary, title

SIGN = f"{CAMPAIGN}/sign"


def fill(client: FlaskClient, **values: str | None) -> dict[str, str]:
    """The page's own form filled in, all fields; None leaves one out."""
    page = client.get(CAMPAIGN).text
    whole = FormOn(page).values | filled(page) | values
    return {name: value for name, value in whole.items() if value is not None}


WRONG = [
    ("name", ""),
    ("name", "   "),
    ("name", "x" * 101),
    ("name", "Ann\x00Peeters"),
    ("name", "=?utf-8?q?Ann?="),
    ("name", "Ann\u202eretep"),
    ("name", "Prize at https://evil.example"),
    ("name", "visit evil.example now"),
    ("name", "marie@example.org"),
    ("email", ""),
    ("email", "   "),
    ("email", "marie"),
    ("email", "marie@localhost"),
    ("email", "a@b.example, c@d.example"),
    ("email", "m" * 250 + "@example.org"),
    ("postcode", ""),
    ("postcode", "   "),
    ("postcode", "90000"),
    ("postcode", "0123"),
    ("postcode", "<b>1"),
    ("country", "XX"),
    ("country", "Belgium"),
    ("subject", ""),
    ("subject", " \t "),
    ("subject", "x" * 151),
    ("subject", "=?utf-8?q?x?="),
    ("body", ""),
    ("body", "   \n  \n "),
    ("body", "Too short."),
    ("body", "x" * 8001),
    ("updates", None),
    ("updates", "maybe"),
    ("public", "everything"),
]


@pytest.mark.parametrize("field", sorted({name for name, _value in WRONG}))
def test_a_wrong_value_is_explained_beside_its_field_and_everything_typed_stays(
    client: FlaskClient, field: str
) -> None:
    for name, value in WRONG:
        if name != field:
            continue
        sent = fill(client, **{name: value})
        answer = client.post(SIGN, data=sent)
        page = answer.text
        case = f"{name}={value!r}"
        assert answer.status_code == 422, case
        form = FormOn(page)
        assert form.errors.get(name), case
        assert list(form.errors) == [name], case
        assert form.errors[name].split(".")[0] in re.sub(r"\s+", " ", summary(page)), case
        assert title(page).startswith("Error:"), case
        assert re.search(rf'aria-describedby="[^"]*{name}-error', page), case
        assert 'href="#' in page[page.index('id="errors"') :], case
        for other, kept in sent.items():
            if other not in (name, "csrf_token"):
                assert form.values.get(other) == kept, (case, other)
    assert people.mails() == 0


def test_names_as_people_write_them_are_taken(client: FlaskClient) -> None:
    for name in [
        "J.P. Peeters",
        "M.Peeters",
        "Ann O’Neill-Șerban",
        "Dr. Ann B. Claes",
        "李小龍",
        "Đặng Thị Hương",
        "d'Hondt, Jan",
        "X Æ A-12",
    ]:
        answer = client.post(SIGN, data=fill(client, name=name) | {"email": ""})
        assert list(FormOn(answer.text).errors) == ["email"], name


def test_all_errors_come_at_once_in_the_order_of_the_page(client: FlaskClient) -> None:
    empty = {"csrf_token": fill(client)["csrf_token"]}
    answer = client.post(SIGN, data=empty)
    assert answer.status_code == 422
    errors = FormOn(answer.text).errors
    assert list(errors) == ["subject", "body", "name", "email", "postcode", "updates"]
    assert "6 problems" in summary(answer.text)


def test_nothing_is_preset_that_somebody_must_decide(client: FlaskClient) -> None:
    values = FormOn(client.get(CAMPAIGN).text).values
    assert "updates" not in values
    assert values["public"] == "hidden"
    assert values["country"] == "BE"


def test_who_leaves_public_and_country_out_is_hidden_and_at_home(client: FlaskClient) -> None:
    answer = client.post(SIGN, data=fill(client, public=None, country=None, source=None))
    assert answer.status_code == 303
    (signature,) = people.all_signatures()
    assert (signature.public, signature.public_name, signature.country) == ("hidden", None, "BE")


def test_a_postcode_is_checked_as_its_country_writes_it(client: FlaskClient) -> None:
    for country, postcode, good in [
        ("BE", "9000", True),
        ("NL", "1012 AB", True),
        ("GB", "sw1a 1aa", True),
        ("FR", "75001", True),
        ("BE", "75001", False),
        ("be", "9000", True),
    ]:
        email = f"{country}{postcode[:4].strip()}@example.org"
        answer = client.post(SIGN, data=fill(client, country=country, postcode=postcode, email=email))
        assert answer.status_code == (303 if good else 422), postcode
        if good and country != "be":
            assert people.all_signatures()[-1].postcode == postcode.upper()


# The form's token


def test_a_form_with_a_wrong_token_keeps_everything_and_works_when_sent_once_more(client: FlaskClient) -> None:
    for kind in ["missing", "empty", "nonsense", "of another campaign", "for another thing", "old", "odd"]:
        good = fill(client)
        with time_machine.travel(datetime.now(UTC) - timedelta(hours=2, minutes=1), tick=False):
            old = tokens.sign(Purpose.SIGN_FORM, SLUG)
        wrong = {
            "missing": None,
            "empty": "",
            "nonsense": "abc.def.ghi",
            "of another campaign": tokens.sign(Purpose.SIGN_FORM, "another"),
            "for another thing": tokens.sign(Purpose.CONFIRM, SLUG),
            "old": old,
            "odd": "é\x00",
        }[kind]
        sent = {name: value for name, value in (good | {"csrf_token": wrong}).items() if value is not None}
        answer = client.post(SIGN, data=sent)
        assert answer.status_code == 422
        assert "once more" in summary(answer.text)
        again = FormOn(answer.text).values
        assert {name: value for name, value in again.items() if name != "csrf_token"} == {
            name: value for name, value in good.items() if name != "csrf_token"
        }
        assert client.post(SIGN, data=again).status_code == 303


def test_the_token_needs_no_cookie_and_public_pages_set_none(client: FlaskClient) -> None:
    page = client.get(CAMPAIGN)
    answer = client.post(SIGN, data=filled(page.text))
    for response in (page, answer, client.get(answer.location), client.get("/en/"), client.get("/en/privacy")):
        assert "Set-Cookie" not in response.headers


# The limit


@pytest.fixture
def three_a_minute(env: dict[str, str]) -> None:
    env["SIGN_LIMIT"] = "3/minute"


@pytest.mark.usefixtures("three_a_minute")
def test_over_the_limit_the_answer_is_429_with_everything_kept_and_when_to_come_again(
    env: dict[str, str], request: pytest.FixtureRequest
) -> None:
    client: FlaskClient = request.getfixturevalue("client")
    for number in range(3):
        sent = fill(client, email=f"person{number}@example.org")
        assert client.post(SIGN, data=sent | {"postcode": "x"}).status_code == 422, "a slip costs nothing"
        assert client.post(SIGN, data=sent).status_code == 303
    sent = fill(client, body=BODY + " And my own words.")
    answer = client.post(SIGN, data=sent)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert {**FormOn(answer.text).values, "csrf_token": ""} == {**sent, "csrf_token": ""}
    assert "too often" in summary(answer.text)
    assert len(people.all_signatures()) == 3


# The same answer


def test_new_pending_and_signed_addresses_get_the_same_answer(client: FlaskClient) -> None:
    people.supporter("signed@example.org")
    people.sign("pending@example.org")
    answers = []
    for address in ("new@example.org", "pending@example.org", "signed@example.org", "signed+x@example.org"):
        answer = client.post(SIGN, data=fill(client, email=address))
        page = client.get(answer.location)
        answers.append((answer.status_code, answer.location, answer.text, sorted(answer.headers.keys()), page.text))
    assert all(answer == answers[0] for answer in answers)
    assert not any("example.org" in part for part in (answers[0][1], answers[0][4]))


def test_a_capped_address_gets_the_same_answer_too(client: FlaskClient) -> None:
    first = client.post(SIGN, data=fill(client))
    for number in range(4):
        answer = client.post(SIGN, data=fill(client, subject=f"Subject {number}"))
        assert (answer.status_code, answer.location) == (first.status_code, first.location)
    assert people.mails(people.MARIE) == 3


# Campaigns that cannot be signed


@pytest.mark.parametrize(("status", "code"), [("scheduled", 409), ("closed", 409), ("draft", 404), ("archived", 404)])
def test_a_campaign_that_is_not_open_takes_nothing_and_says_so(client: FlaskClient, status: str, code: int) -> None:
    sent = fill(client)
    with transaction():
        session().execute(text("UPDATE campaigns SET status = :status"), {"status": status})
    people.forget()
    answer = client.post(SIGN, data=sent)
    assert answer.status_code == code
    assert people.all_signatures() == []
    page = client.get(CAMPAIGN)
    assert page.status_code == (200 if code == 409 else 404)
    assert "csrf_token" not in page.text
