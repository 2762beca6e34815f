"""One module for each row of the table."""

from collections.abc import Callable, Iterable

from bench.plan import Plan
from bench.report import Line
from bench.rows import p1, p3, p3b, p4, p7, p8, p9, p10, share

ROWS: dict[str, Callable[[Plan], Iterable[Line]]] = {
    "p1": p1.run,
    "p3": p3.run,
    "p3b": p3b.run,
    "p4": p4.run,
    "p7": p7.run,
    "p8": p8.run,
    "p9": p9.run,
    "p10": p10.run,
    "share": share.run,
}
