"""F11: the clock of the database jumps."""

import time
from itertools import pairwise

from campaign.core.rates import Rate
from campaign.outbox import Lane, pace
from campaign.outbox.pace import TOLERANCE
from soak.crew import Crew
from soak.ground import Ground, patiently
from soak.private import set_clock
from soak.verdict import Verdict, arrivals, judge

HOUR = 3600
# Sweeps look every second here, and an idle worker by itself every five.
LONGEST_PAUSE = 10.0
REST = 2.0


def f11(ground: Ground, *, jumps: int = 8, rate: int = 20, workers: int = 3, seconds: int = 6) -> Verdict:
    """An hour forward and back in turns, also twice the same way, while letters leave."""
    verdict = Verdict("F11 the database's clock jumps by an hour")
    letters = ground.fill(2 * rate * seconds * jumps, Rate(rate, "second"))
    ground.start("scheduler")
    Crew(ground, workers).ready()
    offset, moments = 0, []
    for number in range(jumps):
        time.sleep(seconds)
        ahead = number % 4 in (0, 3)
        offset += HOUR if ahead else -HOUR
        if not ahead:  # in the middle of a rest, which must not become an hour longer
            patiently(lambda: pace.fail(Lane.LETTERS.limit, REST, "as a provider might"))
        moments.append((time.time(), ahead))
        set_clock(ground.folder, offset)
        time.sleep(seconds)
    there = ground.ask("SELECT extract(epoch FROM clock_timestamp())::float") - time.time()
    verdict.need(abs(there - offset) < 60, f"the database's clock is {there:.0f} s ahead, not {offset}")
    verdict.need(ground.settled(letters / rate + 90), f"letters are left over {ground.installation.logs()}")
    came = [one.at for one in arrivals(ground.inbox)]
    forward, back = (
        max(_pause(came, at, at + seconds) for at, ahead in moments if ahead == way) for way in (True, False)
    )
    verdict.need(max(forward, back) <= LONGEST_PAUSE, f"nothing left for {max(forward, back):.1f} s after a jump")
    verdict.figures |= {
        "jumps": jumps, "longest pause after one forward": f"{forward:.1f} s", "after one back": f"{back:.1f} s",
    }  # fmt: skip
    # The tolerance of the pace is there anew after a jump forward, in which nobody was too early.
    return judge(verdict, ground, in_flight=workers + 1 + round(TOLERANCE * rate))


def _pause(came: list[float], since: float, until: float) -> float:
    """The longest time between two letters, of those that began in this time."""
    return max((after - before for before, after in pairwise(came) if since - 1 < before < until), default=0.0)
