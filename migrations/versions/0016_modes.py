"""Delivery modes, receipts of writers, the offices' own wishes, rehearsals."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What offices ask for, and who is told."""
    op.create_table(
        "office_wishes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_text", sa.Text(), nullable=True),
        sa.Column("reached", sa.Uuid(), nullable=True),
        sa.Column("spread_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('digest', 'single', 'answer', 'object')", name=op.f("ck_office_wishes_kind")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_office_wishes_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_office_wishes_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_wishes")),
    )
    op.create_index(op.f("ix_office_wishes_post_id_created_at"), "office_wishes", ["post_id", "created_at"])
    op.create_index(op.f("ix_office_wishes_campaign_id_created_at"), "office_wishes", ["campaign_id", "created_at"])
    op.create_index(
        "ix_office_wishes_spreading",
        "office_wishes",
        ["published_at"],
        postgresql_where=sa.text("published_at IS NOT NULL AND spread_at IS NULL"),
    )
    op.create_table(
        "office_answer_copies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wish_id", sa.Uuid(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wish_id"],
            ["office_wishes.id"],
            name=op.f("fk_office_answer_copies_wish_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signatures.id"],
            name=op.f("fk_office_answer_copies_signature_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_answer_copies")),
        sa.UniqueConstraint("wish_id", "signature_id", name=op.f("uq_office_answer_copies_wish_id_signature_id")),
    )
    op.create_index(op.f("ix_office_answer_copies_signature_id"), "office_answer_copies", ["signature_id"])
    op.create_table(
        "office_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wish_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wish_id"], ["office_wishes.id"], name=op.f("fk_office_notices_wish_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_office_notices_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_notices")),
    )
    _states(("pending", "confirmed", "held", "replaced", "withdrawn", "invalid", "rehearsal"))
    op.add_column("outbox_turns", sa.Column("digest", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("campaigns", sa.Column("delivery", sa.Text(), server_default="individual", nullable=False))
    op.add_column("campaigns", sa.Column("unverified", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_check_constraint(op.f("ck_campaigns_delivery"), "campaigns", "delivery IN ('individual', 'digest')")
    op.add_column("exports", sa.Column("kind", sa.Text(), server_default="xlsx", nullable=False))


def _states(words: tuple[str, ...]) -> None:
    """The states that a signature may have; rehearsed ones have their own."""
    op.drop_constraint(op.f("ck_signatures_state"), "signatures", type_="check")
    quoted = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f("ck_signatures_state"), "signatures", f"state IN ({quoted})")


def downgrade() -> None:
    """Without what offices asked for, without packs and rehearsals."""
    op.drop_constraint(op.f("ck_campaigns_delivery"), "campaigns", type_="check")
    op.drop_column("campaigns", "unverified")
    op.drop_column("campaigns", "delivery")
    op.drop_column("outbox_turns", "digest")
    op.execute("DELETE FROM exports WHERE kind = 'pack'")
    op.drop_column("exports", "kind")
    op.execute(
        """
        DELETE FROM outbox_messages WHERE stream LIKE 'rehearsal:%';
        DELETE FROM letters WHERE signature_id IN (SELECT id FROM signatures WHERE state = 'rehearsal');
        DELETE FROM signatures WHERE state = 'rehearsal';
        """
    )
    _states(("pending", "confirmed", "held", "replaced", "withdrawn", "invalid"))
    op.drop_table("office_notices")
    op.drop_table("office_answer_copies")
    op.drop_table("office_wishes")
