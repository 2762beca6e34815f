"""A rate in words, such as 30/minute."""

import re
from dataclasses import dataclass

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True)
class Rate:
    """So many per period."""

    count: int
    period: str

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """Read `30/minute`; raises ValueError with the wish in words."""
        match = re.fullmatch(r"([1-9]\d{0,8})/(second|minute|hour|day)", text)
        if not match:
            raise ValueError("must be a number per second, minute, hour or day, such as 30/minute")
        return cls(int(match[1]), match[2])

    @property
    def gap(self) -> float:
        """Seconds between two of them when they are spread evenly."""
        return SECONDS[self.period] / self.count

    def __str__(self) -> str:
        return f"{self.count}/{self.period}"
