"""Writers are asked once whether the offices answered."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who was asked, about which letters, and what they said."""
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_follow_ups_signature_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_follow_ups_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("signature_id", name=op.f("uq_follow_ups_signature_id")),
    )
    op.create_index(op.f("ix_follow_ups_campaign_id"), "follow_ups", ["campaign_id"])
    op.create_index("ix_follow_ups_unwritten", "follow_ups", ["id"], postgresql_where=sa.text("written_at IS NULL"))
    op.create_table(
        "follow_up_letters",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("follow_up_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("said IN ('yes', 'no', 'not_yet')", name=op.f("ck_follow_up_letters_said")),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_follow_up_letters_letter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name=op.f("fk_follow_up_letters_follow_up_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_follow_up_letters_post_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_follow_up_letters")),
    )
    op.create_index(op.f("ix_follow_up_letters_follow_up_id"), "follow_up_letters", ["follow_up_id"])


def downgrade() -> None:
    """Nobody is asked."""
    op.drop_table("follow_up_letters")
    op.drop_table("follow_ups")
