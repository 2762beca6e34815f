"""DKIM, DMARC and bounces over tables, and the sending domain as a whole."""

import base64

import pytest

from campaign.doctor import bounces, dkim, dmarc, domain
from campaign.doctor.finding import Status
from tests.doctor.conftest import DOMAIN, REAL, Having
from tests.doctor.zone import NOT_THERE, SILENT, Records, Zone

OK, SKIPPED, WARNING, PROBLEM = Status


def key(size: int) -> str:
    """What stands where a key of so many bytes is published."""
    return base64.b64encode(b"k" * size).decode()


LONG, SHORT, STUMP = key(294), key(162), key(100)
GOOD = Zone(
    {
        DOMAIN: ["v=spf1 include:_spf.provider.be -all"],
        "_spf.provider.be": ["v=spf1 ip4:192.0.2.0/24 -all"],
        f"s1._domainkey.{DOMAIN}": [f"v=DKIM1; k=rsa; p={LONG}"],
        "_dmarc.rivers.be": ["v=DMARC1; p=reject"],
    },
    {DOMAIN: ["mx.rivers.be"]},
)


@pytest.mark.parametrize(
    ("records", "status", "words"),
    [
        ([f"v=DKIM1; k=rsa; p={LONG}"], OK, "A key is at"),
        ([f"p={LONG[:200]} {LONG[200:]}"], OK, "A key is at"),
        ([f"v=DKIM1; k=ed25519; p={key(32)}"], OK, "A key is at"),
        ([f"v=DKIM1; p={SHORT}"], WARNING, "fewer than 2,048 bits"),
        ([f"v=DKIM1; t=y:s; p={LONG}"], WARNING, "marked as a test"),
        ([f"v=DKIM1; p={STUMP}"], PROBLEM, "too short"),
        (["v=DKIM1; p="], PROBLEM, "revoked"),
        ([f"v=DKIM1; p={LONG[:-3]}"], PROBLEM, "damaged"),
        ([f"p={LONG}", f"p={SHORT}"], PROBLEM, "2 keys"),
        (["something else"], PROBLEM, "no key"),
        ([], PROBLEM, "no key"),
        (NOT_THERE, PROBLEM, "no key"),
    ],
)
def test_dkim(records: Records, status: Status, words: str) -> None:
    found = dkim.check(Zone({f"s1._domainkey.{DOMAIN}": records}), DOMAIN, "s1")
    assert (found.status, words in found.text) == (status, True), found.text


def test_dkim_without_a_selector_is_not_checked_and_nobody_is_asked() -> None:
    zone = Zone()
    found = dkim.check(zone, DOMAIN, "")
    assert (found.status, zone.asked) == (WARNING, [])
    assert "Not checked" in found.text
    assert "DKIM_SELECTOR" in found.advice


@pytest.mark.parametrize(
    ("own", "above", "status", "words"),
    [
        (["v=DMARC1; p=reject; rua=mailto:dmarc@rivers.be"], [], OK, "is reject"),
        (["V = dmarc1;P=Quarantine"], [], OK, "is quarantine"),
        ([], ["v=DMARC1; p=none; sp=reject"], OK, "_dmarc.rivers.be is reject"),
        (NOT_THERE, ["v=DMARC1; p=reject"], OK, "is reject"),
        ([], ["v=DMARC1; p=reject; sp=none"], WARNING, "is none"),
        (["v=DMARC1; p=none"], ["v=DMARC1; p=reject"], WARNING, "is none"),
        (["v=DMARC1"], [], PROBLEM, "names no policy"),
        (["v=DMARC1; p=maybe"], [], PROBLEM, "names no policy"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], [], PROBLEM, "2 records"),
        (["v=DMARC12; p=none"], [], PROBLEM, "no DMARC record"),
        (NOT_THERE, NOT_THERE, PROBLEM, "no DMARC record"),
    ],
)
def test_dmarc(own: Records, above: Records, status: Status, words: str) -> None:
    found = dmarc.check(Zone({f"_dmarc.{DOMAIN}": own, "_dmarc.rivers.be": above}), DOMAIN)
    assert (found.status, words in found.text) == (status, True), found.text


def test_dmarc_is_never_looked_for_at_a_top_level_domain() -> None:
    zone = Zone()
    dmarc.check(zone, "a.b.rivers.be")
    assert zone.asked == ["_dmarc.a.b.rivers.be", "_dmarc.b.rivers.be", "_dmarc.rivers.be"]


@pytest.mark.parametrize(
    ("hosts", "status", "words"),
    [
        (["mx2.rivers.be", "mx1.rivers.be"], OK, "mx1.rivers.be takes them"),
        ([], PROBLEM, "no MX"),
        ([""], PROBLEM, "null MX"),
        (NOT_THERE, PROBLEM, "does not know"),
    ],
)
def test_bounces(hosts: Records, status: Status, words: str) -> None:
    found = bounces.check(Zone({}, {DOMAIN: hosts}), DOMAIN)
    assert (found.status, words in found.text) == (status, True), found.text


def statuses(zone: Zone) -> dict[str, Status]:
    """What the whole check says, by line."""
    return {finding.check: finding.status for finding in domain.check(zone)}


def test_a_domain_that_is_well(having: Having) -> None:
    having(**REAL, DKIM_SELECTOR="s1")
    assert statuses(GOOD) == dict.fromkeys(("sending domain", "SPF", "DKIM", "DMARC", "bounces"), OK)


def test_a_domain_that_is_not_there(having: Having) -> None:
    having(**REAL, DKIM_SELECTOR="s1")
    found = statuses(Zone())
    assert found.pop("sending domain") is OK
    assert found == dict.fromkeys(("SPF", "DKIM", "DMARC", "bounces"), PROBLEM)


def test_dns_that_does_not_answer_is_a_warning_on_every_line(having: Having) -> None:
    having(**REAL, DKIM_SELECTOR="s1")
    names = (DOMAIN, f"s1._domainkey.{DOMAIN}", f"_dmarc.{DOMAIN}")
    found = list(domain.check(Zone(dict.fromkeys(names, SILENT), {DOMAIN: SILENT})))[1:]
    assert [finding.status for finding in found] == [WARNING] * 4
    assert all("could not be asked: no answer in time" in finding.text for finding in found)


def test_with_sendgrid_our_own_return_path_matters_less(having: Having) -> None:
    having(**REAL, MAIL_URL="sendgrid:", SENDGRID_API_KEY="SG.a-key-for-tests")
    found = statuses(Zone())
    assert (found["SPF"], found["bounces"], found["DMARC"]) == (WARNING, WARNING, PROBLEM)


@pytest.mark.parametrize("name", ["mail.rivers.example", "rivers.test", "example.org", "mail.example.com"])
def test_a_name_for_examples_is_a_problem_and_nobody_is_asked(having: Having, name: str) -> None:
    zone = Zone()
    having(**{**REAL, "MAIL_FROM": f"letters@{name}"})
    assert statuses(zone) == {"sending domain": PROBLEM, "DNS": SKIPPED}
    assert zone.asked == []


def test_a_name_that_only_looks_like_one_for_examples_is_looked_up(having: Having) -> None:
    zone = Zone()
    having(**{**REAL, "MAIL_FROM": "letters@notexample.org"})
    assert statuses(zone)["sending domain"] is OK


def test_in_a_demonstration_dns_is_skipped_and_says_so(having: Having) -> None:
    zone = Zone()
    having()
    (found,) = domain.check(zone)
    assert (found.status, "skipped" in found.text, zone.asked) == (SKIPPED, True, [])
