"""`python -m soak f2 --kills 100`: run faults in full, print their figures and write them as a table."""

import argparse
import inspect
import signal
import sys
import tempfile
import time
from pathlib import Path

from campaign import embedded
from campaign.core import logs
from soak.catalogue import FAULTS, run
from soak.ground import plant
from soak.table import merged, table
from soak.verdict import Verdict

TABLE = Path("data/soak.md")


def main() -> int:
    """Run what the arguments name; 1 when something did not hold."""
    names, wanted = arguments()
    logs.setup("soak", "error")
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(1))  # as Ctrl-C: what was started is ended
    with tempfile.TemporaryDirectory(prefix="postbag-soak-") as folder:
        root = Path(folder)
        with embedded.start(root / "servers", durable=False) as servers:
            plant(servers, root)
            verdicts = [_one(name, servers, root / name, wanted) for name in names]
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    before = TABLE.read_text(encoding="utf-8") if TABLE.exists() else ""
    TABLE.write_text(merged(before, verdicts), encoding="utf-8")
    sys.stdout.write(f"\n{table(verdicts)}\nwritten to {TABLE}\n")
    return int(any(verdict.problems for verdict in verdicts))


def arguments() -> tuple[list[str], argparse.Namespace]:
    """The faults to run and the figures to run them with, each applied to the faults that know it."""
    parser = argparse.ArgumentParser(prog="make soak ARGS=...", description="Break a real installation and count.")
    parser.add_argument("faults", nargs="*", metavar="fault", help=f"{' '.join(FAULTS)}; all where left out")
    parser.add_argument("--short", action="store_true", help="as in the tests")
    known = {name for fault in FAULTS.values() for name in inspect.signature(fault.run).parameters}
    for name in sorted(known - {"ground", "office", "provider"}):
        parser.add_argument(f"--{name}", type=int)
    wanted = parser.parse_args()
    unknown = set(wanted.faults) - FAULTS.keys()
    if unknown:
        parser.error(f"there is no {' '.join(sorted(unknown))}")
    return wanted.faults or list(FAULTS), wanted


def _one(name: str, servers: embedded.Servers, folder: Path, wanted: argparse.Namespace) -> Verdict:
    folder.mkdir()
    fault = FAULTS[name]
    given = {key: value for key, value in vars(wanted).items() if value is not None}
    chosen = {key: given[key] for key in inspect.signature(fault.run).parameters if key in given}
    sys.stdout.write(f"{name} ... ")
    sys.stdout.flush()
    begun = time.monotonic()
    try:
        verdict = run(name, servers, folder, **{**(fault.short if wanted.short else {}), **chosen})
    except Exception as error:  # noqa: BLE001 - the others are still to be run, and their figures to be kept
        verdict = Verdict(name, problems=[f"{type(error).__name__}: {error}"])
    sys.stdout.write(f"{'held' if not verdict.problems else 'DID NOT HOLD'} ({time.monotonic() - begun:.0f} s)\n")
    sys.stdout.write("".join(f"  {problem}\n" for problem in verdict.problems))
    sys.stdout.flush()
    return verdict


if __name__ == "__main__":
    sys.exit(main())
