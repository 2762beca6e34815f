"""Answers of offices: in by SendGrid's inbound parse, on the writer's page, and for everybody where staff say so."""

from base64 import b64encode
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from campaign import replies
from campaign.accounts import Role
from campaign.core import tokens
from campaign.core.db import session
from campaign.core.tokens import Purpose
from campaign.replies import Outcome
from tests.support import console
from tests.support.forms import CAMPAIGN, SLUG
from tests.support.people import all_signatures, forget
from tests.support.replies import answer, arrive, newest, sent_letter

SECRET = "a-secret-of-the-inbound-parse-0123456789"
PATH = "/webhooks/sendgrid/inbound"
RIGHT = f"{PATH}?secret={SECRET}"
WRONG = [PATH, f"{PATH}?secret=", f"{PATH}?secret=x", f"{PATH}?secret={SECRET}x", f"{PATH}?secret=é"]
ODD = [{}, {"envelope": "[" * 5000}, {"envelope": '{"to": 7}', "headers": "\0"}, {"text": "x"}]
PAGE = f"/staff/campaigns/{SLUG}/replies"


@pytest.fixture
def env(env: dict[str, str]) -> dict[str, str]:
    return {**env, "INBOUND_DOMAIN": "reply.postbag.example", "INBOUND_SECRET": SECRET}


def parsed(letter: UUID, **changes: Any) -> dict[str, Any]:
    """What SendGrid makes of an answer."""
    to = answer(letter).partition(b"To: ")[2].partition(b"\n")[0].decode()
    return {
        "headers": "Message-ID: <1@ministry.example>\nDate: Sun, 22 Nov 2026 10:00:00 +0100\n",
        "to": to,
        "from": "Cabinet <cabinet@ministry.example>",
        "subject": "Your letter",
        "text": "We will build 500 places.",
        "envelope": f'{{"to": ["{to}"], "from": "cabinet@ministry.example"}}',
        "charsets": '{"to":"UTF-8","subject":"UTF-8","from":"UTF-8","text":"UTF-8"}',
        **changes,
    }


def inbound(
    client: FlaskClient, data: dict[str, Any], path: str = f"{PATH}?secret={SECRET}", **more: Any
) -> TestResponse:
    return client.post(path, data=data, content_type="multipart/form-data", **more)


def test_an_answer_comes_in_by_inbound_parse_once(client: FlaskClient) -> None:
    letter = sent_letter()
    said = [inbound(client, parsed(letter)) for _copy in range(2)]
    assert [(one.status_code, one.json["outcome"]) for one in said] == [(200, "reply"), (200, "duplicate")]


def test_the_secret_may_stand_where_no_access_log_holds_it(client: FlaskClient) -> None:
    basic = {"Authorization": "Basic " + b64encode(f"any:{SECRET}".encode()).decode()}
    assert inbound(client, parsed(sent_letter()), PATH, headers=basic).status_code == 200


@pytest.mark.parametrize(
    "path", [PATH, f"{PATH}?secret=", f"{PATH}?secret=x", f"{PATH}?secret={SECRET}x", f"{PATH}?secret=é"]
)
def test_without_the_secret_nothing_comes_in(client: FlaskClient, path: str) -> None:
    assert inbound(client, parsed(sent_letter()), path).status_code == 401
    assert session().scalar(text("SELECT count(*) FROM replies")) == 0


def test_other_charsets_files_and_raw_messages(client: FlaskClient) -> None:
    letter = sent_letter()
    data = parsed(letter, charsets='{"text": "iso-8859-1"}', attachments="1")
    data["text"] = BytesIO("Réponse".encode("iso-8859-1")), ""
    latin = {**data, "text": None, "attachment1": (BytesIO(b"x" * 300_000), "plan détaillé.pdf")}
    latin.pop("text")
    assert inbound(client, {**latin, "html": "<p>Réponse</p>"}).status_code == 200
    one = replies.answer(all_signatures()[0].campaign_id, newest())
    assert (one.body, one.files) == ("Réponse", ["plan détaillé.pdf"])
    raw = {"email": answer(letter, id="<2@ministry.example>").decode(), "envelope": data["envelope"]}
    assert inbound(client, raw).json == {"outcome": "reply"}


@pytest.mark.parametrize(
    "data", [{}, {"envelope": "[" * 5000}, {"envelope": '{"to": 7}', "headers": "\0"}, {"text": "x"}]
)
def test_odd_forms_break_nothing(client: FlaskClient, data: dict[str, str]) -> None:
    assert inbound(client, data).status_code in (200, 400)
    wrong = client.post(f"{PATH}?secret={SECRET}", data=b"--x\r\n", content_type="multipart/form-data; boundary=x")
    assert wrong.status_code == 400
    assert client.post(f"{PATH}?secret={SECRET}", data=b"x", content_type="text/plain").status_code == 400


def thanks(client: FlaskClient) -> str:
    return client.get(f"/thanks/{tokens.sign(Purpose.STATUS, all_signatures()[0].id.hex)}").text


def test_the_writers_page_shows_answers_and_automatic_replies_apart(client: FlaskClient) -> None:
    letter = sent_letter()
    assert arrive(answer(letter, "I am away.", auto="auto-replied", id="<2@x.example>")) == Outcome.AUTOMATIC
    page = thanks(client)
    assert "Automatic reply," in page
    assert "Answered," not in page
    arrive(answer(letter, "We will <b>build</b>."))
    assert "Answered," in thanks(client)
    assert "We will &lt;b&gt;build&lt;/b&gt;." in thanks(client)


def test_staff_read_publish_and_take_back(client: FlaskClient) -> None:
    arrive(answer(sent_letter()))
    user, id_ = console.signed_in(client, Role.CAMPAIGNER), newest()
    assert "Your letter" in client.get(PAGE).text
    page = client.get(f"{PAGE}/{id_}").text
    assert "We will build 500 places." in page
    draft = page.partition('<textarea id="text"')[2].partition("</textarea>")[0]
    assert "500 places" in draft
    assert "Marie" not in draft
    assert "I live in Gent" not in draft
    token = console.token(user)
    published = client.post(f"{PAGE}/{id_}/publish", data={**token, "text": "Dear …,\n\nWe will build <500> places."})
    assert published.status_code == 303
    forget()
    assert "We will build &lt;500&gt; places." in client.get(CAMPAIGN).text
    assert client.post(f"{PAGE}/{id_}/unpublish", data=token).status_code == 303
    forget()
    assert "500" not in client.get(CAMPAIGN).text.partition("answers-title")[2][:500]
    assert client.post(f"{PAGE}/{id_}/restore", data=token).status_code == 303
    forget()
    assert "We will build &lt;500&gt; places." in client.get(CAMPAIGN).text
    acts = session().scalars(text("SELECT action FROM audit_log WHERE action LIKE 'replies.%' ORDER BY at, id")).all()
    assert acts == ["replies.publish", "replies.unpublish", "replies.publish"]


@pytest.mark.parametrize("words", ["", "Dear MARIE  PEETERS, no.", "Write to marie@example.org", "x" * 10_001])
def test_what_names_the_writer_is_not_published(client: FlaskClient, words: str) -> None:
    arrive(answer(sent_letter()))
    user, id_ = console.signed_in(client), newest()
    said = client.post(f"{PAGE}/{id_}/publish", data={**console.token(user), "text": words})
    assert said.status_code == 422
    assert session().scalar(text("SELECT count(*) FROM replies WHERE published_at IS NOT NULL")) == 0


def test_an_automatic_reply_is_not_published(client: FlaskClient) -> None:
    arrive(answer(sent_letter(), auto="auto-replied"))
    user, id_ = console.signed_in(client), newest()
    assert "I live in Gent" in client.get(f"{PAGE}/{id_}").text
    assert client.post(f"{PAGE}/{id_}/publish", data={**console.token(user), "text": "No."}).status_code == 409
    assert "No answer yet" in client.get(PAGE).text
    assert "Your letter" in client.get(f"{PAGE}?automatic=1").text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.TRANSLATOR])
def test_roles_without_personal_data_see_no_answer(client: FlaskClient, role: Role) -> None:
    arrive(answer(sent_letter()))
    id_ = newest()
    console.signed_in(client, role)
    assert client.get(PAGE).status_code == client.get(f"{PAGE}/{id_}").status_code == 403
