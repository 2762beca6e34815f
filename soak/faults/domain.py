"""F7: one target's domain fails; the others must not notice."""

import time
from email import message_from_bytes

from aiosmtpd.smtp import Envelope as Received, Session

from campaign import outbox
from campaign.core.db import transaction
from campaign.core.rates import Rate
from campaign.outbox import Lane
from soak.crew import Crew
from soak.ground import PATIENCE, Ground
from soak.verdict import Arrival, Verdict, judge
from tests.support.ledger import densest
from tests.support.smtp import CLOSE, Server, Sink, listening

# What the bad domain does at which step of the hand-over: replies of a server, or none.
WAYS = {
    "4xx": ("RCPT", "451 4.7.1 try again later"),
    "5xx": ("RCPT", "550 5.7.1 not wanted here"),
    "no answer": (".", CLOSE),
}
HASTE = """
    UPDATE outbox_messages SET due_at = clock_timestamp() WHERE lane = 'letters' AND state = 'queued' AND attempts > 0
"""
MOVE = "UPDATE contacts SET email = 'office@' || :domain WHERE post_id = cast(:post AS uuid)"
STREAMS = "SELECT array_agg(DISTINCT stream ORDER BY stream) FROM outbox_messages WHERE lane = 'letters'"
FAILED = "SELECT count(*) FROM outbox_messages WHERE lane = 'letters' AND state = 'failed' AND stream = :stream"
TRIED = "SELECT count(*) FROM outbox_moves WHERE cause LIKE :cause"
BAD = "broken.example"


class Relay(Sink):
    """Takes what comes for any domain, but for the one in trouble."""

    def __init__(self, domain: str) -> None:
        super().__init__()
        self.domain, self.trouble = domain, ("", "")
        self.arrivals: list[tuple[Arrival, str]] = []

    def says(self, command: str) -> str | None:
        """The trouble, where this line is about the bad domain."""
        at, line = self.trouble
        return line if command == at == "RCPT" and self.domain in self.lines[-1] else None

    async def handle_DATA(self, server: Server, _session: Session, letter: Received) -> str:  # noqa: N802
        """Take the message, or break off although it is whole."""
        domain = letter.rcpt_tos[0].rpartition("@")[2]
        if domain == self.domain and self.trouble[0] == ".":
            await server.misbehave(self.trouble[1])
        mail = message_from_bytes(letter.original_content or b"")
        self.arrivals.append((Arrival(time.time(), mail["Message-ID"]), domain))
        return "250 2.0.0 Ok"

    def moments(self, since: float, until: float) -> list[float]:
        """When letters for the other domains came."""
        return [one.at for one, domain in self.arrivals if domain != self.domain and since <= one.at < until]


def f7(ground: Ground, *, seconds: int = 30, rate: int = 6, workers: int = 2, windows: int = 1) -> Verdict:
    """Fine weather, then each way to fail for so long; each target has a pace of its own, and the lane none.

    windows: how often each is measured at most. A machine that is busy elsewhere slows one; a fault slows them all.
    """
    verdict = Verdict("F7 one domain fails")
    ground.fill(int(2 * rate * (len(WAYS) + 1.5 * windows) * seconds), None)
    bad, *others = ground.ask(STREAMS)
    _pace(Rate(rate, "second"), bad, *others)
    ground.do(MOVE, domain=BAD, post=bad.partition(":")[2])
    relay = Relay(BAD)
    with listening(relay):
        ground.installation.env["MAIL_URL"] = f"smtp://127.0.0.1:{relay.port}?tls=none"
        ground.start("scheduler")
        Crew(ground, workers).ready()
        for way, trouble in {"fine": ("", ""), **WAYS}.items():
            relay.trouble = trouble
            share = _share(relay, seconds, rate, windows)
            verdict.need(share >= 0.95, f"{way}: the others went at {share:.0%} of their pace")
            verdict.figures[f"{way}: others at"] = f"{share:.0%} of {rate}/s"
        relay.trouble = ("", "")
        at_pace = relay.moments(0, time.time())
        _pace(None, bad, *others)
        tried = {cause: ground.ask(TRIED, cause=f"%{cause}%") for cause in ("451", "550", "closed")}
        verdict.need(all(tried.values()), f"the bad domain was asked {tried} times")
        verdict.need(_hurried(ground), f"letters are left over {ground.installation.logs()}")
    failed = ground.ask(FAILED, stream=bad)
    most, bound = densest(at_pace, 5), int(1 + 5.15 * rate) + workers
    verdict.need(most <= bound, f"{most} letters came to the others in 5 s, at most {bound} may")
    verdict.figures |= {**{f"asked, {cause}": n for cause, n in tried.items()}, "refused for good": failed}
    return judge(verdict, ground, failed=failed, received=[one for one, _domain in relay.arrivals])


def _pace(rate: Rate | None, *streams: str) -> None:
    with transaction():
        for stream in streams:
            outbox.set_rate(stream, rate, Lane.LETTERS)


def _share(relay: Relay, seconds: float, rate: int, windows: int) -> float:
    """The best of some windows: letters a second for the other domains, as a share of their pace."""
    best = 0.0
    for _window in range(windows):
        time.sleep(0.5)  # for what is under way
        begun = time.time()
        time.sleep(seconds)
        moments = relay.moments(begun, begun + seconds)
        best = max(best, (len(moments) - 1) / max(0.001, moments[-1] - moments[0]) / rate if len(moments) > 1 else 0.0)
        if best >= 0.95:
            break
    return best


def _hurried(ground: Ground) -> bool:
    """Wait until all are done, letting the minutes pass at once for which the bad domain's letters were put off."""
    ends = time.monotonic() + PATIENCE
    while not ground.settled(0):
        if time.monotonic() > ends:
            return False
        ground.do(HASTE)
        time.sleep(0.3)
    return True
