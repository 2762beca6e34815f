"""The next goal to show: near enough to be reached, raised before it is."""

RAISE_AT = 0.85


def next_step(signatures: int, final: int = 0) -> int:
    """The goal to show: the first step that is not yet 85% reached.

    The steps are 100, 250, 500, 1,000, 2,500 ... and the campaign's own `final` goal, a step like the others, so that
    missing it never shows as a failure.
    """
    power, low = 100, 1
    while True:
        for step in sorted({power, power * 5 // 2, power * 5} | ({final} if low <= final < power * 10 else set())):
            if signatures < step * RAISE_AT:
                return step
        power = low = power * 10
