"""Letters that leave on paper: packs, what was handed over, and a state for it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATES = (
    *("held", "queued", "sending", "unsure", "sent", "delivered", "bounced", "complained", "failed", "cancelled"),
    "suppressed",
)
MODES = ("individual", "digest")


def upgrade() -> None:
    """Paper as a way for letters to leave."""
    _words("outbox_messages", "state", (*STATES, "handed_over"))
    _words("campaigns", "delivery", (*MODES, "print"))
    op.create_table(
        "outbox_handovers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column(
            "ordered_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_on", sa.Date(), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_handovers")),
    )
    op.create_index(op.f("ix_outbox_handovers_owner_ordered_at"), "outbox_handovers", ["owner", "ordered_at"])
    op.create_table(
        "outbox_handover_letters",
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("printed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("handed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["outbox_handovers.id"],
            name=op.f("fk_outbox_handover_letters_handover_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox_messages.id"],
            name=op.f("fk_outbox_handover_letters_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("handover_id", "message_id", name=op.f("pk_outbox_handover_letters")),
    )
    op.create_index(op.f("ix_outbox_handover_letters_message_id"), "outbox_handover_letters", ["message_id"])


def _words(table: str, column: str, words: tuple[str, ...]) -> None:
    """The words that a column may hold."""
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table, type_="check")
    quoted = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(name, table, f"{column} IN ({quoted})")


def downgrade() -> None:
    """Without paper. What was handed over counts as delivered; what waits for paper is paused."""
    op.drop_table("outbox_handover_letters")
    op.drop_table("outbox_handovers")
    op.execute("UPDATE outbox_messages SET state = 'delivered' WHERE state = 'handed_over'")
    op.execute("UPDATE outbox_moves SET to_state = 'delivered' WHERE to_state = 'handed_over'")
    op.execute("UPDATE outbox_moves SET from_state = 'delivered' WHERE from_state = 'handed_over'")
    op.execute(
        """
        INSERT INTO outbox_pauses (key, reason, actor, at)
          SELECT 'owner:' || split_part(key, ':', 2), reason, actor, at FROM outbox_pauses WHERE key LIKE 'paper:%'
          ON CONFLICT DO NOTHING;
        DELETE FROM outbox_pauses WHERE key LIKE 'paper:%'
        """
    )
    op.execute("UPDATE campaigns SET delivery = 'individual' WHERE delivery = 'print'")
    op.execute("DELETE FROM exports WHERE kind = 'handover'")
    _words("campaigns", "delivery", MODES)
    _words("outbox_messages", "state", STATES)
