"""A flag that a signal sets: the process finishes the letter in hand and ends."""

import signal
import threading
from types import FrameType

_stop = threading.Event()


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
