"""The statements of a batch, in psycopg's words: to set aside, to begin with one letter and record the one before."""

import re

from campaign.outbox.models import WAITING
from campaign.outbox.moves import ALONE
from campaign.outbox.pick import PLAIN, pick
from campaign.outbox.turns import CHARGE


def words(sql: str) -> str:
    """With the parameters of psycopg instead of SQLAlchemy's."""
    return re.sub(r"(?<![:\w']):(\w+)", r"%(\1)s", sql)


def _of_picked(sql: str) -> str:
    return re.sub(r":(stream|owner|lot)\b", r"(SELECT \1 FROM picked)", sql)


# One more letter that may leave now and was never tried, where no limit holds anything up. Charged as at a claim, and
# `lot` goes: it has had its turn, and if it does not leave it goes by its time, at its old place.
SET_ASIDE = words(
    f"""
    WITH picked AS MATERIALIZED ({pick(PLAIN)}
    ), fit AS MATERIALIZED (
        SELECT picked.* FROM picked WHERE mail IS NULL AND NOT barred AND NOT carries AND (
            SELECT count(*) = cardinality(cast(:limits AS text[])) AND bool_and({PLAIN}) FROM outbox_paces
            WHERE key IN (SELECT CASE word WHEN 'domain' THEN 'domain:' || picked.domain ELSE word END
              FROM unnest(cast(:limits AS text[])) AS word))
    ), aside AS (
        UPDATE outbox_messages m SET changed_at = clock_timestamp(), fence = nextval('outbox_fence'), lot = NULL,
          lease_until = clock_timestamp() + make_interval(secs => :aside)
        FROM fit WHERE m.id = fit.id RETURNING m.id, m.fence
    ), charged AS ({_of_picked(CHARGE)} AND EXISTS (SELECT FROM fit))
    SELECT fit.id, fit.kind, fit.ref, fit.owner, fit.stream, fit.edition, fit.tally_key, aside.fence
    FROM fit JOIN aside ON aside.id = fit.id
    """  # noqa: S608 - only our own words are put together
)
# It leaves now: nobody has touched it since, nothing is paused, and its limits still hold nothing up.
BEGIN = words(
    f"""
    WITH moved AS (
        UPDATE outbox_messages m SET state = 'sending', changed_at = clock_timestamp(), mail = :mail, domain = :domain,
          lease_until = clock_timestamp() + make_interval(secs => :lease), note = NULL,
          attempts = m.attempts + 1, tried_at = coalesce(m.tried_at, clock_timestamp())
        WHERE m.id = :id AND m.fence = :fence AND {WAITING}
          AND (SELECT count(*) = cardinality(cast(:limits AS text[])) AND bool_and({PLAIN}) FROM outbox_paces
            WHERE key = ANY(:limits))
          AND NOT EXISTS (SELECT FROM outbox_pauses WHERE key = ANY(:pauses))
          AND NOT EXISTS (
            SELECT FROM outbox_suppressions WHERE address_hash = m.recipient_hash AND lifted_at IS NULL)
        RETURNING m.id
    )
    INSERT INTO outbox_moves (message_id, from_state, to_state, cause, actor)
    SELECT id, 'queued', 'sending', 'claimed', :actor FROM moved RETURNING message_id
    """  # noqa: S608 - only our own words are put together
)
# What was handed over is recorded, with its figures: as `moves.move` would, under the claim's fence.
RECORD = words(
    f"""
    WITH old AS (
        SELECT id, state FROM outbox_messages
        WHERE id = :id AND fence = :fence AND state IN ('sending', 'unsure') AND {ALONE} FOR UPDATE
    ), moved AS (
        UPDATE outbox_messages m SET state = :to, changed_at = clock_timestamp(), lease_until = NULL,
          provider_id = coalesce(:provider_id, m.provider_id)
        FROM old WHERE m.id = old.id RETURNING m.id, old.state AS before
    ), logged AS (
        INSERT INTO outbox_moves (message_id, from_state, to_state, cause, actor)
        SELECT id, before, :to, 'handed over', :actor FROM moved
    ), counted AS (
        INSERT INTO tallies (key, part, name, slot, n, changed_at)
        SELECT :key, :part, name, :slot, n, clock_timestamp()
        FROM moved, unnest(cast(:names AS text[]), cast(:deltas AS bigint[])) AS figures(name, n)
        WHERE :key <> ''
        ON CONFLICT (key, part, name, slot) DO UPDATE SET n = tallies.n + excluded.n, changed_at = excluded.changed_at
    )
    SELECT id FROM moved
    """  # noqa: S608 - only our own words are put together
)
GIVE_BACK = words(
    """
    UPDATE outbox_messages m SET lease_until = NULL
    FROM unnest(cast(:ids AS uuid[]), cast(:fences AS bigint[])) AS a(id, fence)
    WHERE m.id = a.id AND m.fence = a.fence AND m.state = 'queued'
    """
)
