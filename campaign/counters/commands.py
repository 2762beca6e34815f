"""Move a tally, and set it right from the rows."""

import random
from collections import Counter

from sqlalchemy import collate, delete

from campaign.core.db import Statement, after_commit, before_commit, session
from campaign.counters.models import SLOTS, Tally
from campaign.counters.news import tell
from campaign.counters.queries import figures

Pending = Counter[tuple[str, str]]


def bump(key: str, **deltas: int) -> None:
    """Add to figures of `key` (`campaign:1`, or a part of it, `campaign:1/target:2`); written at the transaction's end.

    All of a transaction's bumps go into one statement in sorted order, so that two transactions never wait for each
    other crosswise.
    """
    info = session().info
    if _write not in info["before_commit"]:  # what a transaction that failed left behind is not this one's
        info["tallies"] = Counter()
        before_commit(_write)
    pending: Pending = info["tallies"]
    for name, delta in deltas.items():
        pending[key, name] += delta


def _write() -> list[Statement]:
    pending: Pending = session().info.pop("tallies")
    moved = [(*_split(key), name, delta) for (key, name), delta in sorted(pending.items()) if delta]
    if not moved:
        return []
    keys, parts, names, deltas = (list(column) for column in zip(*moved, strict=True))
    slot = random.randrange(SLOTS)  # noqa: S311 - spreads locks, guards nothing
    after_commit(lambda: tell(sorted(set(keys))))
    return [(ADD, {"slot": slot, "keys": keys, "parts": parts, "names": names, "deltas": deltas})]


ADD = """
    INSERT INTO tallies (key, part, name, slot, n, changed_at)
    SELECT key, part, name, %(slot)s, n, clock_timestamp()
    FROM unnest(%(keys)s::text[], %(parts)s::text[], %(names)s::text[], %(deltas)s::bigint[])
      AS moved(key, part, name, n)
    ON CONFLICT (key, part, name, slot) DO UPDATE SET n = tallies.n + excluded.n, changed_at = excluded.changed_at
"""


def drift(key: str, truth: dict[str, dict[str, int]]) -> dict[str, int]:
    """By how much the figures of a whole key are above what the rows say (`part.name`); nothing is changed."""
    return {f"{part}.{name}": delta for (part, name), delta in sorted(_wrong(key, truth).items())}


def recount(key: str, truth: dict[str, dict[str, int]]) -> dict[str, int]:
    """Set the figures of a whole key to what the rows say; answers the drift found, as `drift` does.

    The caller holds a lock that keeps others from moving this key meanwhile.
    """
    wrong = _wrong(key, truth)
    for (part, name), delta in wrong.items():
        bump(f"{key}/{part}" if part else key, **{name: -delta})
    return {f"{part}.{name}": delta for (part, name), delta in sorted(wrong.items())}


def _wrong(key: str, truth: dict[str, dict[str, int]]) -> dict[tuple[str, str], int]:
    now = figures(key)
    pairs = {(part, name) for source in (now, truth) for part, names in source.items() for name in names}
    off = {pair: now.get(pair[0], {}).get(pair[1], 0) - truth.get(pair[0], {}).get(pair[1], 0) for pair in pairs}
    return {pair: delta for pair, delta in off.items() if delta}


def drop(key: str, first: str, before: str) -> int:
    """Forget the parts of a key from `first` up to `before`, as bytes sort; answers how many slots went."""
    part = collate(Tally.part, "C")
    gone = delete(Tally).where(Tally.key == key, part >= first, part < before).returning(Tally.slot)
    return len(session().execute(gone).all())


def _split(key: str) -> tuple[str, str]:
    whole, _slash, part = key.partition("/")
    return whole, part
