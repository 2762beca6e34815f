"""P9: claim and record with a million letters waiting, beside a thousand; nothing is sent."""

import time
from collections.abc import Callable
from functools import partial
from uuid import UUID

from bench.house import Place
from bench.plan import Plan
from bench.report import Line, each, median
from bench.turns import turns
from campaign import outbox
from campaign.core.db import db, transaction
from campaign.outbox import Claimed, Lane, Mail, Sent, pace
from campaign.outbox.batches import MOST

FEW, MANY = 1_000, 1_000_000
ACTOR = "worker:bench/1"
MAIL = Mail(to="office@ministry.example", from_name="Marie", subject="A place", text="It must end.\n", automatic=False)
# Twenty offices, ten owners; all at once, as row by row would take an hour.
FILL = """
    INSERT INTO outbox_messages (id, kind, ref, owner, lane, stream, domain, state, lot, tally_key)
    SELECT gen_random_uuid(), 'bench', gen_random_uuid(), lpad(to_hex(n % 10 + 1), 32, '0')::uuid, 'letters',
      'target:' || n % 20, 'ministry.example', 'queued', random(), 'campaign:bench' FROM generate_series(1, {0}) AS n
"""
NOTHING_HOLDS = "UPDATE outbox_paces SET gap = 0, opening = NULL"
Measure = Callable[[int], int]


def run(plan: Plan) -> list[Line]:
    """One claim a letter, as under a pace; and batches."""
    places = {name: _filled(plan.house.place(name), letters) for name, letters in (("few", FEW), ("many", MANY))}
    letters = min(plan.letters, FEW // 2)
    lines = []
    for what, measure in (("one at a time", _singly), ("in batches", _in_batches)):
        sides = {name: partial(_rate, place, measure, letters) for name, place in places.items()}
        lines.append(_line(what, turns(plan.rounds, sides)))
    return lines


def _filled(place: Place, letters: int) -> Place:
    place.run(FILL.format(letters))
    with place.app(), transaction():
        outbox.heal_paces()
        outbox.turns.heal()
        pace.ensure(outbox.limits_of(Lane.LETTERS, "target:0", "ministry.example"))
    place.run(NOTHING_HOLDS)
    place.run("VACUUM ANALYZE")
    return place


def _rate(place: Place, measure: Measure, letters: int, _number: int) -> float:
    """Letters a second; as many come after them as leave."""
    with place.app() as app, app.test_request_context():
        outbox.compose_with("bench", lambda _ref: MAIL, lambda refs: dict.fromkeys(refs, MAIL))
        measure(MOST)
        begun = time.perf_counter()
        done = measure(letters)
        took = time.perf_counter() - begun
        db.session.remove()
    place.run(FILL.format(done + MOST))
    return done / took


def _singly(letters: int) -> int:
    for _letter in range(letters):
        with transaction():
            claimed = outbox.claim(Lane.LETTERS, ACTOR)
        if not isinstance(claimed, Claimed):
            raise RuntimeError("nothing was claimed")
        with transaction():
            outbox.record(claimed, Sent(), ACTOR)
    return letters


def _in_batches(letters: int) -> int:
    sent: set[UUID] = set()
    while len(sent) < letters:
        with transaction():
            asides = outbox.batches.set_aside(Lane.LETTERS, MOST)
        with transaction():
            batch = outbox.batches.compose(Lane.LETTERS, asides)
        done = None
        for ready in (*batch, None):
            with transaction():
                goes = outbox.batches.advance(done, ready, ACTOR)
            if ready is not None and not goes:
                raise RuntimeError("a letter did not begin")
            done = (ready, Sent()) if ready else None
            sent |= {ready.claimed.id} if ready else set()
    return len(sent)


def _line(what: str, found: dict[str, list[float]]) -> Line:
    ratio = median(found["many"]) / median(found["few"])
    said = {name: f"{median(rates):,.0f}/s ({each(rates)})" for name, rates in found.items()}
    return Line(
        row="P9", what=f"claim and record, {what}, {MANY:,} waiting", ours=said["many"], against=f"{FEW:,} waiting",
        theirs=said["few"], figure=f"{ratio:.2f}", target=">= 0.9", met=ratio >= 0.9, problems=[],
    )  # fmt: skip
