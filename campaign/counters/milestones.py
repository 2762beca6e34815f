"""The steps of a number: the next one to show, and those that it has reached."""

from collections.abc import Iterator
from itertools import takewhile

RAISE_AT = 0.85
FIRST = 100


def next_step(signatures: int, final: int = 0) -> int:
    """The goal to show: the first step that is not yet 85% reached.

    The steps are 100, 250, 500, 1,000, 2,500 ... and the campaign's own `final` goal, a step like the others, so that
    missing it never shows as a failure.
    """
    return next(step for step in _steps(final) if signatures < step * RAISE_AT)


def reached(signatures: int, final: int = 0) -> list[int]:
    """Every step up to this number, the smallest first."""
    return list(takewhile(lambda step: step <= signatures, _steps(final)))


def _steps(final: int) -> Iterator[int]:
    """Every step, without end."""
    power, low = FIRST, 1
    while True:
        yield from sorted({power, power * 5 // 2, power * 5} | ({final} if low <= final < power * 10 else set()))
        power = low = power * 10
