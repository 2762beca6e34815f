"""A flag that a signal sets: the process finishes the letter in hand and ends."""

import os
import select
import signal
from contextlib import suppress
from types import FrameType


class _Flag:
    """As threading.Event, but a signal's handler may set it while the same thread waits for it.

    An Event takes its lock in both: the handler would wait for the very thread that it has interrupted.
    """

    def __init__(self) -> None:
        self._set = False
        self._open()
        os.register_at_fork(after_in_child=self._own)

    def _open(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)

    def _own(self) -> None:
        """A fork waits at a pipe of its own: what wakes one process would keep all others from sleeping for good."""
        os.close(self._read)
        os.close(self._write)
        self._open()

    def set(self) -> None:
        """Set it, and wake who waits."""
        self._set = True
        with suppress(BlockingIOError):  # full, so nobody sleeps
            os.write(self._write, b".")

    def is_set(self) -> bool:
        """Whether it is set."""
        return self._set

    def wait(self, seconds: float) -> bool:
        """Wait until it is set, at most so long; whether it is."""
        if not self._set:
            select.select([self._read], [], [], seconds)
        return self._set


_stop = _Flag()


def catch_signals() -> None:
    """Set the flag on SIGTERM and SIGINT instead of dying in the middle of a letter."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, request_stop)


def request_stop(_number: int = 0, _frame: FrameType | None = None) -> None:
    """Ask this process to stop soon."""
    _stop.set()


def stopping() -> bool:
    """Whether this process has been asked to stop."""
    return _stop.is_set()


def wait(seconds: float) -> bool:
    """Sleep, but not past a request to stop; True when one came."""
    return _stop.wait(seconds)
