"""SPF, over a table of what stands in DNS."""

import pytest

from campaign.doctor import spf
from campaign.doctor.finding import Status
from campaign.doctor.resolver import Unanswered
from tests.doctor.zone import NOT_THERE, SILENT, Records, Zone

DOMAIN = "mail.rivers.be"
TEN = " ".join(f"a:{letter}.rivers.be" for letter in "abcdefghij")
OTHERS: dict[str, Records] = {
    "_spf.provider.be": ["v=spf1 ip4:192.0.2.0/24 ~all"],
    "nested.provider.be": ["v=spf1 include:_spf.provider.be a mx ?all"],
    "none.provider.be": ["google-site-verification=abc"],
    "gone.provider.be": NOT_THERE,
    "late.provider.be": SILENT,
    "itself.provider.be": ["v=spf1 include:itself.provider.be -all"],
}


def look(records: Records) -> tuple[Status, str]:
    found = spf.check(Zone({**OTHERS, DOMAIN: records}), DOMAIN)
    return found.status, found.text


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 -all",
        "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 ~all",
        "v=spf1 include:_spf.provider.be -all",
        "v=spf1 include:nested.provider.be -all",
        "V=SPF1 MX A:mail.rivers.be/24 EXISTS:%{i}.rivers.be -ALL",
        "v=spf1 redirect=_spf.provider.be",
        "v=spf1 exp=why.rivers.be mx -all",
        "v=spf1 include:%{d2}.provider.be -all",
        f"v=spf1 {TEN} -all",
        " v=spf1 mx -all ",
    ],
)
def test_a_record_that_does(record: str) -> None:
    assert look([record, "some-other-text", "v=spf10 is not one"])[0] is Status.OK


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([], "has no SPF record"),
        (NOT_THERE, "has no SPF record"),
        (["v=spf1-all"], "has no SPF record"),
        (["v=spf1 -all", "v=spf1 mx -all"], "has 2 SPF records"),
        ([f"v=spf1 {TEN} mx -all"], "more than 10 look-ups"),
        ([f"v=spf1 {TEN.replace('a:a.rivers.be', 'include:nested.provider.be')} -all"], "more than 10 look-ups"),
        (["v=spf1 include:itself.provider.be -all"], "more than 10 look-ups"),
        ([f"v=spf1 {TEN} redirect=_spf.provider.be"], "more than 10 look-ups"),
        (["v=spf1 +all"], "anybody may send as us"),
        (["v=spf1 mx all"], "anybody may send as us"),
        (["v=spf1 include:none.provider.be -all"], "none.provider.be has no SPF record"),
        (["v=spf1 include:gone.provider.be -all"], "gone.provider.be has no SPF record"),
        (["v=spf1 include: -all"], "includes nothing"),
        (["v=spf1 ipv4:192.0.2.1 -all"], "a word that SPF does not know (ipv4:192.0.2.1)"),
    ],
)
def test_a_record_that_breaks_mail(records: Records, words: str) -> None:
    status, text = look(records)
    assert (status, words in text) == (Status.PROBLEM, True), text


@pytest.mark.parametrize("record", ["v=spf1 mx", "v=spf1 mx ?all", "v=spf1 redirect=%{d}.provider.be", "v=spf1"])
def test_a_record_that_says_too_little(record: str) -> None:
    assert look([record])[0] is Status.WARNING


@pytest.mark.parametrize("records", [SILENT, ["v=spf1 include:late.provider.be -all"]])
def test_dns_that_does_not_answer_is_no_verdict(records: Records) -> None:
    with pytest.raises(Unanswered):
        look(records)


def test_what_stands_behind_all_counts_for_nothing() -> None:
    assert look(["v=spf1 -all include:gone.provider.be nonsense"])[0] is Status.OK
