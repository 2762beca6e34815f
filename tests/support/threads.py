"""Several at once: threads that start together, each in an app context of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

Result = TypeVar("Result")


def at_once(app: Flask, n: int, act: Callable[[int], Result]) -> list[Result]:
    """What `act` answered to 0 .. n-1, run by n threads that start in the same moment. Raises what the first raised."""
    barrier = Barrier(n)

    def run(number: int) -> Result:
        with app.app_context():
            barrier.wait(20)
            return act(number)

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(run, range(n)))
