"""The pace: one GCRA row a limit, on the database's clock.

A claim takes a permit from every limit that applies or from none. With a gap of T seconds between letters and a
tolerance of tau, any window of W seconds grants at most 1 + (W + tau) / T letters, whatever dies or restarts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, Range, insert
from sqlalchemy.types import Text

from campaign import config
from campaign.core.db import after_commit, session
from campaign.core.rates import Rate
from campaign.outbox.lanes import Lane
from campaign.outbox.models import Message, Pace
from campaign.outbox.retry import FIRST_REST_SECONDS, LONGEST_REST_SECONDS
from campaign.outbox.states import State

# A worker wakes a little late; without tolerance each late letter would lower the rate for good.
TOLERANCE = 0.15
# One in a hundred below the wish, so that late arrivals never add up to more than the wish at the receiving side.
MARGIN = 1.01


@dataclass(frozen=True)
class Permit:
    """Leave to send one letter now; a `trial` when it is the one that finds out whether the provider is back.

    `plain` where none of the limits holds anything up, so that many letters may go one right after the other.
    """

    trial: bool
    plain: bool = False


@dataclass(frozen=True)
class Shut:
    """A limit that refused a permit, and in how many seconds it will give one; `locked` when all of them are, now."""

    key: str
    seconds: float
    locked: bool = True


@dataclass(frozen=True)
class Over:
    """Limits whose opening, or number for the day, is used up: `plans` sets the next. `at`: by the database's clock."""

    keys: tuple[str, ...]
    at: datetime


def gap(rate: Rate | None) -> float:
    """Seconds between two letters for a rate; 0 for no limit."""
    return 0.0 if rate is None else rate.gap * MARGIN


def limits_of(lane: Lane, stream: str, domain: str) -> dict[str, Lane | None]:
    """Every limit that a message keeps to; the one that is its stream names its lane.

    Mail that people wait for keeps to its lane only: its recipients' domains are the big mailbox providers, and
    capping those would hold up the very people who wait.
    """
    keys = {lane.limit, stream} | ({f"domain:{domain}"} if lane == Lane.LETTERS else set())
    return {key: lane if key == stream else None for key in keys}


def ensure(limits: dict[str, Lane | None]) -> None:
    """Make sure that the limits exist; one that is there keeps its own rate. Keys are taken in order.

    Rows are never deleted, so those that this process knows are not asked for again.
    """
    known: set[str] = current_app.extensions.setdefault("paces", set())
    rows: list[dict[str, object]] = [
        {
            "key": key,
            "lane": lane,
            "gap": gap(default_rate(key)),
            "tat": LONG_AGO,
            "opens_at": LONG_AGO,
            # A new stream asks for its plan's first opening; what has no plan is then open for good.
            "opening": Range(empty=True) if lane and key != lane.limit else None,
        }
        for key, lane in sorted(limits.items())
        if key not in known
    ]
    if rows:
        session().execute(insert(Pace).on_conflict_do_nothing(), rows)
        after_commit(lambda: known.update(limits))


def heal() -> int:
    """Let limits open again that lie further ahead than they can: the clock was set back. Answers how many.

    Without it a clock set back by an hour would stop a lane for an hour. Streams without a row, after a restore, get
    one: a message of theirs would never be found.
    """
    there = select(Pace.key).where(Pace.key == Message.stream).exists()
    lost = select(Message.stream, Message.lane).where(Message.state == State.QUEUED, ~there).distinct()
    missing: dict[str, Lane | None] = dict(session().execute(lost).all())
    if missing:
        current_app.extensions.pop("paces", None)
        ensure(missing)
    return len(session().execute(HEAL).all())


def default_rate(key: str) -> Rate | None:
    """The rate of a limit that nobody has set, by the first word of its key."""
    settings = config.current()
    rates = {"lane": settings.provider_pace, "domain": settings.domain_pace, "target": settings.target_pace}
    return rates.get(key.partition(":")[0])


def set_rate(key: str, rate: Rate | None, lane: Lane | None = None) -> None:
    """Give a limit another rate, at once; None is no limit. `lane` names the lane that a stream belongs to."""
    row = insert(Pace).values(key=key, lane=lane, gap=gap(rate), tat=LONG_AGO, opens_at=LONG_AGO)
    # What the old rate put far ahead must not outlast it; a closure does.
    soonest = func.clock_timestamp() + timedelta(seconds=gap(rate))
    opens_at = func.greatest(func.least(Pace.opens_at, soonest), Pace.closed_until)
    values = {"gap": row.excluded.gap, "tat": func.least(Pace.tat, soonest), "opens_at": opens_at}
    session().execute(row.on_conflict_do_update(index_elements=[Pace.key], set_=values))


def close(key: str, seconds: float | None, reason: str) -> None:
    """Let nothing through for so many seconds, or until staff open it again (None)."""
    lasting = HUNDRED_YEARS if seconds is None else seconds
    session().execute(CLOSE, {"key": key, "seconds": lasting, "reason": reason})


def fail(key: str, seconds: float, reason: str) -> None:
    """Let the limit rest after a failure of the provider: longer after each in a row, and `seconds` at least.

    Failures of letters that were under way when it closed count as one.
    """
    values = {"first": FIRST_REST_SECONDS, "longest": LONGEST_REST_SECONDS}
    session().execute(FAIL, {"key": key, "seconds": seconds, "reason": reason, **values})


def lock(keys: Iterable[str]) -> None:
    """Lock limits in key order, before several of them are written one after the other."""
    session().execute(select(Pace.key).where(Pace.key.in_(set(keys))).order_by(Pace.key).with_for_update())


def settle(keys: Iterable[str], *, recovered: bool) -> None:
    """A trial is over: those of the limits that failed are sound again, or give the next letter the trial."""
    failed = (Pace.key.in_(set(keys)), Pace.failures > 0)
    end = {"failures": 0, **CALM} if recovered else {"opens_at": func.greatest(Pace.tat, Pace.closed_until)}
    session().execute(update(Pace).where(*failed).values(end))


def reopen(key: str) -> None:
    """End a closure, by staff: one letter tries first."""
    session().execute(update(Pace).where(Pace.key == key).values({"failures": 1, **CALM}))


CALM = {"closed_until": None, "closed_reason": None, "opens_at": Pace.tat}


def take(limits: dict[str, Lane | None]) -> Permit | Shut | Over:
    """Take one permit from every limit, or none and answer the limit that opens last, or those that are over for now.

    The rows are locked in key order, unless one of them is seen to be shut; the clock is read after the locks are held.
    A limit that failed before gives one permit, a trial, and no other until the trial is recorded or its lease has run
    out (circuit breaker, half open).
    """
    values = {"tolerance": TOLERANCE, "trial": config.current().lease_seconds}
    row = session().execute(TAKE, {"keys": sorted(limits), **values}).one()
    if row.granted:
        return Permit(row.trial, row.plain)
    if row.shut:
        return Shut(row.key, max(0.0, float(row.seconds)), locked=False)
    if row.missing:  # a restored or emptied table
        current_app.extensions.pop("paces", None)
        ensure(limits)
        return Shut(row.key or "", 0.0)
    if row.over and row.seconds <= 0:
        return Over(tuple(row.over), row.at)
    return Shut(row.key, max(0.0, float(row.seconds)))


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
# A permit puts `tat` one gap ahead of the clock: further ahead, it tells by how much the clock was set back. Closures
# made before that keep what was left of them.
HEAL = text(
    """
    UPDATE outbox_paces p SET tat = f.soonest,
      opens_at = greatest(f.soonest, lower(p.opening), p.opens_at - f.ahead),
      closed_until = CASE WHEN p.closed_until > clock_timestamp() THEN p.closed_until - f.ahead ELSE p.closed_until END
    FROM (
        SELECT key, c.soonest, CASE WHEN c.back THEN tat ELSE opens_at END - c.soonest AS ahead
        FROM outbox_paces CROSS JOIN LATERAL (
            SELECT clock_timestamp() + make_interval(secs => gap) AS soonest,
              tat > clock_timestamp() + make_interval(secs => 2 * gap + 1) AS back
        ) c
        WHERE c.back OR (
            opens_at > greatest(clock_timestamp(), lower(opening))
              + make_interval(secs => 2 * gap + CASE WHEN failures > 0 THEN 3600 ELSE 1 END)
            AND (closed_until IS NULL OR closed_until < clock_timestamp()))
        ORDER BY key FOR UPDATE OF outbox_paces
    ) f WHERE p.key = f.key
    RETURNING p.key
    """
)
CLOSE = text(
    """
    UPDATE outbox_paces SET
      closed_until = greatest(closed_until, clock_timestamp() + make_interval(secs => :seconds)),
      opens_at = greatest(opens_at, clock_timestamp() + make_interval(secs => :seconds)), closed_reason = :reason
    WHERE key = :key
    """
)
FAIL = text(
    """
    UPDATE outbox_paces p SET failures = f.failures, closed_reason = :reason,
      closed_until = greatest(p.closed_until, f.until), opens_at = greatest(p.tat, p.closed_until, f.until)
    FROM (
        SELECT key, failures, clock_timestamp() + make_interval(
            secs => greatest(:seconds, least(:longest, :first * power(2, least(failures - 1, 30))))) AS until
        FROM (
            SELECT key, failures + CASE WHEN closed_until > clock_timestamp() THEN 0 ELSE 1 END AS failures
            FROM outbox_paces WHERE key = :key FOR UPDATE
        ) counted
    ) f WHERE p.key = f.key
    """
)
HUNDRED_YEARS = 100 * 365.25 * 86400
TAKE = text(
    """
    WITH shut AS MATERIALIZED (
        SELECT key, opens_at FROM outbox_paces WHERE key = ANY(:keys) AND opens_at > clock_timestamp()
        ORDER BY opens_at DESC LIMIT 1
    ), locked AS MATERIALIZED (
        SELECT key, gap, tat, opens_at, closed_until, failures, opening, cap, used FROM outbox_paces
        WHERE key = ANY(:keys) AND NOT EXISTS (SELECT FROM shut) ORDER BY key FOR UPDATE
    ), verdict AS MATERIALIZED (
        SELECT count(*) AS n, clock_timestamp() AS at FROM locked
    ), granted AS MATERIALIZED (
        SELECT max(verdict.at) AS at, array_agg(key) FILTER (WHERE NOT opening @> verdict.at OR used >= cap) AS over,
          bool_and(opens_at <= verdict.at AND (
              opening IS NULL OR opening @> verdict.at AND (cap IS NULL OR used < cap)))
            AND max(verdict.n) = cardinality(:keys) AS yes
        FROM locked, verdict
    ), spent AS (
        UPDATE outbox_paces p SET
          tat = greatest(l.tat, g.at) + make_interval(secs => l.gap),
          opens_at = CASE WHEN l.failures > 0 THEN g.at + make_interval(secs => :trial) ELSE greatest(
              greatest(l.tat, g.at) + make_interval(secs => l.gap - least(:tolerance, 4 * l.gap)), l.closed_until) END,
          used = CASE WHEN l.opening IS NULL THEN l.used ELSE l.used + 1 END
        FROM locked l, granted g
        WHERE p.key = l.key AND g.yes AND (l.gap > 0 OR l.failures > 0 OR l.opening IS NOT NULL)
    )
    SELECT coalesce(g.yes, false) AS granted, (SELECT bool_or(failures > 0) FROM locked) AS trial,
      (SELECT bool_and(gap = 0 AND failures = 0 AND opening IS NULL) FROM locked) AS plain,
      EXISTS (SELECT FROM shut) AS shut, (SELECT n FROM verdict) < cardinality(:keys) AS missing, l.key, g.over, g.at,
      extract(epoch FROM l.opens_at - v.at) AS seconds
    FROM granted g CROSS JOIN verdict v LEFT JOIN LATERAL (
        SELECT * FROM shut UNION ALL (SELECT key, opens_at FROM locked ORDER BY opens_at DESC LIMIT 1)
    ) l ON true
    """
).bindparams(bindparam("keys", type_=ARRAY(Text())))
