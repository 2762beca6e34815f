"""What may leave next: the statements that find it. Nothing here writes.

A stream gives first what goes by its time: mail without an owner, and letters that have had their turn and are due
again. Then the wheels turn: the owner whose start tag is the smallest gives the next lot on its wheel.
"""

from sqlalchemy import bindparam, column, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from campaign.outbox.models import WAITING, Message
from campaign.outbox.turns import CATCH_UP

# Paused by staff or by trouble: everything, a lane, a stream with its digests, or all letters of an owner; those who
# sign meanwhile still get the mail that they wait for.
_STREAM_GOES = """NOT EXISTS (
    SELECT FROM outbox_pauses s WHERE s.key IN ('all', 'lane:' || :lane, split_part(p.key, '/', 1)))"""
_OWNER_GOES = """({0}.stream = 'lane:people' OR NOT EXISTS (SELECT FROM outbox_pauses s WHERE s.key IN (
    'owner:' || {0}.owner, 'owner:' || {0}.owner || '/' || split_part({0}.stream, '/', 1),
    CASE WHEN starts_with({0}.stream, 'target:') THEN 'paper:' || {0}.owner END)))"""
# Not set aside by a worker that is about to send it, see `batches`.
_FREE = "(m.lease_until IS NULL OR m.lease_until <= clock_timestamp())"
_BY_TIME = f"""
    SELECT m.* FROM outbox_messages m WHERE lane = :lane AND stream = p.key AND {WAITING} AND lot IS NULL AND {_FREE}
      AND {_OWNER_GOES.format("m")}
"""  # noqa: S608 - fixed words, as below
_BY_LOT = f"""
    SELECT m.* FROM outbox_messages m WHERE stream = t.stream AND owner = t.owner AND {WAITING} AND lot IS NOT NULL
"""  # noqa: S608 - only our own words are put together
# By start tags: who was idle begins where the others are, a few letters behind at most, see `turns.CATCH_UP`.
_IN_TURN = f"""
    SELECT t.stream, t.owner, t.spot FROM outbox_turns t WHERE t.stream = p.key AND NOT t.digest
      AND {_OWNER_GOES.format("t")}
    ORDER BY greatest(t.ended, (SELECT max(began) FROM outbox_turns v WHERE v.stream = p.key) - {CATCH_UP}),
      t.ended, t.owner
"""  # noqa: S608 - only our own words are put together
_STORED = column("mail", Text())
_DUE = "AND due_at <= clock_timestamp()"
_TAKE_ONE = "LIMIT 1 FOR UPDATE SKIP LOCKED"

# A domain that is shut must not hide the streams behind its own: the domain of a stream is that of its first letter.
# Asked only once a domain has refused a letter; then of each stream in turn, until one gives something.
_DOMAIN_OPEN = f"""(NOT :wary OR NOT EXISTS (
    SELECT FROM outbox_paces d WHERE d.opens_at > clock_timestamp() AND d.key = 'domain:' || coalesce(
      (SELECT domain FROM outbox_messages WHERE lane = :lane AND stream = p.key AND {WAITING} AND lot IS NULL
        ORDER BY due_at LIMIT 1),
      (SELECT domain FROM outbox_messages WHERE stream = p.key AND {WAITING} AND lot IS NOT NULL LIMIT 1))))
"""  # noqa: S608 - fixed words

# What holds nothing up: no gap, no trial, open at all hours. A permit of such a limit leaves no trace.
PLAIN = "gap = 0 AND failures = 0 AND opening IS NULL AND opens_at <= clock_timestamp()"


def pick(only: str, goes: str = "true") -> str:
    """What the first open stream for which `only` holds gives next, locked; one row or none.

    `goes` is asked of one stream after the other, and of none behind the one that gives something.
    """
    return f"""
        WITH open AS MATERIALIZED (  -- sorted before anything is locked: else one message in each stream would be
            SELECT key FROM outbox_paces p WHERE lane = :lane AND opens_at <= clock_timestamp() AND {only}
              AND {_STREAM_GOES} ORDER BY opens_at
        )
        SELECT m.id, m.kind, m.ref, m.owner, m.stream, m.domain, m.mail, m.lot, m.edition, m.carries, m.tally_key,
          EXISTS (
            SELECT FROM outbox_suppressions WHERE address_hash = m.recipient_hash AND lifted_at IS NULL) AS barred,
          m.mail IS NOT NULL AND EXISTS (
            SELECT FROM outbox_moves v WHERE v.message_id = m.id AND v.to_state = 'unsure') AS maybe_sent
        FROM open p CROSS JOIN LATERAL (
            SELECT * FROM ({_BY_TIME} {_DUE} ORDER BY due_at, id {_TAKE_ONE}) by_time
            UNION ALL
            SELECT given.* FROM ({_IN_TURN}) t CROSS JOIN LATERAL (
                SELECT * FROM ({_BY_LOT} {_DUE} AND lot > t.spot ORDER BY lot {_TAKE_ONE}) ahead
                UNION ALL
                SELECT * FROM ({_BY_LOT} {_DUE} AND lot <= t.spot ORDER BY lot {_TAKE_ONE}) again_from_the_start
                LIMIT 1
            ) given
            LIMIT 1
        ) m WHERE {goes} LIMIT 1
        """  # noqa: S608 - only our own words are put together


# The stream that has been open for longest and has something due; what it gives next that nobody else holds.
PICK = (
    text(pick("key <> ALL(:shut)", _DOMAIN_OPEN))
    .bindparams(bindparam("shut", type_=ARRAY(Text())))
    # The mail as it is stored: one that cannot be unsealed must not raise while rows are read.
    .columns(
        Message.id, Message.kind, Message.ref, Message.owner, Message.stream, Message.domain, column("mail", Text())
    )
)
_HEAD = f"""
    (SELECT due_at, domain FROM ({_BY_TIME} ORDER BY due_at LIMIT 1) by_time)
    UNION ALL
    (SELECT given.due_at, given.domain FROM ({_IN_TURN}) t CROSS JOIN LATERAL ({_BY_LOT} LIMIT 1) given LIMIT 1)
"""  # noqa: S608 - only our own words are put together
# How long until the lane has something to do: a stream that has mail due opens, and its domain; or mail becomes due.
NEXT = text(
    f"""
    SELECT extract(epoch FROM min(greatest(p.opens_at, m.due_at, d.opens_at)) - clock_timestamp())
    FROM outbox_paces p CROSS JOIN LATERAL ({_HEAD}) m
    LEFT JOIN outbox_paces d ON d.key = 'domain:' || m.domain AND :lane = 'letters'
    WHERE p.lane = :lane AND p.key <> ALL(:shut) AND {_STREAM_GOES}
    """  # noqa: S608 - only our own words are put together
).bindparams(bindparam("shut", type_=ARRAY(Text())))
# Whether anything of the lane may leave now. Limits that are shut are left to the claim, except a stream's own.
IS_DUE = text(
    f"""
    SELECT EXISTS (
        SELECT FROM outbox_paces p CROSS JOIN LATERAL ({_HEAD}) m
        WHERE p.lane = :lane AND {_STREAM_GOES} AND greatest(p.opens_at, m.due_at) <= clock_timestamp())
    """  # noqa: S608 - only our own words are put together
)
