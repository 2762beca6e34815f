"""`python -m bench p1 p3`: run rows, print their table and keep it in data/bench.md and data/bench.json."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.house import house
from bench.machine import Usage, facts, others
from bench.plan import SHORT, Plan
from bench.report import Line, table
from bench.rows import ROWS
from campaign.core import logs

KEPT = Path("data/bench.json")


def main() -> int:
    """Run the rows that the arguments name; 1 when the rows in a database are not what was answered."""
    wanted = arguments()
    logs.setup("bench", "error")
    with house() as servers:
        found = facts(servers.place("facts").dsn)
        before = Usage.now()
        plan = Plan(house=servers, **chosen(wanted))
        lines = [line for name in wanted.rows or ROWS for line in _one(name, plan)]
        found["cores that others used"] = f"{others(before, Usage.now()):.2f} on average"
    written = table(lines, found)
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps({"machine": found, "lines": [asdict(line) for line in lines]}, indent=1) + "\n")
    KEPT.with_suffix(".md").write_text(written)
    print(f"\n{written}\nkept in {KEPT.with_suffix('.md')} and {KEPT}")
    return int(any(line.problems for line in lines))


def arguments() -> argparse.Namespace:
    """The rows, and how long to measure."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description="Our side and another, in turn.")
    parser.add_argument("rows", nargs="*", metavar="row", help=f"{' '.join(ROWS)}; all where left out")
    parser.add_argument("--short", action="store_true", help="a few seconds each, to see that they run")
    for name in ("rounds", "letters"):
        parser.add_argument(f"--{name}", type=int)
    for name in ("seconds", "warm", "pace-seconds"):
        parser.add_argument(f"--{name}", type=float)
    wanted = parser.parse_args()
    if unknown := set(wanted.rows) - ROWS.keys():
        parser.error(f"there is no {' '.join(sorted(unknown))}")
    return wanted


def chosen(wanted: argparse.Namespace) -> dict[str, Any]:
    """The figures that were given, over those of the short form or the usual ones."""
    given = {name: getattr(wanted, name) for name in SHORT}
    return {**(SHORT if wanted.short else {}), **{name: value for name, value in given.items() if value is not None}}


def _one(name: str, plan: Plan) -> Iterator[Line]:
    """The lines of a row, each shown as soon as it is there."""
    print(f"{name} ...", flush=True)
    try:
        for line in ROWS[name](plan):
            _show(line)
            yield line
    except Exception as error:  # noqa: BLE001 - the other rows are still to be run, and their figures to be kept
        line = _failed(name, f"{type(error).__name__}: {error}")
        _show(line)
        yield line


def _show(line: Line) -> None:
    print(f"  {line.what}: {line.ours}; {line.against}: {line.theirs}; {line.figure} ({line.verdict})", flush=True)
    for problem in line.problems:
        print(f"    {problem.splitlines()[0]}", flush=True)


def _failed(name: str, why: str) -> Line:
    none = "-"
    return Line(row=name.upper(), what="the row failed", ours=none, against=none, theirs=none, figure=none, target=none,
                met=None, problems=[why])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
