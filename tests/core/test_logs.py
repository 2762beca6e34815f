"""Logs hold ids and no people."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from flask.testing import FlaskClient

from campaign.core import logs
from campaign.jobs.drain import drain
from campaign.jobs.recount import recount
from campaign.jobs.schedule import sweep
from tests.support import people
from tests.support.forms import CAMPAIGN, filled
from tests.support.mail import link, mails

CANARY = "canary-marie"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, at the finest level."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.setup("tests", "debug", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logs.setup("tests", "error")


@pytest.mark.parametrize(
    "text",
    [
        "marie@example.org",
        "<marie@example.org>",
        "to=marie+x@bücher.example;",
        "o'neill@example.org",
        "a@b",
        "x:y@z.example",
    ],
)
def test_an_address_never_gets_through(text: str) -> None:
    assert "@" not in logs.clean(f"cannot send to {text} now")


def test_a_token_never_gets_through() -> None:
    token = "ImFiY2RlZjEyMzQ1Njc4OTAi.aSGkRw.Jc2dtF4eY5Tz0Qm9wq1r7W-3cTxg_ZkAa"
    assert token not in logs.clean(f"GET /confirm/{token} 404")
    assert token not in logs.clean(f"http://127.0.0.1:8000/confirm/{token}")


def test_a_line_of_a_log_is_one_line(written: io.StringIO) -> None:
    structlog.get_logger().info("event", reason='a\r\n{"event": "forged"}')
    (line,) = written.getvalue().splitlines()
    assert json.loads(line)["reason"].startswith("a")


def test_a_field_that_is_not_on_the_list_is_dropped(written: io.StringIO) -> None:
    structlog.get_logger().info("event", email="marie", subject="A place", count=3)
    line = json.loads(written.getvalue())
    assert line["count"] == 3
    assert not {"email", "subject"} & set(line)


def test_an_exceptions_message_stays_out(written: io.StringIO) -> None:
    try:
        raise ValueError(f"{CANARY} lives in Gent")
    except ValueError:
        structlog.get_logger().exception("broken")
        logging.getLogger("somewhere").exception("broken too")
    assert CANARY not in written.getvalue()
    assert "ValueError" in written.getvalue()


def test_values_nested_in_a_field_are_cleaned_too(written: io.StringIO) -> None:
    structlog.get_logger().info("event", reason={"to": f"{CANARY}@example.org"}, detail=[f"{CANARY}@example.org"])
    structlog.get_logger().info("event", reason=[f"{CANARY}@example.org"])
    structlog.get_logger().info("event", reason=ValueError(f"{CANARY}@example.org"))
    assert CANARY not in written.getvalue()


def test_the_standard_librarys_loggers_pass_the_same_filter(written: io.StringIO) -> None:
    logging.getLogger("library").warning("sent to %s with %s", f"{CANARY}@example.org", {"x": f"{CANARY}@example.org"})
    logging.getLogger("library").warning("plain", extra={"email": f"{CANARY}@example.org"})
    assert CANARY not in written.getvalue()
    assert all(json.loads(line)["level"] == "warning" for line in written.getvalue().splitlines())


def test_the_main_job_and_its_failures_leave_no_trace_of_the_person(
    client: FlaskClient, tmp_path: Path, written: io.StringIO
) -> None:
    name, email = f"{CANARY} Peeters", f"{CANARY}@example.org"
    page = client.get(CAMPAIGN)
    values = filled(page.text, name=name, email=email)
    client.post(f"{CAMPAIGN}/sign", data=values | {"postcode": "x"})
    client.post(f"{CAMPAIGN}/sign", data=values)
    client.post(f"{CAMPAIGN}/sign", data=values, headers={"Origin": f"https://{CANARY}.example"})
    drain("people")
    path = link(mails(tmp_path / "mail")[0])
    client.get(path)
    client.post(path)
    client.get(path + "x")
    client.get(f"/{CANARY}@example.org")
    client.post("/staff/sign-in", data={"email": email, "password": f"{CANARY} secret"})
    (signature,) = people.all_signatures()
    drain("letters")
    sweep()
    recount()
    text = written.getvalue()
    token = path.rpartition("/")[2]
    assert CANARY not in text
    assert token not in text
    assert signature.email == email
