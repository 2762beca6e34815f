"""What ran where: cores, versions, durability, and how much of the machine others used meanwhile."""

import os
import platform
from collections import defaultdict
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import psycopg

TICKS = os.sysconf("SC_CLK_TCK")
PACKAGES = ("flask", "sqlalchemy", "psycopg", "granian", "wtforms", "redis", "rq")


@dataclass(frozen=True)
class Usage:
    """CPU seconds until now: of the whole machine, and of this process with all that it started."""

    at: float
    machine: float
    ours: float

    @classmethod
    def now(cls) -> "Usage":
        """The figures of this moment."""
        fields = [int(part) for part in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        idle = fields[3] + fields[4]
        return cls(perf_counter(), (sum(fields) - idle) / TICKS, sum(_family().values()))


def others(before: Usage, after: Usage) -> float:
    """How many cores others used between two moments."""
    used = (after.machine - before.machine) - (after.ours - before.ours)
    return max(0.0, used / (after.at - before.at))


def busy(before: Usage, after: Usage) -> float:
    """Which share of all cores this run itself used between two moments."""
    return (after.ours - before.ours) / (after.at - before.at) / (os.cpu_count() or 1)


def _family() -> dict[int, float]:
    """CPU seconds by process, for this one and all below it, those included that they have reaped."""
    seconds: dict[int, float] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                text = (path / "stat").read_text()
            except OSError:
                continue
            fields = text.rpartition(")")[2].split()
            pid = int(path.name)
            children[int(fields[1])].append(pid)
            seconds[pid] = sum(int(part) for part in fields[11:15]) / TICKS
    family, todo = {}, [os.getpid()]
    while todo:
        pid = todo.pop()
        family[pid] = seconds.get(pid, 0.0)
        todo += children[pid]
    return family


def facts(dsn: str) -> dict[str, str]:
    """The machine, the versions and the durability of the servers, as the database says it."""
    with psycopg.connect(dsn) as connection:
        shown = {}
        for name in ("server_version", "synchronous_commit", "fsync", "full_page_writes"):
            row = connection.execute(f"SHOW {name}").fetchone()
            shown[name] = str(row[0]) if row else "?"
    durable = ", ".join(f"{name} {value}" for name, value in shown.items() if name != "server_version")
    return {
        "cores": str(os.cpu_count()),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "versions": ", ".join(
            [f"Python {platform.python_version()}", f"PostgreSQL {shown['server_version']}"]
            + [f"{name} {version(name)}" for name in PACKAGES]
        ),
        "durability": durable,
        "load before": " ".join(f"{value:.1f}" for value in os.getloadavg()),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
