"""Runs a set of child processes as one: they start together, rise when they fall, and end together."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from campaign.processes import kin, launch
from campaign.processes.interrupts import Wishes

_CALM_SECONDS = 60.0  # a child that ran this long counts as a new one when it falls
_LONGEST_PAUSE = 8.0
_LOOK_SECONDS = 0.3

Say = Callable[[str], None]


@dataclass(frozen=True)
class Child:
    """A command to keep running; `env` is added to our own environment."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


def _to_terminal(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def run(
    children: Sequence[Child],
    *,
    grace: float = 5.0,
    restarts: int = 4,
    ends_with: int | None = None,
    say: Say = _to_terminal,
) -> int:
    """Keep the children running until we are asked to end; return the exit code for our own process.

    SIGINT, SIGTERM or SIGHUP: the children get SIGTERM in their order and have `grace` seconds, then they
    and all that they started are killed; returns 0. A second signal (later than one second) cuts the grace
    short. They are in our process group, so a Ctrl-C reaches them too: they must take the SIGTERM after it
    as the same wish. A child that ends by itself is started again after a pause, at most `restarts` times
    in short order; then all are ended and 1 is returned. ends_with: the process id of our parent, as
    os.getppid() gave it early on; when that parent is gone we end as on SIGTERM. When we are killed
    ourselves, the children get SIGTERM and the same grace. Main thread only.
    """
    mark = kin.new_mark(f"{os.getpid()}-{secrets.token_hex(8)}")
    with Wishes() as wishes, kin.undertaker(mark, grace):
        family = [_Member(child, f"{mark}/{number}", grace) for number, child in enumerate(children)]
        try:
            return _keep(family, wishes, restarts, ends_with, say)
        finally:
            _end(family, wishes, mark, grace, say)


class _Member:
    """A child with its process, its falls and what they left."""

    def __init__(self, child: Child, mark: str, grace: float) -> None:
        self.child = child
        self.falls = 0
        self._mark = mark
        self._grace = grace
        self._process: subprocess.Popen[bytes] | None = None
        self._since = 0.0
        self._again_at = 0.0

    @property
    def pid(self) -> int:
        """The child's process id; 0 when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else 0

    def start(self) -> None:
        """Start the child."""
        self._since = time.monotonic()
        self._process = subprocess.Popen(
            launch.command(self.child.argv, signal.SIGTERM),
            env={**os.environ, **self.child.env, kin.MARK: self._mark},
            stdin=subprocess.DEVNULL,
        )

    def fallen(self) -> str | None:
        """Return how the child ended, once for every fall; the orphans it left are asked to end too."""
        if self._process is None or self._process.poll() is None:
            return None
        code, self._process = self._process.returncode, None
        calm = time.monotonic() - self._since > _CALM_SECONDS
        self.falls = 1 if calm else self.falls + 1
        self._since = time.monotonic()
        self._again_at = self._since + min(0.5 * 2 ** (self.falls - 1), _LONGEST_PAUSE)
        kin.send(kin.find(self._mark), signal.SIGTERM)
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def rise(self) -> None:
        """Start a fallen child again after its pause, when its orphans, who may hold its port, are gone."""
        now = time.monotonic()
        if self._process is not None or now < self._again_at:
            return
        orphans = kin.find(self._mark)
        if orphans and now < self._since + self._grace:
            return
        kin.send(orphans, signal.SIGKILL)
        self.start()


def _keep(family: Sequence[_Member], wishes: Wishes, restarts: int, ends_with: int | None, say: Say) -> int:
    for member in family:
        member.start()
    while not wishes.asked() and ends_with in {None, os.getppid()}:
        for member in family:
            how = member.fallen()
            if wishes.asked():  # a signal to the whole group, which the child has obeyed before us
                break
            if how and member.falls > restarts:
                say(f"{member.child.name} {how}, {member.falls} times in short order: ending everything")
                return 1
            if how:
                say(f"{member.child.name} {how}: starting it again")
            member.rise()
        else:
            wishes.wait(_LOOK_SECONDS)
    return 0


def _end(family: Sequence[_Member], wishes: Wishes, mark: str, grace: float, say: Say) -> None:
    """End all: SIGTERM in order, a shared grace, SIGKILL. What even that cannot end is left."""
    for member in family:
        if pid := member.pid:
            kin.send({pid}, signal.SIGTERM)
    if _gone(family, wishes, mark, grace, hurry=True):
        return
    names = [member.child.name for member in family if member.pid]
    say(f"did not end in time and is killed: {', '.join(names) or 'what the children left'}")
    kin.send(_left(family, mark), signal.SIGKILL)
    _gone(family, wishes, mark, grace, hurry=False)


def _gone(family: Sequence[_Member], wishes: Wishes, mark: str, seconds: float, *, hurry: bool) -> bool:
    deadline = time.monotonic() + seconds
    while _left(family, mark):
        if time.monotonic() > deadline or (hurry and wishes.impatient):
            return False
        wishes.wait(0.05)
    return True


def _left(family: Sequence[_Member], mark: str) -> set[int]:
    return kin.find(mark) | {member.pid for member in family if member.pid}
