"""Every answer that SendGrid can give, against the table in the documents."""

import re
from datetime import timedelta
from email.message import Message as Headers
from email.utils import format_datetime
from pathlib import Path

import pytest

from campaign.core.clock import now
from campaign.outbox import Later, Refused, Sent, Stopped, Unknown
from campaign.outbox.transports.sendgrid_line import Reply
from campaign.outbox.transports.sendgrid_outcomes import OUTCOMES, REST_MAX, REST_SECONDS, answer, rest
from tests.support.sendgrid import complaint

DOCUMENT = Path(__file__).parents[3] / "docs" / "mail.md"
BODIES = (b"", complaint("personalizations.0.to.0.email"), complaint("from.email"))


def reply(status: int, body: bytes = b"", **headers: str) -> Reply:
    made = Headers()
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return Reply(status, made, body)


def test_the_table_in_the_documents_is_the_table_in_the_code() -> None:
    section = DOCUMENT.read_text().split("### What comes back")[1].split("Without an answer")[0]
    documented = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", section, re.MULTILINE)[1:]
    assert [when for when, _answer in documented] == [line.when for line in OUTCOMES]
    for line, (_when, words) in zip(OUTCOMES, documented, strict=True):
        statuses = [status for status in range(1000) if status in line.statuses]
        given = {type(line.answer(reply(status, body))).__name__.lower() for status in statuses[:3] for body in BODIES}
        assert given == set(words.split(" or "))


def test_every_status_has_one_of_the_five_answers_and_a_reason_in_our_own_words() -> None:
    secret = b'{"errors":[{"message":"marie@example.org SG.key","field":"marie@example.org SG.key"}]}'
    for status in range(100, 1000):
        found = answer(reply(status, secret, X_Message_Id="abc"))
        assert isinstance(found, Sent) == (status == 202)
        if not isinstance(found, Sent):
            assert not re.search("marie|SG", found.reason)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, Unknown), (201, Unknown), (202, Sent), (204, Unknown),
        (301, Stopped), (302, Stopped), (307, Stopped), (308, Stopped),
        (401, Stopped), (402, Stopped), (403, Stopped), (404, Stopped), (405, Stopped), (406, Stopped), (451, Stopped),
        (408, Later), (413, Refused), (425, Later), (429, Later),
        (500, Unknown), (501, Unknown), (502, Unknown), (503, Unknown), (504, Unknown), (520, Unknown), (999, Unknown),
    ],
)  # fmt: skip
def test_a_status(status: int, kind: type) -> None:
    found = answer(reply(status))
    assert type(found) is kind
    if isinstance(found, Later):
        assert found.lane
        assert not found.counted


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (complaint("personalizations.0.to.0.email"), Refused),
        (complaint("subject"), Refused),
        (complaint("content.0.value", "personalizations"), Refused),
        (complaint("reply_to.email"), Refused),
        (complaint("from.name"), Refused),
        (complaint(None), Refused),
        (complaint("from.email"), Stopped),
        (complaint("headers"), Stopped),
        (complaint("tracking_settings.open_tracking"), Stopped),
        (complaint("subject", "from.email"), Stopped),
        (complaint(), Stopped),
        (b"", Stopped),
        (b"<html>400 The plain HTTP request was sent to HTTPS port</html>", Stopped),
        (b"[]", Stopped),
        (b'{"errors": 5}', Stopped),
        (b'{"errors": ["x"]}', Stopped),
        (b'{"errors": null}', Stopped),
        (b"\xff\xfe", Stopped),
    ],
)
def test_a_complaint_is_final_only_when_sendgrid_itself_makes_it_of_this_message(
    status: int, body: bytes, kind: type
) -> None:
    found = answer(reply(status, body))
    assert type(found) is kind
    if body.startswith(b'{"errors": [{"message": "is not right", "field": "personalizations'):
        assert isinstance(found, Refused)
        assert "personalizations.0.to.0.email" in found.reason


@pytest.mark.parametrize("provider_id", ["", "x" * 101, "a b", "<a@b>", "abc\x00"])
def test_a_strange_provider_id_is_not_kept(provider_id: str) -> None:
    assert answer(reply(202, X_Message_Id=provider_id)) == Sent(None)


def test_a_rest_lasts_until_the_reset_by_the_clock_of_the_one_who_named_it() -> None:
    there = now().replace(microsecond=0) + timedelta(hours=5)
    reset = str(int(there.timestamp()) + 42)
    assert rest(reply(429, Date=format_datetime(there), X_RateLimit_Reset=reset).headers) == 42
    ours = str(int(now().timestamp()) + 42)
    assert rest(reply(429, X_RateLimit_Reset=ours).headers) == pytest.approx(42, abs=2)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, REST_SECONDS),
        ({"Retry_After": "17"}, 17),
        ({"X_RateLimit_Reset": "17"}, 17),
        ({"X_RateLimit_Reset": "5", "Retry_After": "17"}, 17),
        ({"X_RateLimit_Reset": "soon", "Retry_After": "17"}, 17),
        ({"Retry_After": "0"}, 1),
        ({"X_RateLimit_Reset": "1000000001"}, 1),
        ({"X_RateLimit_Reset": "999999999999"}, REST_MAX),
        ({"Retry_After": "86400"}, REST_MAX),
        ({"X_RateLimit_Reset": "-5"}, REST_SECONDS),
        ({"X_RateLimit_Reset": "1e9"}, REST_SECONDS),
        ({"X_RateLimit_Reset": "٣"}, REST_SECONDS),
        ({"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 1),
        ({"Retry_After": "Wed, 99 Oct 2015 07:28:00 GMT"}, REST_SECONDS),
        ({"Date": "Wed, 21 Oct 2015 07:28:00 GMT", "Retry_After": "Wed, 21 Oct 2015 07:29:30 GMT"}, 90),
        ({"Date": "Wed, 21 Oct 99999999999 07:28:00 GMT", "Retry_After": "17"}, 17),
    ],
)
def test_a_rest_that_is_named_strangely(headers: dict[str, str], seconds: float) -> None:
    assert rest(reply(429, b"", **headers).headers) == seconds
