"""Supporters who sign and confirm over HTTP, and try again until they are answered, as people do."""

import http.client
import itertools
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy import text

from campaign.core import tokens
from campaign.core.db import db, session, transaction
from campaign.core.tokens import Purpose
from soak.ground import PATIENCE, Ground, patiently
from tests.support.forms import CAMPAIGN, filled
from tests.support.page import FormOn

SECONDS = 20.0
PAUSE = 0.05
ID = "SELECT id FROM signatures WHERE name = :name"
# No two of them have one name, in however many crowds.
NUMBERS = itertools.count()


@dataclass
class Tale:
    """What the supporters were told."""

    signed: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    cut: int = 0
    away: int = 0
    kept: int = 0
    odd: list[str] = field(default_factory=list)


class Crowd:
    """So many supporters at once, one after the other, until `stop`. Each names itself, so that it can be found."""

    def __init__(self, ground: Ground, threads: int = 3, pause: float = PAUSE) -> None:
        self.tale = Tale()
        self._ground, self._pause = ground, pause
        self._numbers = NUMBERS
        self._ends = threading.Event()
        self._lock = threading.Lock()
        page = urllib.request.urlopen(ground.installation.url + CAMPAIGN, timeout=SECONDS).read().decode()
        self._page = page
        self._threads = [threading.Thread(target=self._live, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> Tale:
        """Let each finish what it has begun; answers what they were told."""
        self._ends.set()
        for thread in self._threads:
            thread.join(PATIENCE + 2 * SECONDS)
        if any(thread.is_alive() for thread in self._threads):
            self.tale.odd.append("a supporter never got an answer")
        return self.tale

    def _live(self) -> None:
        with self._ground.app.app_context():
            while not self._ends.is_set():
                number = next(self._numbers)
                try:
                    self._act(f"Visitor {number}", number)
                except Exception as error:  # noqa: BLE001 - a supporter's failure is a finding, not the end of the crowd
                    self._odd(f"{type(error).__name__}: {error}")
                self._ends.wait(self._pause)
            db.session.remove()

    def _act(self, name: str, number: int) -> None:
        form = filled(
            self._page, name=name, email=f"{name.replace(' ', '').lower()}@example.org", subject=f"From {name}"
        )
        if not self._until_answered(f"{CAMPAIGN}/sign", form, number, "/check-your-mail"):
            return
        self.tale.signed.add(name)
        id_ = patiently(lambda: session().scalar(text(ID), {"name": name}))
        if id_ is None:
            self._odd(f"{name} was told to be signed, and is not there")
            return
        link = f"/confirm/{tokens.sign(Purpose.CONFIRM, id_.hex)}"
        if self._until_answered(link, {}, number, "/thanks/"):
            self.tale.confirmed.add(name)

    def _until_answered(self, path: str, form: dict[str, str], number: int, leads_to: str) -> bool:
        """Post until the answer is a 303. A 503 must bring the form back, which is then sent again as it came."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            try:
                status, place, page = post(self._ground.installation.port, path, form, number)
            except (OSError, http.client.HTTPException):
                with self._lock:
                    self.tale.cut += 1
                time.sleep(0.1)
                continue
            if status == 303 and leads_to in place:
                return True
            if status != 503:
                self._odd(f"{path.partition('/confirm/')[0] or 'confirm'} answered {status} {place}")
                return False
            form = self._kept(path, form, page)
            time.sleep(1)
        self._odd("no answer in time")
        return False

    def _kept(self, path: str, form: dict[str, str], page: str) -> dict[str, str]:
        """The form as the 503 page gives it back."""
        returned = FormOn(page, path).values
        with self._lock:
            self.tale.away += 1
            self.tale.kept += returned == form
        return returned if returned == form else form

    def _odd(self, what: str) -> None:
        with self._lock:
            self.tale.odd.append(what)


def post(port: int, path: str, form: dict[str, str], number: int) -> tuple[int, str, str]:
    """One POST from a network of its own; answers status, Location and page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("POST", path, urlencode(form), {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        })  # fmt: skip
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read().decode()
    finally:
        connection.close()


def missing(tale: Tale) -> list[str]:
    """Whom we told that they are in, and who are not."""
    with transaction():
        rows = session().execute(text("SELECT name, state FROM signatures")).all()
    there = {name for name, _state in rows}
    confirmed = {name for name, state in rows if state == "confirmed"}
    doubled = [name for name in there if sum(one == name for one, _state in rows) > 1]
    return sorted((tale.signed - there) | (tale.confirmed - confirmed) | set(doubled))
