"""F8 and F9: reports of the provider come many times, forged, replayed, too large, and too early."""

import random
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from sqlalchemy import text

from campaign.core.db import session
from campaign.core.rates import Rate
from soak.crew import Crew
from soak.ground import Ground, eventually, patiently
from soak.provider import CUT_OFF, Handover, Provider, hooks, post
from soak.verdict import Verdict, judge
from tests.support.sendgrid import Call, Step
from tests.support.sendgrid_events import SIGNATURE, TIMESTAMP, Event, event, raw, signed

# What may become of a letter, in the provider's words, and where it then stands.
FATES = {
    ("processed", "deferred", "delivered"): "delivered",
    ("processed", "delivered", "open"): "delivered",
    ("processed", "deferred", "blocked"): "bounced",
    ("processed", "delivered", "spamreport"): "complained",
}
BLOCKED = {"event": "bounce", "type": "blocked", "status": "5.7.1", "reason": "550 5.7.1 too much at once"}
BATCH = 40
Request = tuple[str, bytes, dict[str, str]]
Answers = Counter[tuple[str, int]]


def f8(ground: Ground, provider: Provider, *, letters: int = 400, most: int = 46, forged: int = 600) -> Verdict:
    """Every event of every letter up to so many times, in any order, among forged, replayed, unsigned and huge ones."""
    verdict = Verdict("F8 reports many times over, forged, replayed, huge")
    ground.fill(letters, None)
    ground.start("scheduler", "web")
    web = ground.installation.pids()
    Crew(ground, 1)
    verdict.need(ground.settled(), f"letters are left over {ground.installation.logs()}")
    fates = {handover: random.choice(list(FATES)) for handover in provider.handovers}
    events = [one for handover, kinds in fates.items() for one in _events(handover, kinds)]
    copies = [one for one in events for _copy in range(random.randint(1, most))]
    random.shuffle(copies)
    requests = [_genuine(copies[at : at + BATCH]) for at in range(0, len(copies), BATCH)]
    requests += [forge(random.choice(events)) for _one in range(forged // len(FORGERIES)) for forge in FORGERIES]
    random.shuffle(requests)
    begun = time.monotonic()
    answers = _post(hooks(ground.installation.url), requests)
    took = time.monotonic() - begun
    verdict.need(eventually(lambda: ground.ask(PENDING) == 0, 30), "reports were stored and never applied")
    wanted = {"genuine": {200}, "huge": {413, 0}}
    odd = {key: n for key, n in answers.items() if key[1] not in wanted.get(key[0], {401})}
    verdict.need(not odd, f"answered otherwise: {odd}")
    ids = set(patiently(lambda: session().scalars(text("SELECT id FROM receipts")).all()))
    verdict.need(ids == {one["sg_event_id"] for one in events}, f"{len(ids)} receipts of {len(events)} events")
    states: dict[str, str] = {row.id: row.state for row in patiently(lambda: session().execute(text(STATES)).all())}
    wrong = [states[one.letter] for one, kinds in fates.items() if states[one.letter] != FATES[kinds]]
    verdict.need(not wrong, f"{len(wrong)} letters stand elsewhere than their events say: {Counter(wrong)}")
    verdict.need(web <= ground.installation.pids(), "the web process ended")
    verdict.figures |= {
        "events": len(events), "copies": len(copies), "requests": len(requests), "took": f"{took:.0f} s",
        "answers": ", ".join(f"{name} {status or 'cut'}: {n}" for (name, status), n in sorted(answers.items())),
    }  # fmt: skip
    lost = sum(FATES[kinds] != "delivered" for kinds in fates.values())
    return judge(verdict, ground, failed=lost, received=provider.arrivals)


STATES = "SELECT id::text AS id, state FROM outbox_messages WHERE lane = 'letters'"
PENDING = "SELECT count(*) FROM receipts WHERE applied_at IS NULL OR message_id IS NULL"


def _events(handover: Handover, kinds: tuple[str, ...]) -> list[Event]:
    """The events of a fate."""
    return [
        event(kind, handover.letter, at, handover.id, **(BLOCKED if kind == "blocked" else {}))
        for at, kind in enumerate(kinds)
    ]


def _genuine(events: list[Event]) -> Request:
    body = raw(events)
    return "genuine", body, signed(body)


def _changed(about: Event) -> bytes:
    """A report of our making: that the reader complained."""
    return raw([{**about, "event": "spamreport", "sg_event_id": f"forged-{random.getrandbits(64)}"}])


def _by_another_key(about: Event) -> Request:
    body = _changed(about)
    return "signed by another", body, signed(body, key=generate_private_key(SECP256R1()))


def _tampered(about: Event) -> Request:
    return "tampered with", _changed(about), signed(raw([about]))


def _unsigned(about: Event) -> Request:
    return "unsigned", _changed(about), {"Content-Type": "application/json"}


def _later(about: Event) -> Request:
    """Signed once, and sent as if it were signed now."""
    body = raw([about])
    return "with another time", body, {**signed(body, age=60), TIMESTAMP: str(int(time.time()))}


def _replayed(about: Event) -> Request:
    body = raw([about])
    return "replayed after 27 hours", body, signed(body, age=27 * 3600)


def _garbled(about: Event) -> Request:
    body = raw([about])
    return "garbled", body, {**signed(body), SIGNATURE: b64encode(random.randbytes(random.randint(0, 90))).decode()}


def _huge(about: Event) -> Request:
    body = raw([{**about, "sg_event_id": "huge", "padding": "x" * 5_000_000}])
    return "huge", body, signed(body)


FORGERIES: list[Callable[[Event], Request]] = [
    _by_another_key, _tampered, _unsigned, _later, _replayed, _garbled, _huge
]  # fmt: skip


def _post(url: str, requests: list[Request], threads: int = 4) -> Answers:
    """Post them all, several at once; answers how often each kind was answered how."""
    answers, lock, left = Answers(), threading.Lock(), list(requests)

    def work() -> None:
        while True:
            with lock:
                if not left:
                    return
                name, body, headers = left.pop()
            status = post(url, body, headers)
            with lock:
                answers[name, status] += 1

    workers = [threading.Thread(target=work) for _thread in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return answers


def f9(ground: Ground, provider: Provider, *, letters: int = 600, rate: int = 20) -> Verdict:
    """Reports come before the answer, some naming the letter only by the provider's id; some answers never come."""
    verdict = Verdict("F9 reports come before our own record")
    ground.fill(letters, Rate(rate, "second"))
    ground.start("scheduler", "web")
    cut: set[str] = set()

    def weather(call: Call) -> Step | None:
        letter = call.body["personalizations"][0]["custom_args"]["message_id"]
        if len(cut) < letters // 40:
            cut.add(letter)
            return CUT_OFF[0]
        return None

    provider.weather, provider.early = weather, True
    provider.events_url = hooks(ground.installation.url)
    provider.nameless = lambda handover: handover.letter not in cut and int(handover.letter[-1], 16) % 2 == 1
    Crew(ground, 2)
    verdict.need(ground.settled(letters / rate + 120), f"letters are left over {ground.installation.logs()}")
    linked = eventually(lambda: ground.ask(PENDING) == 0 and ground.ask(UNDELIVERED) == 0, 30)
    verdict.need(linked, f"{ground.ask(PENDING)} orphans, {ground.ask(UNDELIVERED)} letters not delivered")
    overtaken, nameless = ground.ask(OVERTAKEN), sum(map(provider.nameless, provider.handovers))
    verdict.need(overtaken >= letters // 4, f"only {overtaken} reports came before the record")
    verdict.need(set(provider.answers) == {200}, f"reports were answered {dict(provider.answers)}")
    verdict.figures |= {
        "reports before our record": overtaken, "by the provider's id alone": nameless, "answer never came": len(cut),
        "orphans": ground.ask(PENDING),
    }  # fmt: skip
    return judge(verdict, ground, in_flight=2, received=provider.arrivals, moments=provider.moments)


UNDELIVERED = "SELECT count(*) FROM outbox_messages WHERE lane = 'letters' AND state <> 'delivered'"
OVERTAKEN = """
    SELECT count(*) FROM outbox_moves WHERE from_state = 'sending' AND to_state IN ('sent', 'delivered')
      AND actor = 'receipts'
"""
