"""F6: the provider fails in every way it can."""

import math
import time
from collections import Counter

from sqlalchemy import text

from campaign import outbox
from campaign.core.db import session, transaction
from campaign.core.rates import Rate
from campaign.outbox import Lane
from soak.crew import Crew
from soak.ground import Ground, eventually, patiently
from soak.provider import CUT_OFF, FINE, LOCKED_OUT, SERVER_ERRORS, Provider, each, hooks, mixed, until
from soak.verdict import Verdict, judge
from tests.support.sendgrid import Step

# Answers that no attempt is counted for: nobody has looked at the letter.
UNCOUNTED = (401, 429)
# Longer than the transport waits (20 s).
HANGS = [Step(then="hang", status=status) for status in (202, 500)]
MIXED = [*SERVER_ERRORS, *CUT_OFF, Step(429, reset_in=1.0)]
STOPPED = "SELECT closed_until > clock_timestamp() + interval '1 year' FROM outbox_paces WHERE key = :key"
ATTEMPTS = "SELECT id::text, attempts FROM outbox_messages WHERE lane = 'letters'"


def f6(
    ground: Ground,
    provider: Provider,
    *,
    letters: int = 600,
    rate: int = 20,
    workers: int = 3,
    hangs: int = len(HANGS),
    resets: int = 5,
    stops: int = 3,
    failures: int = 2 * len([*SERVER_ERRORS, *CUT_OFF]),
    mix: int = 45,
) -> Verdict:
    """Two requests hang; 429 with resets, 5xx, cut connections and 401 in turn; then half of all calls fail."""
    verdict = Verdict("F6 the provider fails in every way")
    ground.fill(letters, Rate(rate, "second"))
    ground.start("scheduler", "web")
    provider.events_url = hooks(ground.installation.url)
    provider.weather = each(HANGS[:hangs])
    Crew(ground, workers)
    verdict.need(
        eventually(lambda: len(provider.letters(0)) == hangs, 30), f"nothing hung {ground.installation.logs()}"
    )
    early = [_reset(provider, verdict) for _reset_ in range(resets)]
    verdict.need(max(early) < workers, f"{early} calls came before the reset; {workers - 1} may have been under way")
    faults = (SERVER_ERRORS[::2] + CUT_OFF[:1] + SERVER_ERRORS[1::2] + CUT_OFF[1:]) * 2
    provider.weather = each([step for fault in faults[:failures] for step in (fault, FINE, FINE, FINE)])
    met = len(provider.letters(0, *range(500, 600)))
    wanted = met + min(failures, len(faults))
    verdict.need(eventually(lambda: len(provider.letters(0, *range(500, 600))) >= wanted, 300), "faults were not met")
    for _stop in range(stops):
        _lock_out(ground, provider, verdict)
    provider.weather = mixed(0.5, MIXED, mix)
    time.sleep(mix)
    left, begun = ground.ask(LEFT), time.monotonic()
    verdict.need(ground.settled(letters / rate + 120), f"letters are left over {ground.installation.logs()}")
    took = time.monotonic() - begun
    wrong = _attempts(provider)
    verdict.need(not wrong, f"{len(wrong)} letters have other attempts than calls: {wrong[:5]}")
    reported = eventually(lambda: ground.ask(UNREPORTED) == 0, 30)
    verdict.need(reported, f"{ground.ask(UNREPORTED)} letters never became delivered")
    verdict.need(set(provider.answers) <= {200}, f"reports were answered {dict(provider.answers)}")
    answers = Counter(status for _at, _letter, status in provider.calls)
    verdict.figures |= {
        "calls by answer": ", ".join(f"{answers[status]} × {status or 'none'}" for status in sorted(answers)),
        "calls before a reset": max(early), "attempts without a call, or for 401 and 429": len(wrong),
        "left after the mixture": left, "gone after": f"{took:.0f} s",
    }  # fmt: skip
    return judge(verdict, ground, in_flight=workers, received=provider.arrivals, moments=provider.moments)


LEFT = "SELECT count(*) FROM outbox_messages WHERE lane = 'letters' AND state IN ('queued', 'sending', 'unsure')"
UNREPORTED = "SELECT count(*) FROM outbox_messages WHERE lane = 'letters' AND state <> 'delivered'"


def _reset(provider: Provider, verdict: Verdict, seconds: int = 2) -> int:
    """429 until a whole second; answers how many calls came between the first of them and that moment."""
    reset = math.ceil(time.time()) + seconds
    provider.weather = until(reset)
    time.sleep(reset - time.time())
    refused = [
        at for at, _letter, status in list(provider.calls) if status == 429 and reset - seconds - 1 <= at < reset
    ]
    verdict.need(bool(refused), "nobody met the 429")
    again = eventually(lambda: max(provider.moments, default=0) >= reset, 20)
    verdict.need(again, "nobody called after the reset")
    return max(0, len(refused) - 1)


def _lock_out(ground: Ground, provider: Provider, verdict: Verdict) -> None:
    """401 until the lane has stopped, and a while longer; then staff let it go on."""
    provider.weather = lambda _call: LOCKED_OUT
    stopped = eventually(lambda: bool(ground.ask(STOPPED, key=Lane.LETTERS.limit)), 120)
    verdict.need(stopped, "a provider that locks us out did not stop the lane")
    time.sleep(0.5)  # for letters that were under way
    calls = len(provider.moments)
    time.sleep(1)
    verdict.need(len(provider.moments) == calls, "somebody called although the lane has stopped")
    provider.weather = lambda _call: None
    with transaction():
        outbox.reopen(Lane.LETTERS.limit)


def _attempts(provider: Provider) -> list[tuple[int, int]]:
    """Attempts and calls where they differ; those that nobody can have read the letter of do not count."""
    calls = Counter(letter for _at, letter, status in provider.calls if status not in UNCOUNTED)
    rows = patiently(lambda: session().execute(text(ATTEMPTS)).all())
    return [(attempts, calls[letter]) for letter, attempts in rows if attempts != calls[letter]]
