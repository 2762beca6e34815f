"""delivery plan."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WAITING = "state = 'queued' AND NOT frozen AND carrier_id IS NULL"
NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    """Letters get a lot, digests and turns their tables, limits an opening."""
    op.add_column("outbox_messages", sa.Column("lot", sa.Double(), nullable=True))
    op.add_column("outbox_messages", sa.Column("edition", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox_messages", sa.Column("carrier_id", sa.Uuid(), nullable=True))
    op.add_column("outbox_messages", sa.Column("carries", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.drop_index("ix_outbox_due", "outbox_messages")
    where = {name: sa.text(f"{WAITING} AND lot {condition}") for name, condition in CONDITIONS.items()}
    op.create_index("ix_outbox_due", "outbox_messages", ["lane", "stream", "due_at", "id"], postgresql_where=where["due"])
    op.create_index("ix_outbox_lot", "outbox_messages", ["stream", "owner", "lot"], postgresql_where=where["lot"])
    carried = sa.text("carrier_id IS NOT NULL")
    op.create_index("ix_outbox_carried", "outbox_messages", ["carrier_id"], postgresql_where=carried)
    op.add_column("outbox_paces", sa.Column("opening", postgresql.TSTZRANGE(), nullable=True))
    op.add_column("outbox_paces", sa.Column("day", sa.Date(), nullable=True))
    op.add_column("outbox_paces", sa.Column("used", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox_paces", sa.Column("cap", sa.Integer(), nullable=True))
    _plans()
    _turns()
    _pauses()
    _suppressions()


CONDITIONS = {"due": "IS NULL", "lot": "IS NOT NULL"}


def _plans() -> None:
    op.create_table(
        "outbox_plans",
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("per_hour", sa.Integer(), nullable=True),
        sa.Column("per_day", sa.Integer(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("week", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("holidays_of", sa.Text(), nullable=True),
        sa.Column("digest_above", sa.Integer(), nullable=True),
        sa.Column("digest_at", sa.Integer(), nullable=False),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_outbox_plans")),
    )


def _turns() -> None:
    op.create_table(
        "outbox_turns",
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Double(), server_default="1", nullable=False),
        sa.Column("began", sa.Double(), server_default="0", nullable=False),
        sa.Column("ended", sa.Double(), server_default="0", nullable=False),
        sa.Column("spot", sa.Double(), server_default="0", nullable=False),
        sa.Column("summed_up", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("stream", "owner", name=op.f("pk_outbox_turns")),
    )
    # Letters that wait already draw their lots now, and stand on their owner's wheel.
    op.execute(
        """
        UPDATE outbox_messages SET lot = random()
        WHERE state IN ('held', 'queued', 'cancelled') AND lane = 'letters' AND owner IS NOT NULL AND tried_at IS NULL
        """
    )
    op.execute(
        """
        INSERT INTO outbox_turns (stream, owner)
        SELECT DISTINCT stream, owner FROM outbox_messages WHERE lot IS NOT NULL
        """
    )


def _pauses() -> None:
    op.create_table(
        "outbox_pauses",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_outbox_pauses")),
    )


def _suppressions() -> None:
    op.create_table(
        "outbox_suppressions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_suppressions")),
    )
    current = sa.text("lifted_at IS NULL")
    columns = ["address_hash"]
    op.create_index("uq_outbox_suppressions", "outbox_suppressions", columns, unique=True, postgresql_where=current)
    op.create_index("ix_outbox_suppressions_newest", "outbox_suppressions", ["at"])
