"""F15: letters that can never leave."""

import json
import time
from typing import Any
from uuid import UUID

from sqlalchemy import text

from campaign import outbox
from campaign.core.db import session, transaction
from campaign.outbox import Lane
from campaign.outbox.retry import MAX_ATTEMPTS
from soak.crew import Crew
from soak.ground import PATIENCE, Ground
from soak.office import Office
from soak.verdict import Verdict, judge

OF_THE_LETTER = "FROM letters l WHERE l.id = :id AND"
# Ways to break a letter in the database, as a mistake of ours might.
BROKEN = {
    "nobody composes its kind": "UPDATE outbox_messages SET kind = 'nobody' WHERE id = :id",
    "its text is gone": "UPDATE outbox_messages SET ref = gen_random_uuid() WHERE id = :id",
    "its composer raises": f"UPDATE signatures s SET email = '9:?' {OF_THE_LETTER} l.signature_id = s.id",
    "its subject holds a line break": f"UPDATE letter_texts t SET subject = E'a\\nb' {OF_THE_LETTER} l.text_id = t.id",
    "its frozen mail is cut": "UPDATE outbox_messages SET mail = '0:{' WHERE id = :id",
    "its frozen mail is sealed in an unknown way": "UPDATE outbox_messages SET mail = '9:?' WHERE id = :id",
    "its frozen mail is of another shape": "UPDATE outbox_messages SET mail = '0:{\"shape\": 1}' WHERE id = :id",
}
RAISES, BREAKS = list(BROKEN)[2:4]
UNREADABLE = list(BROKEN)[-3:]
REFUSED, PUT_OFF = "refused for good", "put off each time"
COMPLAINT = json.dumps(
    {"errors": [{"message": "is not right", "field": "personalizations.0.to.0.email", "help": None}]}
).encode()
FIRST = """
    SELECT m.id FROM outbox_messages m JOIN letters l ON l.id = m.id
    JOIN (SELECT signature_id, min(id::text) AS first FROM letters GROUP BY 1) f ON f.first = l.id::text
    WHERE m.lane = 'letters' ORDER BY m.due_at LIMIT :n
"""
# Both letters of a signature that nothing can be composed for.
FAMILY = "SELECT id FROM letters WHERE signature_id = (SELECT signature_id FROM letters WHERE id = :id)"
NOW = """
    UPDATE outbox_messages SET due_at = clock_timestamp() WHERE id = ANY(:ids) AND state IN ('queued', 'unsure')
"""
OTHERS = "SELECT count(*) FROM outbox_messages WHERE lane = 'letters' AND NOT id = ANY(:bad) AND attempts <> 1"


def f15(ground: Ground, office: Office, *, letters: int = 400, attempts: int = MAX_ATTEMPTS) -> Verdict:
    """Some cannot be composed or read, one is refused, one always put off; the rest must not notice."""
    verdict = Verdict("F15 poison letters")
    ground.fill(letters, None)
    ways = [*BROKEN, REFUSED, PUT_OFF]
    poison = dict(zip(ways, _ids(FIRST, n=len(ways)), strict=True))
    for way, statement in BROKEN.items():
        ground.do(statement, id=poison[way])
    answers = {str(poison[REFUSED]): (400, COMPLAINT), str(poison[PUT_OFF]): (503, b"")}
    office.rule = lambda letter, _body: answers.get(letter)
    put_off = [id_ for way, id_ in poison.items() if way in UNREADABLE or way == PUT_OFF]
    tries = {way: MAX_ATTEMPTS if id_ in put_off else 0 for way, id_ in poison.items()} | {REFUSED: 1, BREAKS: 1}
    ground.do("UPDATE outbox_messages SET attempts = :n WHERE id = ANY(:ids)", n=MAX_ATTEMPTS - attempts, ids=put_off)
    ground.start("scheduler")
    Crew(ground, 2)
    verdict.need(_hurried(ground, put_off), f"letters are left over {ground.installation.logs()}")
    for way, id_ in poison.items():
        state, tried = ground.row("SELECT state, attempts FROM outbox_messages WHERE id = :id", id=id_)
        verdict.need((state, tried) == ("failed", tries[way]), f"{way}: {state} after {tried} attempts")
        verdict.figures[way] = f"{state} after {tried} attempts"
    bad = {*poison.values(), *_ids(FAMILY, id=poison[RAISES]), *_ids(FAMILY, id=poison[BREAKS])}
    more = ground.ask(OTHERS, bad=list(bad))
    verdict.need(more == 0, f"{more} other letters needed another attempt")
    return judge(verdict, ground, failed=len(bad), received=office.arrivals)


def _ids(statement: str, **values: Any) -> list[UUID]:
    with transaction():
        return list(session().scalars(text(statement), values))


def _hurried(ground: Ground, put_off: list[UUID]) -> bool:
    """Wait until all are done, letting the time pass at once for which letters put off and their lane would rest."""
    ends = time.monotonic() + 2 * PATIENCE
    while not ground.settled(0):
        if time.monotonic() > ends:
            return False
        ground.do(NOW, ids=put_off)
        if ground.ask(f"SELECT failures FROM outbox_paces WHERE key = '{Lane.LETTERS.limit}'"):
            with transaction():
                outbox.reopen(Lane.LETTERS.limit)
        time.sleep(0.3)
    return True
