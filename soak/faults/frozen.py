"""F14: workers freeze with a letter in hand."""

import random
import time

from campaign.core.rates import Rate
from soak.crew import Crew
from soak.ground import Ground, eventually
from soak.office import Office, Point
from soak.verdict import Verdict, judge


def f14(ground: Ground, *, freezes: int = 6, letters: int = 600, rate: int = 20) -> Verdict:
    """Two of three workers frozen with a letter in hand until others have sent it; then they go on."""
    verdict = Verdict("F14 workers frozen past their lease")
    ground.fill(letters, Rate(rate, "second"))
    ground.start("scheduler")
    crew = Crew(ground, 3)
    frozen: dict[str, str] = {}
    overtaken = 0
    while overtaken < freezes and not ground.settled(0):
        frozen = _freeze(crew, 2)
        for letter in frozen.values():
            verdict.need(_overtaken(ground, letter), "a frozen worker's letter was never sent by another")
        for name in frozen:
            crew.resume(name)
        overtaken += len(frozen)
    verdict.need(ground.settled(letters / rate + 90), "letters are left over")
    verdict.need(len(crew.names) == len(ground.installation.pids()) - 1, "a frozen worker did not go on")
    verdict.figures |= {"freezes": overtaken, "pace": f"{rate}/s"}
    return judge(verdict, ground, allowed=overtaken, in_flight=3)


def f14_points(ground: Ground, office: Office, *, freezes: int = 6) -> Verdict:
    """Frozen while its letter is taken and not answered, until another has sent it; then it reads its answer."""
    verdict = Verdict("F14 workers frozen before they read the answer")
    ground.fill(80 + 250 * (freezes // 2 - 1), Rate(20, "second"))  # the third worker sends on meanwhile
    ground.start("scheduler")
    crew = Crew(ground, 3)
    letters: list[str] = []
    for _pair in range(0, freezes, 2):
        frozen = dict(_freeze_at(crew, office) for _one in range(2))
        for letter in frozen.values():
            verdict.need(_overtaken(ground, letter), "a frozen worker's letter was never sent by another")
        for name in frozen:
            crew.resume(name)
        letters += frozen.values()
    verdict.need(ground.settled(), "letters are left over")
    verdict.need(len(crew.names) == len(ground.installation.pids()) - 1, "a frozen worker did not go on")
    came = [office.copies(letter) for letter in letters]
    verdict.need(set(came) == {2}, f"letters of frozen workers came {came} times, not twice")
    verdict.need(office.same_again, "a letter came again with another text")
    verdict.figures |= {"freezes": len(letters), "pace": "20/s"}
    return judge(verdict, ground, allowed=len(letters), in_flight=3, received=office.arrivals)


def _freeze_at(crew: Crew, office: Office) -> tuple[str, str]:
    """Freeze who brings the next letter while it is taken; answers who and which."""
    hold = office.hold(Point.BETWEEN)
    letter = hold.wait()
    name = crew.holder(letter)
    crew.stop(name)
    hold.release()
    return name, letter


STATE = "SELECT state FROM outbox_messages WHERE id = :id"


def _overtaken(ground: Ground, letter: str) -> bool:
    return eventually(lambda: bool(ground.ask(STATE, id=letter) in ("sent", "delivered")))


def _freeze(crew: Crew, n: int) -> dict[str, str]:
    """Freeze so many workers that hold a letter; answers which."""
    frozen: dict[str, str] = {}
    ends = time.monotonic() + 30
    while len(frozen) < n and time.monotonic() < ends:
        name = random.choice([name for name in crew.names if name not in frozen])
        crew.stop(name)
        letter = crew.held(name)
        if letter:
            frozen[name] = letter
        else:
            crew.resume(name)
            time.sleep(random.uniform(0.001, 0.02))
    return frozen
