"""Starts `campaign` processes as forks of one that has imported everything: importing takes 1.5 s of CPU each time.

They are processes like any other, with their own pid, session, environment and log, and nothing but modules in common:
no app, no connection, no thread exists before the fork. What needs a program of its own start (a preload) uses Popen.
"""

import atexit
import contextlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

import campaign.cli  # noqa: F401  # what the forks begin with

LARGEST = 1 << 18
HERE = "tests.support.nursery"


class Child:
    """What Popen is to a process that it started, as far as the tests use it."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self._nursery, self.pid = nursery, pid

    @property
    def returncode(self) -> int | None:
        """As Popen's: minus the signal for one that was killed."""
        return self._nursery.ended.get(self.pid)

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        self._nursery.listen(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        ends = time.monotonic() + (1e6 if timeout is None else timeout)
        while self.returncode is None:
            left = ends - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired([HERE, str(self.pid)], timeout or 0)
            self._nursery.listen(min(left, 0.2))
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The one process, and what it tells of its children."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.RLock()
        self._born: list[int] = []
        self.ended: dict[int, int] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", HERE, str(theirs.fileno())], pass_fds=[theirs.fileno()], start_new_session=True
        )
        theirs.close()
        atexit.register(self.close)

    def start(
        self,
        argv: list[str],
        env: dict[str, str],
        log: IO[bytes],
        errors: IO[bytes] | None = None,
        module: str = "campaign",
        cwd: Path | None = None,
    ) -> Child:
        """Run `campaign ARGV` in a process of its own, leader of a new session, writing to the log.

        `errors`: where its second output goes, else to the log too. `module`: another program that imports the same.
        """
        order = json.dumps({"argv": argv, "env": env, "cwd": str(cwd or Path.cwd()), "module": module}).encode()
        with self._lock:
            socket.send_fds(self._socket, [order], [log.fileno(), (errors or log).fileno()])
            while not self._born:
                self.listen(1)
            return Child(self, self._born.pop())

    def listen(self, seconds: float) -> None:
        """Take what it says; wait so long for the first word."""
        with self._lock:
            while select.select([self._socket], [], [], seconds)[0]:
                word = json.loads(self._socket.recv(LARGEST) or b"null")
                if word is None:
                    raise AssertionError("the nursery has ended")
                if "code" in word:
                    self.ended[word["pid"]] = word["code"]
                else:
                    self.ended.pop(word["pid"], None)
                    self._born.append(word["pid"])
                seconds = 0

    def close(self) -> None:
        """It ends when nobody listens to it; its children go on, as Popen's would."""
        self._socket.close()
        self._process.wait()


def run(argv: list[str], env: dict[str, str], cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """`campaign ARGV` to its end, as subprocess.run does it. Raises subprocess.TimeoutExpired after a minute."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        code = nursery().start(argv, env, output, errors, cwd=cwd).wait(60)
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(argv, code, output.read().decode(), errors.read().decode())


def nursery() -> Nursery:
    """This process's own, made when it is first asked for."""
    if not _made:
        _made.append(Nursery())
    return _made[0]


_made: list[Nursery] = []


def _serve(line: socket.socket) -> dict[str, Any] | None:
    """Fork for each order and tell of each end; returns the order in a child, and None at the end."""
    bell, rope = os.pipe()
    os.set_blocking(rope, False)
    signal.set_wakeup_fd(rope)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    while True:
        heard, _, _ = select.select([line, bell], [], [])
        if bell in heard:
            os.read(bell, 512)
            _bury(line)
        if line in heard:
            message, files, _flags, _address = socket.recv_fds(line, LARGEST, 2)
            if not message:
                return None
            if os.fork() == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                os.close(bell)
                os.close(rope)
                return {**json.loads(message), "outputs": files}
            for file in files:
                os.close(file)


def _bury(line: socket.socket) -> None:
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            code = os.waitstatus_to_exitcode(found[1])
            with contextlib.suppress(BrokenPipeError):
                line.send(json.dumps({"pid": found[0], "code": code}).encode())


def _become(order: dict[str, Any], line: socket.socket) -> None:
    """Be the process that was ordered."""
    os.setsid()
    line.send(json.dumps({"pid": os.getpid()}).encode())
    line.close()
    os.chdir(order["cwd"])
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    for number, file in enumerate(order["outputs"], 1):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    sys.argv = [order["module"], *order["argv"]]
    runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


def main() -> None:
    """Be the nursery."""
    line = socket.socket(fileno=int(sys.argv[1]))
    order = _serve(line)
    if order:
        _become(order, line)


if __name__ == "__main__":
    main()
