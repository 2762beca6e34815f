"""The product's site and the bare one, each on a place of its own, asked by the same visitors in turn."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bench.house import Place
from bench.load import Order, Result, run
from bench.plan import Plan
from bench.report import each, median
from bench.serve import PROCESSES, THREADS, bare_site
from bench.turns import turns

Counts = Mapping[str, str]


@dataclass(frozen=True)
class Side:
    """A site that is up; `box` is how a load process gets at its mailed links."""

    place: Place
    port: int
    box: str


@contextmanager
def pair(plan: Plan) -> Iterator[dict[str, Side]]:
    """Both, until the end of the row."""
    ours, bare = plan.house.place("ours", PROXIES="1"), plan.house.place("bare")
    product = ours.installation()
    with bare_site(bare.installation()) as port:
        try:
            product.web("--processes", str(PROCESSES), "--threads", str(THREADS))
            yield {"ours": Side(ours, product.port, "ledger"), "bare": Side(bare, port, "bare")}
        finally:
            product.stop()


def compare(plan: Plan, sides: Mapping[str, Side], visit: str, *, mail: bool) -> dict[str, list[Result]]:
    """So many turns of this visit for each side."""

    def turn(name: str, number: int) -> Result:
        side = sides[name]
        more = {"box": side.box, "env": side.place.env} if mail else {}
        order = Order(visit=visit, port=side.port, run=f"{name}{number}", seconds=plan.seconds, warm=plan.warm, **more)  # type: ignore[arg-type]  # what goes by these names
        return run(order)

    return turns(plan.rounds, {name: lambda number, name=name: turn(name, number) for name in sides})  # type: ignore[misc]  # name=name


def problems(sides: Mapping[str, Side], found: Mapping[str, list[Result]], wanted: Mapping[str, int]) -> list[str]:
    """What does not fit: wrong answers, and tables that do not hold `wanted` rows for every visit that was done."""
    said = []
    for name, results in found.items():
        done = sum(result.done for result in results)
        said += [f"{name}: {wrong}" for wrong in (result.wrong for result in results) if wrong]
        for query, times in wanted.items():
            there = sides[name].place.number(f"SELECT count(*) FROM {query}")
            if there != done * times:
                said.append(f"{name}: {there} rows in {query} after {done} visits")
    return said


def rate(results: list[Result]) -> float:
    """The median of visits a second."""
    return median([result.per_second for result in results])


def p95(results: list[Result]) -> float:
    """The median of the turns' 95th percentiles, in milliseconds."""
    return median([result.p95() for result in results])


def said(results: list[Result]) -> str:
    """The rate, that of each turn, and the slow end."""
    return f"{rate(results):,.0f}/s ({each([one.per_second for one in results])}), p95 {p95(results):.0f} ms"
