"""A provider with moods: the stand-in for SendGrid fails as its `weather` says, and reports what it took.

Its reports are signed, posted to the web process, and posted again until that answers 2xx.
"""

import http.client
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from soak.verdict import Arrival
from tests.support.sendgrid import KEY, PATH, Call, StandIn, Step, complaint
from tests.support.sendgrid_events import PATH as EVENTS, Event, event, public_key, raw, signed

# Faults, by what they do; a letter that is kept was taken although nobody is told so.
FINE = Step()
LOCKED_OUT = Step(401, body=complaint(None, message="The provided authorization grant is invalid"))
SERVER_ERRORS = [Step(status, keep=keep) for status in (500, 502, 503, 504) for keep in (True, False)]
CUT_OFF = [Step(then=how, status=status) for how in ("reset", "close") for status in (202, 500)]
Weather = Callable[[Call], Step | None]


@dataclass(frozen=True)
class Handover:
    """A letter that was taken, under the provider's own id."""

    letter: str
    id: str
    kinds: tuple[str, ...] = ("processed", "delivered")


class Provider:
    """Takes letters until closed. `weather` may answer otherwise than 202; None is fine weather."""

    def __init__(self) -> None:
        self.weather: Weather = lambda _call: None
        self.events_url = ""  # nothing is reported until it is known where
        self.early = False  # reports come before the answer, so before we can have recorded it
        # Whose reports name the provider's id alone.
        self.nameless: Callable[[Handover], bool] = lambda _handover: False
        self.answers: Counter[int] = Counter()
        self.calls: list[tuple[float, str, int]] = []
        self.handovers: list[Handover] = []
        self._arrivals: list[Arrival] = []
        self._mail: list[Handover] = []
        self._lock, self._ends = threading.Lock(), threading.Event()
        self.standin = StandIn()
        self.standin.rule = self._answer
        self._reporting = threading.Thread(target=self._report, daemon=True)
        self._reporting.start()

    @property
    def settings(self) -> dict[str, str]:
        """What an installation needs in order to send here and to hear of it."""
        host, key = self.standin.url, public_key()
        return {
            "MAIL_URL": "sendgrid:", "SENDGRID_HOST": host, "SENDGRID_API_KEY": KEY, "SENDGRID_EVENT_PUBLIC_KEY": key,
        }  # fmt: skip

    @property
    def arrivals(self) -> list[Arrival]:
        """What was taken."""
        with self._lock:
            return list(self._arrivals)

    @property
    def moments(self) -> list[float]:
        """When somebody called, whatever was answered."""
        with self._lock:
            return [at for at, _letter, _status in self.calls]

    def letters(self, *statuses: int) -> set[str]:
        """The letters that met these answers, by their ids in the ledger."""
        with self._lock:
            return {letter for _at, letter, status in self.calls if status in statuses}

    def _answer(self, call: Call) -> Step | None:
        if (call.method, call.path) != ("POST", PATH):
            return None
        step = self.weather(call) or FINE
        letter = call.body["personalizations"][0]["custom_args"]["message_id"]
        handover = Handover(letter, uuid.uuid4().hex[:22])
        taken = step.status == 202 or step.keep
        with self._lock:
            self.calls.append((call.at, letter, step.status if step.then == "answer" else 0))
            if taken:
                self._arrivals.append(Arrival(call.at, call.body["headers"]["Message-ID"]))
                self.handovers.append(handover)
        if taken and self.early:
            self.post(self.events(handover))
        elif taken and self.events_url:
            with self._lock:
                self._mail.append(handover)
        return replace(step, headers={**step.headers, "X-Message-Id": handover.id})

    def events(self, handover: Handover) -> list[Event]:
        """What became of a letter, in the provider's words."""
        letter = None if self.nameless(handover) else handover.letter
        return [event(kind, letter, at, handover.id) for at, kind in enumerate(handover.kinds)]

    def post(self, events: Sequence[Event]) -> int:
        """Report once; answers the status, and 0 where nobody answered."""
        body = raw(events)
        status = post(self.events_url, body, signed(body))
        with self._lock:
            self.answers[status] += 1
        return status

    def _report(self) -> None:
        """Report in batches, in no order; what is not answered by 2xx is reported again, some of it anyway."""
        while not self._ends.wait(0.2):
            with self._lock:
                batch, self._mail = self._mail, []
            events = [one for handover in batch for one in self.events(handover)]
            random.shuffle(events)
            while events and not self._ends.is_set():
                if self.post(events) == 200:
                    break
                self._ends.wait(0.5)

    def close(self) -> None:
        """Stop listening and reporting."""
        self._ends.set()
        self.standin.close()
        self._reporting.join(30)


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST these bytes; answers the status, also one that comes before all was sent; 0 where the connection broke."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request("POST", parts.path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def hooks(url: str) -> str:
    """Where the events go, of a site."""
    return url + EVENTS


def until(reset: float) -> Weather:
    """429 for every call before that moment, by the stand-in's clock, with its reset; fine afterwards."""
    return lambda call: Step(429, headers={"X-RateLimit-Reset": str(int(reset))}) if call.at < reset else None


def each(steps: Sequence[Step]) -> Weather:
    """One fault after the other, then fine weather. A letter that has met one is not given another."""
    left, met, lock = list(steps), set[str](), threading.Lock()

    def weather(call: Call) -> Step | None:
        letter = call.body["personalizations"][0]["custom_args"]["message_id"]
        with lock, suppress(IndexError):
            if letter not in met:
                met.add(letter)
                return left.pop(0)
        return None

    return weather


def mixed(share: float, steps: Sequence[Step], seconds: float) -> Weather:
    """So many of the calls meet one of these faults, for so long."""
    ends = time.time() + seconds
    return lambda call: random.choice(steps) if call.at < ends and random.random() < share else None
