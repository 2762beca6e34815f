"""Verdicts as a table for people, in Markdown."""

from collections.abc import Iterable

from soak.verdict import Verdict

HEAD = (
    "| fault | letters | lost | twice (may) | most in 5 s (bound) | figures | held |\n|---|---|---|---|---|---|---|\n"
)


def table(verdicts: Iterable[Verdict]) -> str:
    """One line a fault."""
    return HEAD + "".join(_line(verdict) for verdict in verdicts)


def _line(verdict: Verdict) -> str:
    pace = "" if verdict.bound is None else f"{verdict.densest} ({verdict.bound})"
    figures = "; ".join(f"{name}: {value}" for name, value in verdict.figures.items())
    held = "yes" if not verdict.problems else "no: " + "; ".join(problem[:200] for problem in verdict.problems)
    cells = (
        verdict.fault, verdict.letters, verdict.lost, f"{verdict.duplicates} ({verdict.allowed})", pace, figures,
        held.replace("\n", " ").replace("|", "/"),
    )  # fmt: skip
    return f"| {' | '.join(str(cell) for cell in cells)} |\n"
