"""F16: everything at once, at random, for as long as wished."""

import math
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from sqlalchemy import text

from campaign import campaigns, outbox, signatures
from campaign.core.db import session
from campaign.core.errors import Conflict
from campaign.core.rates import Rate
from campaign.outbox import Lane, pauses
from campaign.signatures.conditions import Conditions
from soak.crew import Crew
from soak.crowd import Crowd, missing
from soak.faults import redis, web
from soak.ground import Ground, eventually, patiently
from soak.provider import CUT_OFF, LOCKED_OUT, SERVER_ERRORS, Provider, each, hooks, until
from soak.verdict import Verdict, judge
from tests.support.forms import SLUG

ACTOR = "staff:soak"
# Schedulers at once.
MOST_SCHEDULERS = 3


class Mixture:
    """The faults to choose from, and how many letters each may double."""

    def __init__(self, ground: Ground, crew: Crew, provider: Provider) -> None:
        self._ground, self._crew, self._provider = ground, crew, provider
        self.allowed, self.started = 0, 0
        self.schedulers = ["scheduler-0"]
        self.done: Counter[str] = Counter()
        self.faults: dict[str, Callable[[], object]] = {
            "worker killed": self._kill_worker,
            "worker frozen past its lease": self._freeze,
            "worker replaced (SIGTERM to its group)": self._replace,
            "people's worker killed": self._kill_people,
            "scheduler killed": self._kill_scheduler,
            "scheduler added": self._add_scheduler,
            "web killed": lambda: web.kill(ground, whole=True),
            "web's process killed": lambda: web.kill(ground, whole=False),
            "Redis emptied": ground.servers.valkey.flush,
            "Redis away for 3 s": self._redis,
            "Redis hangs for 3 s": self._redis_hangs,
            "PostgreSQL crashed": self._postgres,
            "PostgreSQL away for 2 s": lambda: self._postgres(2),
            "provider wants rest (429)": self._rest,
            "provider answers 5xx, cuts off": self._trouble,
            "provider locks us out, staff let it go on": self._lock_out,
            "reports begin to come before the answer, or end to": self._report_early,
            "a target paused for 2 s": self._pause,
            "signatures taken out, and put back": self._invalidate,
        }

    def one(self) -> None:
        """One fault, each as often as the others."""
        least = min(self.done[name] for name in self.faults)
        name = random.choice([name for name in self.faults if self.done[name] == least])
        self.done[name] += 1
        self.faults[name]()

    def _kill_worker(self) -> None:
        self.allowed += self._crew.kill_any()
        self._crew.hire()

    def _freeze(self) -> None:
        name = random.choice(self._crew.names)
        self._crew.stop(name)
        self.allowed += self._crew.held(name) is not None
        time.sleep(7)
        self._crew.resume(name)

    def _replace(self) -> None:
        old = random.choice(self._crew.names)
        self._crew.hire()
        time.sleep(1)
        self._crew.dismiss(old)

    def _kill_people(self) -> None:
        self._ground.installation.kill("people")
        self._ground.start("people")

    def _kill_scheduler(self) -> None:
        self._ground.installation.kill(self.schedulers.pop())
        self._add_scheduler()

    def _add_scheduler(self) -> None:
        """One more; three at most, or half an hour of faults would end with dozens."""
        self.started += 1
        self.schedulers.append(f"scheduler-{self.started}")
        self._ground.start(self.schedulers[-1])
        if len(self.schedulers) > MOST_SCHEDULERS:
            self._ground.installation.kill(self.schedulers.pop(0))

    def _redis(self) -> None:
        self._ground.servers.valkey.kill()
        time.sleep(3)
        self._ground.servers.valkey.start()

    def _redis_hangs(self) -> None:
        with redis.hanging(self._ground):
            time.sleep(3)

    def _postgres(self, seconds: float = 0) -> None:
        self._ground.servers.postgres.kill()
        time.sleep(seconds)
        self._ground.servers.postgres.start()
        self.allowed += len(self._crew.names)

    def _rest(self) -> None:
        self._provider.weather = until(math.ceil(time.time()) + 2)

    def _trouble(self) -> None:
        self._provider.weather = each(random.sample([*SERVER_ERRORS, *CUT_OFF], 2))

    def _lock_out(self) -> None:
        self._provider.weather = lambda _call: LOCKED_OUT
        time.sleep(1)
        self._provider.weather = lambda _call: None
        for lane in Lane:
            patiently(partial(outbox.reopen, lane.limit))

    def _report_early(self) -> None:
        self._provider.early = not self._provider.early

    def _pause(self) -> None:
        stream = self._ground.ask("SELECT max(stream) FROM outbox_messages WHERE lane = 'letters'")
        patiently(lambda: pauses.pause(stream, reason="as staff may", actor=ACTOR))
        time.sleep(2)
        patiently(lambda: pauses.resume(stream))

    def _invalidate(self) -> None:
        """Take out a part of those who signed; put back at once, though the rest may not have been taken out yet."""
        batch = signatures.invalidation
        which = Conditions(name_prefix=f"Supporter {random.randint(1, 9)}")
        page = patiently(lambda: campaigns.find(SLUG, "en"))
        organisation = self._ground.ask("SELECT organisation_id FROM campaigns WHERE id = :id", id=page.id)
        who = {"actor": ACTOR, "organisation_id": organisation}
        id_ = patiently(lambda: batch.draft(page.id, which, actor=ACTOR))
        patiently(lambda: batch.start(page.id, id_, "a try", **who))
        eventually(lambda: not self._ground.ask(BUSY), 10)
        with suppress(Conflict):
            patiently(lambda: batch.stop(page.id, id_, **who))
        eventually(lambda: not self._ground.ask(BUSY), 10)
        patiently(lambda: batch.undo(page.id, id_, **who))


BUSY = "SELECT count(*) FROM invalidations WHERE state IN ('running', 'undoing')"


def f16(ground: Ground, provider: Provider, *, seconds: int = 300, rate: int = 20, workers: int = 3) -> Verdict:
    """Random faults while people sign, letters leave, and the provider reports what became of them."""
    verdict = Verdict("F16 random faults")
    ground.fill(int(seconds * rate * 0.6), Rate(rate, "second"))
    ground.start("scheduler-0", "people", "web")
    crew = Crew(ground, workers)
    provider.events_url = hooks(ground.installation.url)
    mixture = Mixture(ground, crew, provider)
    crowd = Crowd(ground, 2, pause=0.5)
    crowd.start()
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(random.uniform(0.2, 2.5))
        mixture.one()
    provider.weather = lambda _call: None
    tale = crowd.stop()
    verdict.need(eventually(lambda: ground.ask(BUSY) == 0), "signatures were taken out and never put back")
    verdict.need(ground.settled(seconds + 120), f"letters are left over {ground.installation.logs()}")
    verdict.need(eventually(lambda: ground.ask(PEOPLE) == 0), "mail that people wait for is left over")
    verdict.problems += [f"{name} was told to be in, and is not" for name in missing(tale)] + tale.odd
    verdict.need(tale.kept == tale.away, f"{tale.away - tale.kept} pages of a 503 did not give the form back")
    verdict.figures |= {
        "seconds": seconds, "faults": mixture.done.total(), **mixture.done, "told to be signed": len(tale.signed),
        "told to be confirmed": len(tale.confirmed), "503 that gave the form back": tale.kept, "requests cut": tale.cut,
    }  # fmt: skip
    # Beside a worker that ends may stand its successor, and in place of one killed another.
    letters = set(patiently(lambda: session().scalars(text(LETTERS)).all()))
    moments = [at for at, letter, _status in provider.calls if letter in letters]
    received = provider.arrivals
    return judge(verdict, ground, allowed=mixture.allowed, in_flight=2 * workers, received=received, moments=moments)


LETTERS = "SELECT id::text FROM outbox_messages WHERE lane = 'letters'"
PEOPLE = "SELECT count(*) FROM outbox_messages WHERE lane = 'people' AND state IN ('queued', 'sending', 'unsure')"
