"""Everything at once: in time, one check's failure spares the others, and no secret comes out."""

import threading

import pytest

from campaign.doctor import as_json, as_text, examine, processes
from campaign.doctor.finding import Findings, Status
from tests.doctor.conftest import REAL, Having
from tests.doctor.zone import Zone
from tests.support.installation import free_ports

OK, SKIPPED, WARNING, PROBLEM = Status
CHECKS = [
    *("settings", "database", "synchronous commit", "clock", "migrations"),
    *("worker people", "worker letters", "scheduler", "lane people", "lane letters"),
    *("oldest people", "oldest letters", "unsure messages"),
    *("redis", "redis memory", "redis persistence", "redis queue", "pages", "live", "mail transport", "mailbox"),
]
DOMAIN = ["sending domain", "SPF", "DKIM", "DMARC", "bounces"]


def test_every_check_has_its_line_in_its_order(having: Having) -> None:
    found = examine(having(**REAL), Zone())
    assert [finding.check for finding in found] == CHECKS + DOMAIN
    assert all(finding.text.endswith((".", ".)")) for finding in found), found


def test_what_is_not_well_says_what_to_do(having: Having) -> None:
    for finding in examine(having(**REAL), Zone()):
        assert bool(finding.advice) == (finding.status in (WARNING, PROBLEM)), finding


def test_a_demonstration_asks_no_dns(having: Having) -> None:
    zone = Zone()
    found = examine(having(), zone)
    assert [finding.check for finding in found] == [*CHECKS, "sending domain"]
    assert zone.asked == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"PUBLIC_URL": "http://letters.rivers.be"}, "not https"), ({}, "All are there")],
)
def test_settings_that_are_unwise(having: Having, changes: dict[str, str], words: str) -> None:
    assert words in examine(having(**{**REAL, **changes}), Zone())[0].text


def test_a_check_that_hangs_costs_its_own_line_only(having: Having) -> None:
    ends = threading.Event()  # the check that hangs ends by this alone
    found = examine(having(**REAL), Zone(hold=ends), seconds=2.0)
    assert not ends.is_set()
    assert (found[-1].check, found[-1].status) == ("sending domain", PROBLEM)
    assert "did not end in time" in found[-1].text
    assert [finding.check for finding in found if finding.check in CHECKS] == CHECKS
    ends.set()
    for thread in threading.enumerate():
        if thread.name.startswith("doctor"):
            thread.join(30)


def test_a_check_that_fails_says_so_and_keeps_what_was_found(having: Having, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Findings:
        raise ZeroDivisionError("canary")

    monkeypatch.setattr(processes, "check", fail)
    found = {finding.check: finding for finding in examine(having(), Zone()) if finding.status is not OK}
    assert "ZeroDivisionError" in found["database"].text
    assert "canary" not in str(found)


SECRETS = {
    "SECRET_KEY": "canary-0123456789-abcdefghijklmnop-secret",
    "SECRET_KEY_FALLBACKS": "canary-9876543210-abcdefghijklmnop-older",
    "ADDRESS_KEY": "canary-0011223344-abcdefghijklmnop-address",
    "SENDGRID_API_KEY": "SG.canary-5566778899",
}


@pytest.mark.parametrize("mail", ["smtp://who:canary%2Fpw@127.0.0.1:{port}", "smtps://who:canary/pw@x", "sendgrid:"])
@pytest.mark.parametrize("away", [True, False])
def test_no_secret_comes_out(having: Having, mail: str, away: bool) -> None:
    port = free_ports()[0]
    servers = {
        "DATABASE_URL": f"postgresql://who:canary-database@127.0.0.1:{port}/campaign",
        "REDIS_URL": f"redis://who:canary-redis@127.0.0.1:{port}/0",
    }
    there = {**REAL, **SECRETS, "MAIL_URL": mail.format(port=port), "SENDGRID_HOST": f"http://127.0.0.1:{port}"}
    found = examine(having(**there, **(servers if away else {})), Zone())
    assert PROBLEM in {finding.status for finding in found}
    assert "canary" not in as_text(found) + as_json(found)
