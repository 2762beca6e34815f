"""SPF (RFC 7208): which hosts may send with our domain in the envelope."""

import re

from campaign.doctor.finding import Finding, ok, problem, warning
from campaign.doctor.resolver import Resolver, texts

CHECK = "SPF"
# RFC 7208, 4.6.4: a receiver that needs more gives up, and the record counts as broken.
MOST_LOOKUPS = 10
MECHANISM = re.compile(r"(?i)([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:([:/])(.*))?")
MODIFIER = re.compile(r"(?i)([a-z][a-z0-9._-]*)=(.*)")
ASKS = {"include", "a", "mx", "ptr", "exists"}
RECORD = re.compile(r"(?i)v=spf1(?: .*)?")


class Broken(Exception):
    """The record cannot be used; says why."""


def check(resolver: Resolver, domain: str) -> Finding:
    """The record of the envelope's domain. Raises Unanswered."""
    try:
        ending = _Walk(resolver).of(domain)
    except Broken as error:
        advice = f"Publish one TXT record at {domain} as your provider names it, such as: v=spf1 include:… -all"
        return problem(CHECK, f"{error}: receivers cannot tell our mail from forged mail.", advice)
    if ending == "+":
        return problem(CHECK, "The record ends in +all: anybody may send as us.", "End it in -all.")
    if ending not in ("-", "~"):
        return warning(CHECK, "The record lets other hosts send as us.", "End it in -all or ~all.")
    return ok(CHECK, f"One record at {domain}, ending in {ending}all.")


class _Walk:
    """Follows a record through what it includes, and counts the look-ups that a receiver must make."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._lookups = 0

    def of(self, domain: str) -> str | None:
        """How the domain's record ends: the sign before `all`, None where it does not say. Raises Broken."""
        other = None
        for term in self._record(domain).split()[1:]:
            if modifier := MODIFIER.fullmatch(term):
                other = modifier[2] if modifier[1].lower() == "redirect" else other
                continue
            mechanism = MECHANISM.fullmatch(term)
            if mechanism is None:
                raise Broken(f"The record of {domain} has a word that SPF does not know ({term[:40]})")
            sign, name, _mark, value = mechanism.groups()
            if name.lower() == "all":
                return sign or "+"
            self._count(name.lower(), value or "", domain)
        if other is None:
            return None
        self._count("redirect", other, domain)
        return None if "%" in other else self.of(other)

    def _record(self, domain: str) -> str:
        records = [text.strip() for text in texts(self._resolver, domain) if RECORD.fullmatch(text.strip())]
        if not records:
            raise Broken(f"{domain} has no SPF record")
        if len(records) > 1:
            raise Broken(f"{domain} has {len(records)} SPF records, and only one may be")
        return records[0]

    def _count(self, name: str, value: str, domain: str) -> None:
        if name in ASKS or name == "redirect":
            self._lookups += 1
        if self._lookups > MOST_LOOKUPS:
            raise Broken(f"The record needs more than {MOST_LOOKUPS} look-ups")
        if name == "include" and not value:
            raise Broken(f"The record of {domain} includes nothing")
        if name == "include" and "%" not in value:  # a macro stands for something that only a mail has
            self.of(value)
