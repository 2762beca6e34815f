"""What a row found, and the table that all of them make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Line:
    """One measure: our figure, the other side's, and what was wanted. `met` is None where the other side is missing."""

    row: str
    what: str
    ours: str
    against: str
    theirs: str
    figure: str
    target: str
    met: bool | None
    problems: list[str] = field(default_factory=list)
    figures: Mapping[str, object] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """In a word."""
        if self.problems:
            return "wrong count"
        return {True: "yes", False: "no", None: "not compared"}[self.met]


def median(values: Sequence[float]) -> float:
    """The middle one; of an even number the lower of the two."""
    return sorted(values)[(len(values) - 1) // 2]


def each(values: Sequence[float]) -> str:
    """Every turn's figure, for the reader who does not trust medians."""
    return ", ".join(f"{value:,.0f}" for value in values)


def table(lines: Sequence[Line], facts: Mapping[str, str]) -> str:
    """Markdown: the machine, then the lines, then what went wrong."""
    rows = [f"| {name} | {value} |" for name, value in facts.items()]
    rows = ["| machine | |", "|---|---|", *rows, ""]
    rows += ["| row | measure | ours | against | theirs | figure | target | met |", "|---|---|---|---|---|---|---|---|"]
    for line in lines:
        cells = (line.row, line.what, line.ours, line.against, line.theirs, line.figure, line.target, line.verdict)
        rows.append(f"| {' | '.join(cells)} |")
    problems = [f"- {line.row}: {problem}" for line in lines for problem in line.problems]
    return "\n".join([*rows, *(["", *problems] if problems else []), ""])
