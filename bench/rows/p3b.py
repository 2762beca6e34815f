"""P3b: the record of a petition site that many know, as an open loop; and one form sent sixteen times at once."""

from bench.burst import sixteen
from bench.house import Place
from bench.load import Order, Result, run as load
from bench.machine import Usage, busy
from bench.plan import Plan
from bench.report import Line

RATE = 33.0


def run(plan: Plan) -> list[Line]:
    """Web, live, scheduler and the workers of both lanes are up; the links come by mail, into a Maildir.

    The provider takes them as they come: at the pace that holds where none is set, 20 a second, they would pile up.
    """
    place = plan.house.place("open", PROXIES="1", PROVIDER_PACE="200/second")
    installation = place.installation()
    try:
        installation.everything()
        before = Usage.now()
        found = load(Order(
            visit="journey", port=installation.port, run="open", seconds=2 * plan.seconds, warm=plan.warm,
            rate=RATE, box="mail", env=place.env,
        ))  # fmt: skip
        used = busy(before, Usage.now())
        wrong = _rows(place, found)
        burst = sixteen(place, installation.port)
    finally:
        installation.stop()
    return [_open(found, used, wrong), burst]


def _rows(place: Place, found: Result) -> list[str]:
    said = [f"wrong answers: {found.wrong}"] if found.wrong else []
    for query, times in (("signatures WHERE state = 'confirmed'", 1), ("letters", 2)):
        there = place.number(f"SELECT count(*) FROM {query}")
        if there != found.done * times:
            said.append(f"{there} rows in {query} after {found.done} journeys")
    return said


def _open(found: Result, used: float, wrong: list[str]) -> Line:
    slowest = max((name for name in found.times if name != "visit"), key=found.p95)
    return Line(
        row="P3b",
        what=f"open loop, {RATE:.0f} journeys/s, with the mail",
        ours=f"{found.per_second:.1f}/s done, p95 of all four requests together {found.p95():.0f} ms, "
        f"of the slowest ({slowest}) {found.p95(slowest):.0f} ms",
        against="none",
        theirs="-",
        figure=f"the whole run used {100 * used:.0f} % of the machine, the load itself included",
        target="p95 <= 100 ms, no error, under half busy",
        met=found.p95() <= 100 and not wrong and used < 0.5,
        problems=wrong,
    )
