"""One server process: starts it as a child of ours, waits until it answers, stops or kills it."""

import os
import queue
import signal
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from campaign.embedded import leftovers
from campaign.embedded.errors import EmbeddedError
from campaign.embedded.folder import Folder
from campaign.processes import launch

_START_SECONDS = 60.0  # recovery after a crash counts in
_KILL_SECONDS = 10.0
_LOG_BYTES = 5_000_000

_Outcome = subprocess.Popen[bytes] | Exception


class Server(ABC):
    """A server program that works in one folder. Its socket keeps its path over stop and start."""

    program: str
    death_signal: signal.Signals
    stop_steps: leftovers.Steps

    def __init__(self, folder: Folder, home: Path, *, quiet: bool, env: Mapping[str, str]) -> None:
        self._folder = folder
        self._home = home
        self._log = folder.logs / f"{self.program}.log" if quiet else None
        self._env = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **env}
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = threading.Event()

    @abstractmethod
    def _argv(self) -> list[str]:
        """Return the server's command, with the path of the socket folder in it."""

    @abstractmethod
    def _answers(self) -> bool:
        """Return whether the server takes requests."""

    @abstractmethod
    def _prepare(self) -> None:
        """Make the folder ready; nothing runs in it."""

    @property
    def pid(self) -> int:
        """The server's process id; 0 when it does not run."""
        return self._process.pid if self._process and not self._ended.is_set() else 0

    @property
    def running(self) -> bool:
        """Whether the server's process lives."""
        return self.pid != 0

    def start(self) -> None:
        """Start the server and return when it answers.

        Raises
        ------
        EmbeddedError with the end of its log when it ends or does not answer within 60 s.
        """
        if self.running:
            return
        leftovers.end(self.program, self._folder.token)
        self._prepare()
        self._launch()
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._ended.wait(0.01):
                raise EmbeddedError(f"{self.program} ended while starting\n{self._log_end()}")
            if time.monotonic() > deadline:
                self.kill()
                raise EmbeddedError(f"{self.program} does not answer\n{self._log_end()}")

    def stop(self) -> None:
        """End the server in good order, by force if it does not obey."""
        self._stop(self.stop_steps)

    def kill(self) -> None:
        """End the server and all its processes with SIGKILL, as a crash would."""
        self._stop(())

    def _stop(self, steps: leftovers.Steps) -> None:
        for number, seconds in [*steps, (signal.SIGKILL, _KILL_SECONDS)]:
            if self._process and self.running:
                self._process.send_signal(number)
                self._ended.wait(seconds)
        leftovers.end(self.program, self._folder.token)

    def _launch(self) -> None:
        """Start the process from a thread that waits for it as long as it lives.

        Its death signal is bound to the thread that starts it: it would not outlive a passing one.
        """
        outcome: queue.SimpleQueue[_Outcome] = queue.SimpleQueue()
        self._ended = threading.Event()
        with self._output() as output:
            threading.Thread(target=self._own, args=(outcome, self._ended, output), daemon=True).start()
            process = outcome.get()
        if isinstance(process, Exception):
            raise EmbeddedError(f"{self.program} cannot be started: {process}") from process
        self._process = process

    def _own(self, outcome: queue.SimpleQueue[_Outcome], ended: threading.Event, output: IO[bytes]) -> None:
        try:
            process = subprocess.Popen(
                self._command(self._argv(), self.death_signal),
                cwd=self._home, env=self._env, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            outcome.put(error)
            return
        outcome.put(process)
        process.wait()
        ended.set()

    def _command(self, argv: list[str], death_signal: signal.Signals) -> list[str]:
        return launch.command(argv, death_signal, self._folder.account)

    def _output(self) -> IO[bytes]:
        if self._log is None:
            return os.fdopen(os.dup(2), "wb")
        if self._log.exists() and self._log.stat().st_size > _LOG_BYTES:
            self._log.rename(self._log.with_suffix(".log.old"))
        output = os.fdopen(os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb")
        self._folder.hand_over(self._log)
        return output

    def _log_end(self) -> str:
        return self._log.read_text(errors="replace")[-2000:] if self._log else ""
