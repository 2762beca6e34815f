"""Sides take turns, so that what else the machine does meets all of them."""

from collections.abc import Callable, Mapping
from typing import TypeVar

Found = TypeVar("Found")


def turns(rounds: int, sides: Mapping[str, Callable[[int], Found]]) -> dict[str, list[Found]]:
    """What each side found in each round. Who begins changes with every round."""
    found: dict[str, list[Found]] = {name: [] for name in sides}
    for number in range(rounds):
        names = list(sides) if number % 2 == 0 else list(sides)[::-1]
        for name in names:
            found[name].append(sides[name](number))
    return found
