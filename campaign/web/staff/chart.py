"""The geometry of a bar chart: SVG attributes only, widths in per cent so that words keep their size on any screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaign.core.i18n import number

# Pixels of the drawing: the plot, and below it a line for the axis.
TOP, PLOT, AXIS = 18, 160, 26
# The width of a figure at the left, which has a room of its own: over the bars it could not be read.
LETTER = 8
# How many words fit below the axis, on a wide and on a narrow screen.
WIDE, NARROW = 12, 4
# Fewer points than this stand at the left, so that one day is a bar and not a wall.
FEWEST = 12
# The share of its room that the bars of one point fill.
FILLED = 0.7


@dataclass(frozen=True)
class Bar:
    """One bar; x and width in per cent, y and height in pixels."""

    x: float
    y: float
    width: float
    height: float
    words: str
    second: bool


@dataclass(frozen=True)
class Tick:
    """A word below the axis, or a line across."""

    at: float
    words: str
    narrow: bool = True


@dataclass(frozen=True)
class Shape:
    """All that the template draws."""

    height: int
    base: int
    gutter: int
    bars: tuple[Bar, ...]
    below: tuple[Tick, ...]
    across: tuple[Tick, ...]


def shape(points: Sequence[Mapping[str, Any]]) -> Shape | None:
    """The drawing of points `{label, value, value2?, short?}`; None where there is nothing to draw."""
    highest = max((max(point["value"], point.get("value2") or 0) for point in points), default=0)
    if highest <= 0:
        return None
    step = nice_step(highest)
    top = step * -(-highest // step)
    room = 100 / max(len(points), FEWEST)
    bars = [bar for place, point in enumerate(points) for bar in _bars(point, place * room, room, top)]
    across = _across(step, top)
    gutter = 8 + LETTER * max(len(tick.words) for tick in across)
    return Shape(TOP + PLOT + AXIS, TOP + PLOT, gutter, tuple(bars), _below(points, room), across)


def nice_step(highest: float) -> int:
    """The distance of the lines across: 1, 2 or 5 times a power of ten, at most four of them."""
    power = 1
    while True:
        for part in (1, 2, 5):
            if part * power * 4 >= highest:
                return part * power
        power *= 10


def _bars(point: Mapping[str, Any], x: float, room: float, top: float) -> list[Bar]:
    values = [point["value"]] + ([point["value2"] or 0] if "value2" in point else [])
    width = room * FILLED / len(values)
    start = x + room * (1 - FILLED) / 2
    bars = []
    for place, value in enumerate(values):
        # What is not nothing shows, however small.
        height = max(PLOT * value / top, 1.5) if value else 0
        bars.append(
            Bar(
                round(start + place * width, 3),
                round(TOP + PLOT - height, 1),
                round(width, 3),
                round(height, 1),
                f"{point['label']}: {number(value)}",
                place == 1,
            )
        )
    return bars


def _below(points: Sequence[Mapping[str, Any]], room: float) -> tuple[Tick, ...]:
    every = -(-len(points) // WIDE)
    rarely = every * -(-len(points) // (NARROW * every))
    return tuple(
        Tick(
            round((place + 0.5) * room, 3),
            str(points[place].get("short") or points[place]["label"]),
            place % rarely == 0,
        )
        for place in range(0, len(points), every)
    )


def _across(step: int, top: float) -> tuple[Tick, ...]:
    values = range(step, int(top) + 1, step)
    return tuple(Tick(round(TOP + PLOT - PLOT * value / top, 1), number(value)) for value in values)


def rows(points: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """The same points as the rows of a table."""
    return [
        [str(point["label"]), number(point["value"])] + ([number(point["value2"] or 0)] if "value2" in point else [])
        for point in points
    ]
