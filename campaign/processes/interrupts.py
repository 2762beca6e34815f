"""What a wish that we end (Ctrl-C, SIGTERM, a closed terminal) does to a block of code. Main thread only."""

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# One Ctrl-C or SIGTERM may reach us twice, once by way of make; a later one is impatience.
_TWICE_SECONDS = 1.0

Handler = Callable[[int, FrameType | None], object] | int | None


def _handle(handler: Handler) -> dict[int, Handler]:
    """Set one handler for all, but leave a closed terminal to nohup."""
    deaf = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    numbers = [number for number in ENDING if not (deaf and number is signal.SIGHUP)]
    return {number: signal.signal(number, handler) for number in numbers}


def _restore(before: dict[int, Handler]) -> None:
    for number, handler in before.items():
        # None stands for a handler that was not set from Python and cannot be set again from here.
        signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _pass(_number: int, _frame: FrameType | None) -> None:
    """Do nothing; unlike SIG_IGN it is not inherited, and Python does not complain of a signal just under way."""


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP raise KeyboardInterrupt inside, as Ctrl-C does: all `with` blocks are left in order.

    Only the first one does; those that follow, while things are being put away, are ignored.
    """
    asked = False

    def leave(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if not asked:
            asked = True
            raise KeyboardInterrupt

    before = _handle(leave)
    try:
        yield
    finally:
        _restore(before)


@contextmanager
def shielded() -> Iterator[None]:
    """No wish to end reaches the inside, short work that puts things away. Other threads never get any."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = _handle(_pass)
    try:
        yield
    finally:
        _restore(before)


class Wishes:
    """Collects the wishes that we end, and wakes a waiting loop for them and for the end of a child."""

    def __init__(self) -> None:
        self._times: list[float] = []

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._before = _handle(lambda _number, _frame: self._times.append(time.monotonic()))
        # Without a handler of our own a child's end would not wake us.
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(self._wakeup)
        _restore(self._before)
        os.close(self._read)
        os.close(self._write)

    def asked(self) -> bool:
        """Whether we were asked to end."""
        return bool(self._times)

    @property
    def impatient(self) -> bool:
        """Whether we were asked again, later than one second after the first time."""
        return self.asked() and self._times[-1] - self._times[0] > _TWICE_SECONDS

    def wait(self, seconds: float) -> None:
        """Sleep until a signal arrives, at most so long."""
        if select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, 1000)
