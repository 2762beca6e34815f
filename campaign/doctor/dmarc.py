"""DMARC (RFC 7489): what receivers are to do with mail in our name that neither SPF nor DKIM vouches for."""

import re

from campaign.doctor.finding import Finding, ok, problem, warning
from campaign.doctor.resolver import Resolver, texts
from campaign.doctor.tags import tags

CHECK = "DMARC"
RECORD = re.compile(r"(?i)\s*v\s*=\s*dmarc1\s*(?:;.*)?")
POLICIES = ("none", "quarantine", "reject")


def check(resolver: Resolver, domain: str) -> Finding:
    """The policy that holds for the domain: its own, or that of a domain above it. Raises Unanswered."""
    for place in _places(domain):
        records = [text for text in texts(resolver, f"_dmarc.{place}") if RECORD.fullmatch(text)]
        if len(records) > 1:
            return problem(
                CHECK, f"There are {len(records)} records at _dmarc.{place}: receivers use none.", "Leave only one."
            )
        if records:
            return _policy(place, tags(records[0]), inherited=place != domain)
    return problem(
        CHECK,
        "There is no DMARC record: the big mailbox providers refuse mail in bulk without one.",
        f"Publish a TXT record at _dmarc.{domain}, at first: v=DMARC1; p=none; rua=mailto:… and later p=reject",
    )


def _places(domain: str) -> list[str]:
    """The domain and those above it, down to two labels: `mail.example.org`, `example.org`."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


def _policy(place: str, record: dict[str, str], *, inherited: bool) -> Finding:
    policy = record.get("p", "").lower()
    if inherited:
        policy = record.get("sp", policy).lower()
    if policy not in POLICIES:
        return problem(CHECK, f"The record at _dmarc.{place} names no policy.", "Add p=none, p=quarantine or p=reject.")
    if policy == "none":
        return warning(
            CHECK,
            f"The policy at _dmarc.{place} is none: forged mail in our name arrives too.",
            "Once the reports show only mail of ours, change it to quarantine or reject.",
        )
    return ok(CHECK, f"The policy at _dmarc.{place} is {policy}.")
