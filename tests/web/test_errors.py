"""Failures become a page for people and JSON for programs; with the database away nothing typed is lost."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from campaign.core import tokens
from campaign.core.db import db, session
from campaign.core.tokens import Purpose
from campaign.web.public import home
from tests.support import people
from tests.support.forms import BODY, CAMPAIGN, SLUG, filled
from tests.support.page import FormOn

SIGN = f"{CAMPAIGN}/sign"


class Line:
    """The line to the database, through a link in the file system that can be cut."""

    def __init__(self, link: Path, sockets: str) -> None:
        self.link, self.sockets = link, sockets

    def cut(self) -> None:
        """New connections fail, and the open ones are gone."""
        self.link.unlink()
        session().rollback()
        db.session.remove()
        db.engine.dispose()

    def mend(self) -> None:
        self.link.symlink_to(self.sockets)


@pytest.fixture
def line(env: dict[str, str]) -> Iterator[Line]:
    """Ask for it before `client`: that app reaches the database through the link."""
    url = env["DATABASE_URL"]
    sockets = parse_qs(urlsplit(url).query)["host"][0]
    folder = Path(tempfile.mkdtemp(prefix="line-", dir="/tmp"))  # a socket's path is short
    link = folder / "pg"
    link.symlink_to(sockets)
    env["DATABASE_URL"] = url.replace(f"host={sockets}", f"host={link}")
    yield Line(link, sockets)
    link.unlink(missing_ok=True)
    folder.rmdir()


def test_with_the_database_away_what_was_typed_comes_back_and_can_be_sent_again(
    line: Line, client: FlaskClient
) -> None:
    sent = filled(client.get(CAMPAIGN).text, body=BODY + '\n\nTwo <b>paragraphs</b> & "quotes".', name="Élise O’Neill")
    line.cut()
    answer = client.post(SIGN, data=sent)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    kept = FormOn(answer.text).values
    assert kept == sent
    again = client.post(SIGN, data=kept)
    assert again.status_code == 503
    assert FormOn(again.text).values == sent
    line.mend()
    assert client.post(SIGN, data=kept).status_code == 303
    (signature,) = people.all_signatures()
    assert signature.name == "Élise O’Neill"


def test_with_the_database_away_every_page_says_so_calmly(line: Line, client: FlaskClient) -> None:
    sign_in = client.get("/staff/sign-in").text
    line.cut()
    people.forget()
    for path in ("/en/", CAMPAIGN, f"{CAMPAIGN}/live", f"/api/v1/campaigns/{SLUG}/counter", "/readyz"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "Traceback" not in answer.text
    assert client.get("/healthz").status_code == 200
    staff = client.post(
        "/staff/sign-in",
        data={**FormOn(sign_in, "/sign-in").values, "email": "a@b.example", "password": "secret words"},
    )
    assert staff.status_code == 503
    assert "secret words" not in staff.text
    line.mend()
    assert client.get("/readyz").status_code == 200
    assert client.get(CAMPAIGN).status_code == 200


def test_with_the_database_away_a_program_gets_json_and_when_to_come_again(line: Line, client: FlaskClient) -> None:
    token = client.get(f"/api/v1/campaigns/{SLUG}/form-token").json["csrf_token"]
    line.cut()
    people.forget()
    answer = client.post(f"/api/v1/campaigns/{SLUG}/signatures", json={"csrf_token": token, "lang": "en"})
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_confirmation_with_the_database_away_works_when_it_is_back(line: Line, client: FlaskClient) -> None:
    people.sign()
    path = f"/confirm/{tokens.sign(Purpose.CONFIRM, people.all_signatures()[0].id.hex)}"
    line.cut()
    assert client.post(path).status_code == 503
    assert client.get(path).status_code == 503
    line.mend()
    assert client.post(path).status_code == 303
    assert len(people.letter_messages()) == 2


def test_after_a_restart_of_the_database_at_most_the_requests_under_way_fail(client: FlaskClient) -> None:
    sent = filled(client.get(CAMPAIGN).text)
    session().rollback()
    with db.engine.connect() as one:
        one.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        one.execute(text("SELECT 1"))
    statuses = [client.post(SIGN, data=sent).status_code for _ in range(4)]
    assert set(statuses) <= {303, 503}
    assert statuses[-1] == 303
    assert statuses.count(503) <= 1
    db.session.remove()
    assert len(people.all_signatures()) == 1


def test_redis_away_is_degraded_and_signing_goes_on(
    env: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    env["REDIS_URL"] = f"unix://{tmp_path}/nobody"
    client: FlaskClient = request.getfixturevalue("client")
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "degraded")
    assert client.post(SIGN, data=filled(client.get(CAMPAIGN).text)).status_code == 303
    assert len(people.all_signatures()) == 1


def test_what_is_not_there_is_a_page_or_json_in_words(client: FlaskClient) -> None:
    for path, status in [
        ("/nothing", 404),
        ("/en/nothing", 404),
        ("/en/campaigns/nothing", 404),
        ("/xx/", 404),
        (SIGN, 405),
        ("/api/v1/nothing", 404),
        (f"/api/v1/campaigns/{SLUG}/signatures", 405),
    ]:
        answer = client.get(path)
        assert answer.status_code == status
        if path.startswith("/api/"):
            assert answer.json["error"]["message"]
            assert "Access-Control-Allow-Origin" not in answer.headers, "no other site asks for these"
        else:
            assert "<h1>" in answer.text
            assert 'lang="' in answer.text
        if status == 405:
            assert "POST" in answer.headers["Allow"]


def test_an_error_page_speaks_the_language_of_its_address(client: FlaskClient) -> None:
    page = client.get("/fr/campaigns/nothing", headers={"Accept-Language": "en"}).text
    assert 'lang="fr"' in page
    other = client.get("/nothing", headers={"Accept-Language": "de"}).text
    assert 'lang="de"' in other


def test_an_error_page_repeats_nothing_of_what_was_asked(client: FlaskClient) -> None:
    for path in [
        "/<script>alert(1)</script>",
        "/en/campaigns/<svg onload=alert(1)>",
        "/%0d%0aSet-Cookie:%20x=y",
        "/en/?x=<script>",
    ]:
        answer = client.get(path)
        assert "<script>alert" not in answer.text
        assert "<svg onload" not in answer.text
        assert "Set-Cookie" not in answer.headers


def test_a_mistake_in_the_code_is_a_calm_page_without_details(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_lang: str) -> None:
        raise KeyError("marie@example.org lives in Gent")

    monkeypatch.setattr(home.campaigns, "open_campaigns", fail)
    answer = client.get("/en/")
    assert answer.status_code == 500
    assert "marie" not in answer.text
    assert "KeyError" not in answer.text
    assert "Traceback" not in answer.text


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for path in (
        "/en/",
        CAMPAIGN,
        "/nothing",
        "/staff/sign-in",
        "/healthz",
        f"/api/v1/campaigns/{SLUG}/counter",
        "/confirm/x",
    ):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] in ("no-referrer", "strict-origin-when-cross-origin"), path


def test_no_page_has_a_script_or_a_style_in_its_text(client: FlaskClient) -> None:
    for path in ("/en/", CAMPAIGN, f"{CAMPAIGN}/live", "/en/privacy", "/staff/sign-in", "/demo/mail", "/nothing"):
        page = client.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page), path
        assert not re.search(r'(src|href)="(https?:)?//(?!127\.0\.0\.1)[^"]*\.(js|css|woff2?)"', page), path
