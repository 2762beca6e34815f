"""How much of a letter is its writer's own, and the translation that lay beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TEXTS = "letter_texts"
BESIDE = "beside_id IS NOT NULL"


def upgrade() -> None:
    """Texts from before were not measured: they count as the model, which never claims too much."""
    op.add_column(TEXTS, sa.Column("own", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.create_check_constraint(op.f("ck_letter_texts_own"), TEXTS, "own BETWEEN 0 AND 100")
    op.add_column(TEXTS, sa.Column("beside_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_letter_texts_beside_id"), TEXTS, "model_letter_versions", ["beside_id"], ["id"])
    op.create_index(op.f("ix_letter_texts_beside_id"), TEXTS, ["beside_id"], postgresql_where=sa.text(BESIDE))


def downgrade() -> None:
    op.drop_column(TEXTS, "beside_id")
    op.drop_column(TEXTS, "own")
