"""What came of the letters: the rows compared with what the receiving side got."""

import json
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from campaign.core.columns import unseal
from campaign.core.db import session
from campaign.jobs.recount import recount
from campaign.outbox import Lane, State
from soak.ground import Ground, patiently
from tests.support.ledger import densest

WINDOWS = (1.0, 5.0)
MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Arrival:
    """One mail as its receiver took it: when, by the receiver's clock, and its Message-ID."""

    at: float
    message_id: str


@dataclass
class Verdict:
    """The figures of one fault. It held where there are no problems."""

    fault: str
    letters: int = 0
    lost: int = 0
    duplicates: int = 0
    allowed: int = 0
    densest: int = 0
    bound: int | None = None
    figures: dict[str, object] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def need(self, holds: bool, otherwise: str) -> None:
        """Note a problem unless something holds."""
        if not holds:
            self.problems.append(otherwise)


def arrivals(inbox: Path) -> list[Arrival]:
    """Every mail in a Maildir, in order of arrival."""
    found = []
    for path in (inbox / "new").glob("*"):
        with path.open("rb") as file:
            head = file.read(4000)
        named = MESSAGE_ID.search(head)
        found.append(Arrival(path.stat().st_mtime_ns / 1e9, named[1].decode() if named else path.name))
    return sorted(found, key=lambda arrival: arrival.at)


def judge(
    verdict: Verdict,
    ground: Ground,
    *,
    allowed: int = 0,
    in_flight: int = 0,
    failed: int = 0,
    received: list[Arrival] | None = None,
    moments: list[float] | None = None,
) -> Verdict:
    """Fill in what can be counted and note every breach.

    allowed: how many letters may have come twice: those under way in a worker that was killed or frozen.
    in_flight: how many may be under way at once; 0 where no pace is kept.
    failed: how many the fault makes fail for good.
    moments: when somebody called, where not each call brought a letter.
    """
    taken = arrivals(ground.inbox) if received is None else received
    rows = patiently(lambda: session().execute(text(ROWS)).all())
    ids = {message_id: lane for mail, lane, _state in rows if (message_id := _message_id(mail))}
    letters = [arrival for arrival in taken if ids.get(arrival.message_id) == Lane.LETTERS]
    copies = Counter(arrival.message_id for arrival in letters)
    sent = {
        _message_id(mail)
        for mail, lane, state in rows
        if lane == Lane.LETTERS and state in (State.SENT, State.DELIVERED)
    }
    verdict.letters = sum(lane == Lane.LETTERS for _mail, lane, _state in rows)
    verdict.lost = _missing() + len(sent - copies.keys()) + max(0, ground.ask(NOT_SENT) - failed)
    verdict.duplicates, verdict.allowed = copies.total() - len(copies), allowed
    verdict.need(verdict.lost == 0, f"{verdict.lost} letters are lost")
    verdict.need(verdict.duplicates <= allowed, f"{verdict.duplicates} came twice, at most {allowed} may")
    strangers = sum(arrival.message_id not in ids for arrival in taken)
    verdict.need(strangers == 0, f"{strangers} mails came that are not in the ledger")
    _pace(verdict, ground, moments or [arrival.at for arrival in letters], in_flight)
    _rows(verdict, ground)
    return verdict


def _message_id(mail: str | None) -> str | None:
    """The Message-ID of a frozen mail as it is stored; None where there is none, or nobody can read it."""
    with suppress(ValueError, KeyError):
        return str(json.loads(unseal(mail or ""))["message_id"])
    return None


def _missing() -> int:
    """Confirmed signatures x targets without a letter in the ledger."""
    return int(patiently(lambda: session().scalar(text(MISSING)) or 0))


def _pace(verdict: Verdict, ground: Ground, moments: list[float], in_flight: int) -> None:
    """No window holds more than was granted in it and what was under way when it began: one letter a worker."""
    gap = ground.ask("SELECT gap FROM outbox_paces WHERE key = :key", key=Lane.LETTERS.limit)
    if not in_flight or not gap:
        return
    for window in WINDOWS:
        most, bound = densest(moments, window), int(1 + (window + min(0.15, 4 * gap)) / gap) + in_flight
        verdict.need(most <= bound, f"{most} letters came in {window:.0f} s, at most {bound} may")
        verdict.densest, verdict.bound = most, bound


def _rows(verdict: Verdict, ground: Ground) -> None:
    """The tallies say what the rows say, and each row stands where its history ends."""
    drift = recount()
    verdict.need(drift == {}, f"the tallies drift: {drift}")
    crooked = ground.ask(CROOKED)
    verdict.need(crooked == 0, f"{crooked} messages stand elsewhere than their history says")
    again = ground.ask(AGAIN)
    verdict.need(again == 0, f"{again} letters were recorded as sent more than once")
    twice = ground.ask(TWICE)
    verdict.need(twice == 0, f"{twice} addresses stand twice on a campaign")


ROWS = "SELECT mail, lane, state FROM outbox_messages"
MISSING = """
    SELECT count(*) FROM signatures s JOIN campaign_targets t USING (campaign_id)
    LEFT JOIN letters l ON l.signature_id = s.id AND l.post_id = t.post_id
    LEFT JOIN outbox_messages m ON m.id = l.id
    WHERE s.state = 'confirmed' AND m.id IS NULL
"""
NOT_SENT = """
    SELECT count(*) FROM outbox_messages WHERE lane = 'letters' AND state NOT IN ('sent', 'delivered')
"""
CROOKED = """
    SELECT count(*) FROM outbox_messages m JOIN LATERAL (
        SELECT to_state FROM outbox_moves WHERE message_id = m.id ORDER BY id DESC LIMIT 1) v ON true
    WHERE m.state <> v.to_state AND m.state <> 'cancelled'
"""
AGAIN = """
    SELECT count(*) FROM (
        SELECT FROM outbox_moves WHERE from_state IN ('sending', 'unsure') AND to_state IN ('sent', 'delivered')
        GROUP BY message_id HAVING count(*) > 1) again
"""
TWICE = """
    SELECT count(*) FROM (
        SELECT FROM signatures WHERE state = 'confirmed' GROUP BY campaign_id, email_hash HAVING count(*) > 1) twice
"""
