"""The privacy page says what is kept of receipts and answers, and for how long, as the purge does it."""

import html

import pytest
from flask.testing import FlaskClient

from campaign.privacy import RECEIPT_DAYS, REPLY_DAYS


def words(client: FlaskClient) -> str:
    return html.unescape(client.get("/en/privacy").get_data(as_text=True))


def test_it_tells_of_reports_of_mail_servers(client: FlaskClient) -> None:
    page = words(client)
    assert "What mail servers report" in page
    assert f"We erase what mail servers reported {RECEIPT_DAYS} days after it came." in page
    assert "office’s answer" not in page, "they do not come through us here"


@pytest.fixture
def env(env: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    return {**env, "INBOUND_DOMAIN": "reply.postbag.example"} if "relay" in request.node.name else env


def test_with_a_relay_it_tells_of_answers(client: FlaskClient) -> None:
    page = words(client)
    assert "The campaign’s staff can read an office’s answer to you." in page
    assert f"We erase an office’s answer {REPLY_DAYS} days after it came. One that was published stays." in page
