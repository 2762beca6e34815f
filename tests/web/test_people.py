"""Accounts, team, keys and the log, as their pages work without script."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from campaign import accounts
from campaign.accounts import Role, Scope
from campaign.accounts.models import Invitation, StaffSession, User
from campaign.core import audit, limits
from campaign.core.db import session, transaction
from campaign.outbox import Message
from tests.support import console, people
from tests.support.forms import SLUG

NEW = "another horse and its battery"


@pytest.fixture
def ann(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """The owner, signed in."""
    monkeypatch.setattr(limits, "check", lambda name, rate, who: None)
    return console.signed_in(client)


def post(client: FlaskClient, user: UUID, path: str, **fields: str) -> TestResponse:
    return client.post(f"/staff/{path}", data={**console.token(user), **fields})


def secret(client: FlaskClient) -> str:
    cookie = client.get_cookie("staff")
    return cookie.value if cookie else ""


def forget_sudo() -> None:
    with transaction():
        session().execute(update(StaffSession).values(sudo_at=datetime.now(UTC) - timedelta(minutes=16)))


def home() -> UUID:
    with transaction():
        return accounts.ensure_organisation("demo", "Demo").id


DANGEROUS = ["account/email", "account/password", "account/second-factor", "api-keys", "audit.csv"]


@pytest.mark.parametrize("page", DANGEROUS)
def test_what_is_dangerous_asks_for_the_password_once_more(client: FlaskClient, ann: UUID, page: str) -> None:
    assert client.get(f"/staff/{page}", buffered=True).status_code == 200, "a fresh sign-in is enough"
    forget_sudo()
    answer = client.get(f"/staff/{page}")
    assert answer.location == f"/staff/confirm?next=/staff/{page}"
    before = secret(client)
    assert post(client, ann, f"confirm?next=/staff/{page}", password="wrong").status_code == 422
    assert client.get(f"/staff/{page}").status_code == 303
    answer = post(client, ann, f"confirm?next=/staff/{page}", password=console.PASSWORD)
    assert answer.location == f"/staff/{page}"
    assert secret(client) != before, "the session got another secret"
    assert client.get(f"/staff/{page}", buffered=True).status_code == 200
    client.set_cookie("staff", before)
    assert client.get("/staff/account").status_code == 303


def test_a_post_without_it_comes_back_to_its_page(client: FlaskClient, ann: UUID) -> None:
    forget_sudo()
    answer = post(client, ann, "account/second-factor/start")
    assert answer.location == "/staff/confirm?next=/staff/account/second-factor"
    assert accounts.factor.waiting(ann) is None


def test_confirming_is_throttled_like_signing_in(client: FlaskClient, ann: UUID) -> None:
    forget_sudo()
    for _ in range(10):
        post(client, ann, "confirm", password="wrong")
    assert post(client, ann, "confirm", password=console.PASSWORD).status_code == 422


def test_name_and_language_follow_the_form(client: FlaskClient, ann: UUID) -> None:
    assert post(client, ann, "account", name="Ann Ó Dálaigh", lang="nl").status_code == 303
    page = client.get("/staff/account")
    assert 'lang="nl"' in page.text
    assert "Ann Ó Dálaigh" in page.text
    wrong = post(client, ann, "account", name="x" * 101, lang="nl")
    assert wrong.status_code == 422
    assert "x" * 101 in wrong.text, "what was typed is kept"


def test_another_password_ends_every_session(client: FlaskClient, ann: UUID) -> None:
    weak = post(client, ann, "account/password", password="password1234")
    assert weak.status_code == 422
    assert "Many people" in weak.text
    assert post(client, ann, "account/password", password=NEW).location == "/staff/sign-in"
    assert session().scalars(select(StaffSession)).all() == []
    assert session().scalars(select(Message).where(Message.kind == "staff_password")).one().owner == home()


def test_another_address_counts_once_its_mailbox_has_answered(client: FlaskClient, ann: UUID) -> None:
    assert post(client, ann, "account/email", email="ann@new.example").status_code == 303
    assert accounts.user_of("owner@demo.example").id == ann
    kinds = set(session().scalars(select(Message.kind).where(Message.ref == ann)))
    assert kinds == {"staff_email", "staff_email_asked"}
    link = re.search(r"/staff/email/\S+", accounts.composers.email(ann).text)
    assert link
    assert client.get(link[0]).status_code == 200
    assert accounts.user_of("owner@demo.example").id == ann, "looking changes nothing"
    assert client.post(link[0]).status_code == 303
    session().rollback()
    assert accounts.user_of("ann@new.example").id == ann
    assert client.post(link[0]).status_code == 410


def test_an_address_that_has_an_account_is_not_written_to_and_the_page_says_the_same(
    client: FlaskClient, ann: UUID
) -> None:
    console.member(email="bob@staff.example")
    assert post(client, ann, "account/email", email="bob@staff.example").status_code == 303
    assert session().scalars(select(Message).where(Message.kind == "staff_email")).all() == []


def test_a_second_factor_is_set_up_shown_once_and_ends_other_sessions(client: FlaskClient, ann: UUID) -> None:
    with transaction():
        other = accounts.begin(ann, accounts.ensure_organisation("demo", "Demo").id, accounts.Device())
    before = secret(client)
    assert post(client, ann, "account/second-factor/start").status_code == 303
    page = client.get("/staff/account/second-factor").text
    assert "<svg" in page
    waiting = accounts.factor.waiting(ann)
    assert waiting
    assert post(client, ann, "account/second-factor/prove", code="000000").status_code == 422
    code = pyotp.TOTP(waiting).at(int(datetime.now(UTC).timestamp()))
    shown = post(client, ann, "account/second-factor/prove", code=code)
    assert shown.status_code == 201
    assert shown.headers["Cache-Control"] == "no-store"
    assert len(re.findall(r'<li class="detail">([^<]+)</li>', shown.text)) == 10
    assert accounts.whose(other) is None
    assert secret(client) != before
    page = client.get("/staff/account/second-factor").text
    assert waiting not in page.replace(" ", "")
    assert '<svg viewBox="0 0 24' in page or "qr" not in page


def test_recovery_codes_as_a_file(client: FlaskClient, ann: UUID) -> None:
    with transaction():
        session().execute(update(User).where(User.id == ann).values(totp_secret="x" * 32))
    answer = post(client, ann, "account/second-factor/codes", **{"as": "file"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(re.findall(r"^[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\r$", answer.text, re.MULTILINE)) == 10


def test_where_a_second_factor_is_wanted_nothing_else_opens_without_one(client: FlaskClient, ann: UUID) -> None:
    assert post(client, ann, "team/second-factor", wanted="yes").status_code == 303
    for page in ("", "team", "account", "audit", f"campaigns/{SLUG}"):
        assert client.get(f"/staff/{page}").location == "/staff/account/second-factor", page
    assert client.get("/staff/account/second-factor").status_code == 200
    assert post(client, ann, "sign-out").status_code == 303


def test_browsers_are_listed_and_signed_out(client: FlaskClient, ann: UUID) -> None:
    with transaction():
        place = accounts.ensure_organisation("demo", "Demo").id
        phone = accounts.begin(ann, place, accounts.Device("Safari", "iOS"))
        tablet = accounts.begin(ann, place, accounts.Device("Firefox", "Android"))
    assert "Safari · iOS" in client.get("/staff/account").text
    theirs = accounts.whose(phone)
    assert theirs
    assert post(client, ann, f"account/sessions/{theirs.session_id}/end").status_code == 303
    assert accounts.whose(phone) is None
    assert accounts.whose(tablet)
    assert post(client, ann, "account/sessions/end-others").status_code == 303
    assert accounts.whose(tablet) is None
    assert client.get("/staff/account").status_code == 200


def test_nobody_ends_somebody_elses_session(client: FlaskClient, ann: UUID) -> None:
    bob = console.member(email="bob@staff.example")
    with transaction():
        bobs = accounts.begin(bob, accounts.ensure_organisation("demo", "Demo").id, accounts.Device())
    theirs = accounts.whose(bobs)
    assert theirs
    assert post(client, ann, f"account/sessions/{theirs.session_id}/end").status_code == 404
    assert accounts.whose(bobs)


def test_turning_to_another_organisation_gives_a_new_secret_and_asks_again(client: FlaskClient, ann: UUID) -> None:
    with transaction():
        other = accounts.ensure_organisation("other", "Other")
        session().add(accounts.Membership(user_id=ann, organisation_id=other.id, role=Role.VIEWER))
        strange = accounts.ensure_organisation("strange", "Strange").id
    assert post(client, ann, "organisation", organisation=str(strange)).status_code == 400
    before = secret(client)
    assert post(client, ann, "organisation", organisation=str(other.id)).status_code == 303
    assert secret(client) != before
    assert client.get("/staff/team").status_code == 403, "a viewer there"
    assert client.get("/staff/account/email").location.startswith("/staff/confirm")


def test_a_team_from_invitation_to_removal_and_back(client: FlaskClient, ann: UUID) -> None:
    assert post(client, ann, "team/invite", email="Bob@Staff.example", role="moderator", lang="nl").status_code == 303
    assert "Bob@staff.example is invited." in client.get("/staff/team").text
    again = post(client, ann, "team/invite", email="bob@staff.example", role="viewer", lang="nl")
    assert again.status_code == 422
    assert 'value="bob@staff.example"' in again.text
    id_ = session().scalars(select(Invitation.id)).one()
    link = re.search(r"/staff/invitation/\S+", accounts.composers.invitation(id_).text)
    assert link
    bobs = client.application.test_client()
    assert 'lang="nl"' in bobs.get(link[0]).text
    joined = bobs.post(link[0], data={"name": "Bob", "lang": "nl", "password": NEW})
    assert joined.location == "/staff/sign-in"
    assert bobs.get(link[0]).status_code == 410
    bob = accounts.user_of("bob@staff.example").id
    assert post(client, ann, f"team/{bob}/role", role="campaigner").status_code == 303
    assert post(client, ann, f"team/{bob}/remove").status_code == 303
    page = client.get("/staff/team").text
    undo = re.search(r'action="/staff/(team/undo/[^"]+)"', page.partition("no longer in the team")[2])
    assert undo
    assert post(client, ann, undo[1]).status_code == 303
    assert {one.email: one.role for one in accounts.team.members(home())}["Bob@staff.example"] == Role.CAMPAIGNER


def test_the_last_owner_hears_why_they_stay(client: FlaskClient, ann: UUID) -> None:
    answer = post(client, ann, f"team/{ann}/remove")
    assert answer.status_code == 409
    assert "last owner" in answer.text


def test_a_key_is_shown_once_and_opens_what_it_is_for(client: FlaskClient, ann: UUID) -> None:
    people.supporter()
    assert post(client, ann, "api-keys", name="", days="90").status_code == 422
    shown = post(client, ann, "api-keys", name="Map", scopes="figures:read", days="90")
    assert shown.status_code == 201
    key = re.search(r"postbag_[\w-]{40,}", shown.text)
    assert key
    assert key[0] not in client.get("/staff/api-keys").text
    program = client.application.test_client()
    bearer = {"Authorization": f"Bearer {key[0]}"}
    listed = program.get("/api/v1/staff/campaigns", headers=bearer)
    assert [campaign["slug"] for campaign in listed.json["campaigns"]] == [SLUG]
    figures = program.get(f"/api/v1/staff/campaigns/{SLUG}/figures", headers=bearer)
    assert figures.json["signatures"] == 1
    assert figures.headers["Cache-Control"] == "no-store"
    id_ = accounts.all_keys(home())[0].id
    assert accounts.all_keys(home())[0].used_at
    assert post(client, ann, f"api-keys/{id_}/revoke").status_code == 303
    gone = program.get("/api/v1/staff/campaigns", headers=bearer)
    assert (gone.status_code, gone.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("header", "slug", "status"),
    [
        ("", SLUG, 401),
        ("Bearer wrong", SLUG, 401),
        ("Basic {key}", SLUG, 401),
        ("Bearer {narrow}", SLUG, 403),
        ("Bearer {theirs}", SLUG, 404),
        ("Bearer {key}", "nothing", 404),
        ("bearer  {key}", SLUG, 200),
    ],
)
def test_programs_get_what_their_key_is_for(
    client: FlaskClient, ann: UUID, header: str, slug: str, status: int
) -> None:
    with transaction():
        ours, others = (accounts.ensure_organisation(name, name).id for name in ("demo", "other"))
        keys = {
            "key": accounts.make_key(ours, "k", [Scope.FIGURES], None, by=ann, actor="test"),
            "narrow": accounts.make_key(ours, "n", [Scope.EXPORT], None, by=ann, actor="test"),
            "theirs": accounts.make_key(others, "t", [Scope.FIGURES], None, by=ann, actor="test"),
        }
    answer = client.get(f"/api/v1/staff/campaigns/{slug}/figures", headers={"Authorization": header.format(**keys)})
    assert answer.status_code == status
    assert answer.is_json


def test_a_staff_session_is_no_key(client: FlaskClient, ann: UUID) -> None:
    assert client.get("/api/v1/staff/campaigns").status_code == 401


def test_the_log_is_read_with_filters_and_as_a_file(client: FlaskClient, ann: UUID) -> None:
    with time_machine.travel(datetime(2026, 11, 1, 23, 30, tzinfo=UTC), tick=False), transaction():
        audit.record(f"staff:{ann}", "x.hostile", '=HYPERLINK("x")', accounts.ensure_organisation("demo", "D").id)
    page = client.get("/staff/audit?what=x.&who=&from=2026-11-02&to=2026-11-02").text
    assert "x.hostile" in page, "a day is a day in Brussels"
    assert "<td" not in client.get("/staff/audit?what=x.&to=2026-11-01").text
    for odd in (
        "page=x",
        "page=-3",
        "from=x",
        "from=99999-01-01",
        "to=9999-12-31",
        "who=%00",
        "record=%27",
        "page=9999999",
    ):
        assert client.get(f"/staff/audit?{odd}").status_code == 200, odd
    answer = client.get("/staff/audit.csv?what=x.", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert [(row["who"], row["record"]) for row in rows] == [("owner@demo.example", '\'=HYPERLINK("x")')]
