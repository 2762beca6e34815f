"""What every row is given: the servers, and how long to measure."""

from dataclasses import dataclass

from bench.house import House


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`rounds` turns for each side; `seconds` of load in a turn; `letters` in a turn; `pace_seconds` under a pace."""

    house: House
    rounds: int = 3
    seconds: float = 5.0
    warm: float = 1.5
    letters: int = 1500
    pace_seconds: float = 16.0


SHORT = {"rounds": 1, "seconds": 1.0, "warm": 0.3, "letters": 60, "pace_seconds": 3.0}
