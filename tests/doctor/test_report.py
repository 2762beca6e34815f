"""What was found as lines and as JSON."""

import json

import pytest

from campaign.doctor import Finding, Status, as_json, as_text, unread, worst
from campaign.doctor.finding import ok, problem, skipped, warning
from campaign.doctor.redact import redact

GOOD, LATE = ok("database", "It answers."), warning("redis", "It is away.", "Start it.")
BAD, LEFT_OUT = problem("mail transport", "Not let in.", "Look at MAIL_URL."), skipped("DNS", "A demonstration.")


def test_one_line_a_check_and_a_sum() -> None:
    assert as_text([GOOD, LATE, BAD, LEFT_OUT]).splitlines() == [
        "ok       database        It answers.",
        "warning  redis           It is away. Start it.",
        "problem  mail transport  Not let in. Look at MAIL_URL.",
        "skipped  DNS             A demonstration.",
        "",
        "1 problem and 1 warning.",
    ]


def test_sums() -> None:
    assert as_text([BAD, BAD]).endswith("\n2 problems.")
    assert as_text([GOOD, LEFT_OUT]).endswith("\nAll is well.")


def test_json_holds_the_same() -> None:
    whole = json.loads(as_json([GOOD, LATE]))
    assert whole == {
        "status": "warning",
        "checks": [
            {"check": "database", "status": "ok", "text": "It answers.", "advice": ""},
            {"check": "redis", "status": "warning", "text": "It is away.", "advice": "Start it."},
        ],
    }


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], Status.OK),
        ([GOOD, LEFT_OUT], Status.OK),
        ([LATE, GOOD], Status.WARNING),
        ([LATE, BAD, GOOD], Status.PROBLEM),
    ],
)
def test_the_worst(findings: list[Finding], expected: Status) -> None:
    assert worst(findings) is expected


def test_settings_that_cannot_be_read_are_listed_all_and_the_rest_is_skipped() -> None:
    found = unread(["SECRET_KEY is missing: signs links", "PUBLIC_URL must be an address"])
    assert [(line.check, line.status) for line in found] == [
        ("settings", Status.PROBLEM),
        ("settings", Status.PROBLEM),
        ("everything else", Status.SKIPPED),
    ]


def test_a_finding_is_one_line_without_secrets() -> None:
    said = problem("x", "The server said:\r\n  hunter22 is wrong", "Not hunter22.")
    assert redact(said, ["hunter22"]) == problem("x", "The server said: [secret] is wrong", "Not [secret].")
