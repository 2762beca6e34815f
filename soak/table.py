"""Verdicts as a table for people, in Markdown."""

import re
from collections.abc import Iterable

from soak.verdict import Verdict

HEAD = (
    "| fault | letters | lost | twice (may) | most in 5 s (bound) | figures | held |\n|---|---|---|---|---|---|---|\n"
)


def table(verdicts: Iterable[Verdict]) -> str:
    """One line a fault."""
    return HEAD + "".join(_line(verdict) for verdict in verdicts)


def merged(before: str, verdicts: Iterable[Verdict]) -> str:
    """That table with these lines in place of earlier ones of the same faults, so that it may be made in pieces."""
    old = before.splitlines(keepends=True)[HEAD.count("\n") :] if before.startswith(HEAD) else []
    lines = {line.split(" | ")[0]: line for line in [*old, *map(_line, verdicts)]}
    return HEAD + "".join(lines[name] for name in sorted(lines, key=lambda name: int(re.findall(r"\d+", name)[0])))


def _line(verdict: Verdict) -> str:
    pace = "" if verdict.bound is None else f"{verdict.densest} ({verdict.bound})"
    figures = "; ".join(f"{name}: {value}" for name, value in verdict.figures.items())
    held = "yes" if not verdict.problems else "no: " + "; ".join(problem[:200] for problem in verdict.problems)
    cells = (
        verdict.fault, verdict.letters, verdict.lost, f"{verdict.duplicates} ({verdict.allowed})", pace, figures,
        held.replace("\n", " ").replace("|", "/"),
    )  # fmt: skip
    return f"| {' | '.join(str(cell) for cell in cells)} |\n"
