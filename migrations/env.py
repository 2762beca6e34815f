"""How Alembic reaches the database: through the running app."""

from alembic import context
from flask import current_app

from campaign.core.columns import Choice, Moment, Sealed


def render(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column types as what they are in the database: a migration must not change with the code."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Choice | Sealed):
        return "sa.Text()"
    return False


engine = current_app.extensions["migrate"].db.engine
metadata = current_app.extensions["migrate"].db.metadata
# Migrations may take longer than a request may.
with engine.connect() as connection:
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.exec_driver_sql("SET lock_timeout = '10s'")
    # One at a time, also when several hosts are upgraded together.
    connection.exec_driver_sql("SELECT pg_advisory_lock(7305)")
    connection.commit()
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, render_item=render)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    connection.exec_driver_sql("SELECT pg_advisory_unlock(7305)")
