"""The rows of the demonstration campaign: made once by `seed`, then copied in. Seeding was a sixth of the suite."""

import psycopg

# Each filled table with the columns that a copy may name: a generated one makes itself.
FILLED = """
    SELECT format('%I (%s)', c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
    AND NOT a.attisdropped AND a.attgenerated = '' AND pg_relation_size(c.oid) > 0
    GROUP BY c.oid, c.relname
"""
_kept: dict[str, bytes] = {}


def take(connection: "psycopg.Connection[tuple[str]]") -> None:
    """Keep all rows that are there."""
    for (table,) in connection.execute(FILLED).fetchall():
        with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode()) as copy:
            _kept[table] = b"".join(bytes(part) for part in copy)


def put_back(connection: "psycopg.Connection[tuple[str]]") -> bool:
    """Copy them into empty tables, without triggers: their work is in the rows. False when nothing is kept yet."""
    for table, rows in _kept.items():
        with connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as copy:
            copy.write(rows)
    return bool(_kept)
