"""What was found, for people and for machines."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from campaign.doctor.finding import Finding, Status, worst


def as_text(findings: Sequence[Finding]) -> str:
    """One line a check, and how many of each kind."""
    wide = max(len(finding.check) for finding in findings)
    lines = [f"{one.status:<8} {one.check:<{wide}}  {one.text} {one.advice}".rstrip() for one in findings]
    return "\n".join([*lines, "", _sum(findings)])


def as_json(findings: Sequence[Finding]) -> str:
    """One object: the worst status, and every check with its status, text and advice."""
    whole = {"status": worst(findings), "checks": list(map(asdict, findings))}
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _sum(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.status for finding in findings)
    parts = [_many(counts[status], status) for status in (Status.PROBLEM, Status.WARNING) if counts[status]]
    return " and ".join(parts) + "." if parts else "All is well."


def _many(n: int, status: Status) -> str:
    return f"{n} {status.value}" + ("" if n == 1 else "s")
