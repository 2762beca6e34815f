"""F5: PostgreSQL crashes while people sign and letters leave."""

import json
import time
import urllib.request

from campaign.core.rates import Rate
from soak.crew import Crew
from soak.crowd import Crowd, missing
from soak.ground import Ground, eventually
from soak.verdict import Verdict, judge
from tests.support.forms import SLUG


def f5(ground: Ground, *, restarts: int = 8, away: int = 8, rate: int = 20, workers: int = 3) -> Verdict:
    """Crashes; PostgreSQL is up again at once or after some seconds, in the full form more than a lease has."""
    verdict = Verdict("F5 PostgreSQL crashes while people sign and letters leave")
    ground.fill(rate * restarts * 5 // 2, Rate(rate, "second"))
    ground.start("scheduler", "people", "live", "web")
    crew = Crew(ground, workers).ready()
    running = ground.installation.pids()
    crowd = Crowd(ground)
    crowd.start()
    for number in range(restarts):
        time.sleep(1.5)
        if number % 2:
            ground.servers.postgres.restart("immediate")
        else:
            ground.servers.postgres.kill()
            time.sleep(away)
            ground.servers.postgres.start()
    time.sleep(1)
    tale = crowd.stop()
    verdict.need(ground.settled(), f"letters are left over {ground.installation.logs()}")
    verdict.problems += [f"{name} was told to be in, and is not" for name in missing(tale)] + tale.odd
    verdict.need(tale.away > 0, "nobody met the database while it was away")
    verdict.need(tale.kept == tale.away, f"{tale.away - tale.kept} pages of a 503 did not give the form back")
    verdict.need(ground.installation.pids() == running, f"a process ended {ground.installation.logs()}")
    confirmed = ground.ask("SELECT count(*) FROM signatures WHERE state = 'confirmed'")
    shows = eventually(lambda: _live(ground) == confirmed, 30)
    verdict.need(shows, f"live shows {_live(ground)} signatures of {confirmed}")
    verdict.figures |= {
        "crashes": restarts,
        "longest away": f"{away} s",
        "told to be signed": len(tale.signed), "told to be confirmed": len(tale.confirmed),
        "503 that gave the form back": tale.kept, "requests cut": tale.cut,
    }  # fmt: skip
    return judge(verdict, ground, allowed=restarts * len(crew.names), in_flight=workers)


def _live(ground: Ground) -> int:
    with urllib.request.urlopen(f"{ground.installation.env['LIVE_URL']}/api/v1/campaigns/{SLUG}/counter") as answer:
        return int(json.load(answer)["signatures"])
