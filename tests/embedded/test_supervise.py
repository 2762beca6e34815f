"""The supervisor with real children: they rise when they fall and end when it ends, however that happens."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.embedded.help import ROOT, alive, soon

_SUPERVISOR = """
import json, os, sys
from campaign.supervise import Child, run
plan = json.loads(sys.argv[1])
children = [Child(**child) for child in plan.pop("children")]
if plan.pop("with_parent", False):
    plan["ends_with"] = os.getppid()
sys.exit(run(children, **plan))
"""

# Notes its process id in the folder LOGS, and there its end too.
_POLITE = """
import os, signal, sys, time
def end(*_):
    open(f"{os.environ['LOGS']}/ends", "a").write(f"{sys.argv[1]}\\n")
    sys.exit()
signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, signal.SIG_IGN)
open(f"{os.environ['LOGS']}/{sys.argv[1]}.pids", "a").write(f"{os.getpid()}\\n")
time.sleep(20)
"""
_STUBBORN = 'echo $$ >> "$LOGS/$1.pids"; trap "" TERM INT HUP; while :; do sleep 0.2; done'
_BRIEF = 'echo $$ >> "$LOGS/$1.pids"; sleep 0.1; exit 3'
# Its own child outlives it.
_PARENT = f"""echo $$ >> "$LOGS/$1.pids"; sh -c '{_STUBBORN.replace("$1", "grandchild")}' & wait"""


class Supervised:
    """A supervisor in a process group of its own, and the folder where its children take notes."""

    def __init__(self, process: "subprocess.Popen[str]", logs: Path) -> None:
        self.process = process
        self.logs = logs

    def pids(self, name: str) -> list[int]:
        with suppress(FileNotFoundError):
            return [int(line) for line in (self.logs / f"{name}.pids").read_text().split()]
        return []

    def wait_for(self, *names: str, times: int = 1) -> list[int]:
        assert soon(lambda: all(len(self.pids(name)) >= times for name in names)), self.process.poll()
        return [pid for name in names for pid in self.pids(name)]

    def end(self, number: signal.Signals = signal.SIGTERM, *, group: bool = False) -> tuple[int, str, float]:
        """Send a signal; return the exit code, what was said and the seconds it took."""
        begun = time.monotonic()
        (os.killpg if group else os.kill)(self.process.pid, number)
        _, said = self.process.communicate(timeout=15)
        return self.process.returncode, said, time.monotonic() - begun


def _sh(name: str, script: str) -> dict[str, object]:
    return {"name": name, "argv": ["/bin/sh", "-c", script, "sh", name]}


def _polite(name: str) -> dict[str, object]:
    return {"name": name, "argv": [sys.executable, "-I", "-S", "-c", _POLITE, name]}


def _command(children: list[dict[str, object]], options: Mapping[str, object]) -> list[str]:
    return [sys.executable, "-c", _SUPERVISOR, json.dumps({"children": children, "grace": 1.0, **options})]


_ALL_KINDS = (_polite("polite"), _sh("stubborn", _STUBBORN), _sh("parent", _PARENT))


@contextmanager
def supervised(logs: Path, *children: dict[str, object], **options: object) -> Iterator[Supervised]:
    process = subprocess.Popen(
        _command(list(children), options),
        env={**os.environ, "PYTHONPATH": str(ROOT), "LOGS": str(logs)}, process_group=0,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    family = Supervised(process, logs)
    try:
        yield family
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_sigterm_ends_all(tmp_path: Path) -> None:
    with supervised(tmp_path, *(_polite(name) for name in "abc"), grace=60) as family:
        pids = family.wait_for("a", "b", "c")
        assert {os.getpgid(pid) for pid in pids} == {family.process.pid}
        assert family.end()[:2] == (0, "")
        assert sorted((tmp_path / "ends").read_text().split()) == ["a", "b", "c"]
        assert not any(alive(pid) for pid in pids)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_whole_group_ends_all_quietly(tmp_path: Path, number: signal.Signals) -> None:
    with supervised(tmp_path, _polite("a"), _polite("b")) as family:
        pids = family.wait_for("a", "b")
        assert family.end(number, group=True)[:2] == (0, "")
        assert not any(alive(pid) for pid in pids)


def test_who_does_not_obey_in_time_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    with supervised(tmp_path, _polite("polite"), _sh("stubborn", _STUBBORN), _sh("parent", _PARENT)) as family:
        pids = family.wait_for("polite", "stubborn", "parent", "grandchild")
        code, said, seconds = family.end()
        assert code == 0
        assert "did not end in time" in said
        assert "stubborn" in said
        assert "polite" not in said
        assert seconds >= 1.0, "the grace"
        assert soon(lambda: not any(alive(pid) for pid in pids))


def test_an_impatient_second_signal_cuts_the_grace_short(tmp_path: Path) -> None:
    with supervised(tmp_path, _sh("stubborn", _STUBBORN), grace=30) as family:
        (pid,) = family.wait_for("stubborn")
        for _ in range(3):  # as by way of make: at once, so no impatience
            family.process.send_signal(signal.SIGINT)
        time.sleep(1.2)
        assert alive(pid)
        family.end(signal.SIGINT)  # which waits for less than the grace
        assert soon(lambda: not alive(pid))


def test_a_fallen_child_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path, _polite("a"), _polite("b")) as family:
        first, untouched = family.wait_for("a", "b")
        os.kill(first, signal.SIGKILL)
        pids = family.wait_for("a", times=2)
        assert alive(pids[1])
        assert alive(untouched)
        assert "a was ended by SIGKILL: starting it again" in family.end()[1]


def test_a_child_that_keeps_falling_ends_all(tmp_path: Path) -> None:
    with supervised(tmp_path, _polite("steady"), _sh("brief", _BRIEF), restarts=2) as family:
        (steady,) = family.wait_for("steady")
        _, said = family.process.communicate(timeout=15)
        assert family.process.returncode == 1
        assert "brief ended with exit code 3, 3 times in short order: ending everything" in said
        assert len(family.pids("brief")) == 3
        assert not alive(steady)


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    with supervised(tmp_path, {"name": "a", "argv": ["/no/such/program"]}, restarts=0) as family:
        _, said = family.process.communicate(timeout=15)
        assert family.process.returncode == 1
        assert "/no/such/program" in said
        assert "Traceback" not in said


def test_orphans_of_a_fallen_child_are_gone_before_it_rises(tmp_path: Path) -> None:
    with supervised(tmp_path, _sh("parent", _PARENT)) as family:
        parent, grandchild = family.wait_for("parent", "grandchild")
        os.kill(parent, signal.SIGKILL)
        family.wait_for("parent", times=2)
        assert not alive(grandchild)


def test_a_killed_supervisor_takes_all_along(tmp_path: Path) -> None:
    with supervised(tmp_path, _polite("polite"), _sh("stubborn", _STUBBORN), _sh("parent", _PARENT)) as family:
        pids = family.wait_for("polite", "stubborn", "parent", "grandchild")
        family.process.kill()
        assert soon(lambda: not any(alive(pid) for pid in pids))
        assert (tmp_path / "ends").read_text().split() == ["polite"]


@pytest.mark.parametrize("with_parent", [True, False])
def test_the_supervisor_ends_with_its_parent_if_asked(tmp_path: Path, with_parent: bool) -> None:
    inner = _command([_polite("a")], {"with_parent": with_parent})
    outer = f"import subprocess; subprocess.run({inner!r})"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LOGS": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", outer], env=env, process_group=0) as parent:
        family = Supervised(parent, tmp_path)  # type: ignore[arg-type]
        (pid,) = family.wait_for("a")
        parent.kill()
        try:
            assert soon(lambda: not alive(pid), 20 if with_parent else 2) is with_parent
        finally:
            with suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)


def test_a_supervisor_below_an_impatient_supervisor(tmp_path: Path) -> None:
    argv = _command([_sh("stubborn", _STUBBORN), _polite("polite")], {"grace": 30})
    with supervised(tmp_path, {"name": "inner", "argv": argv}) as family:
        pids = family.wait_for("stubborn", "polite")
        assert family.end()[0] == 0
        assert soon(lambda: not any(alive(pid) for pid in pids))


def test_the_environment_of_a_child(tmp_path: Path) -> None:
    script = 'echo "$COLOUR $LOGS" > "$LOGS/seen"; echo 1 > "$LOGS/a.pids"; sleep 20'
    with supervised(tmp_path, {**_sh("a", script), "env": {"COLOUR": "ocean"}}) as family:
        family.wait_for("a")
        assert (tmp_path / "seen").read_text() == f"ocean {tmp_path}\n"
