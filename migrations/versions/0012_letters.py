"""Letters: variants, salutations, tips, working drafts, facts and tests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

VERSIONS, VARIANTS = "model_letter_versions", "model_letter_variants"


def upgrade() -> None:
    op.add_column(VERSIONS, sa.Column("tips", sa.Text(), server_default="", nullable=False))
    op.add_column(VERSIONS, sa.Column("weight", sa.Integer(), server_default="1", nullable=False))
    op.create_check_constraint(op.f("ck_model_letter_versions_weight"), VERSIONS, "weight > 0")
    _variants()
    _drafts()
    _offices()
    _tests()
    nothing = {"server_default": sa.text("'{}'"), "nullable": False}
    op.add_column("facts", sa.Column("sentence", postgresql.JSONB(), **nothing))
    op.add_column("facts", sa.Column("reviewed_on", sa.Date(), nullable=True))
    op.add_column("facts", sa.Column("review_on", sa.Date(), nullable=True))
    op.add_column("facts", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("facts", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def _key(table: str, column: str, refers_to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [refers_to], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _variants() -> None:
    op.create_table(
        VARIANTS,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("weight > 0", name=op.f("ck_model_letter_variants_weight")),
        _key(VARIANTS, "version_id", f"{VERSIONS}.id", "CASCADE"),
        _key(VARIANTS, "post_id", "posts.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_letter_variants")),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_model_letter_variants_version_id_position")),
    )
    op.add_column("letter_texts", sa.Column("variant_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_letter_texts_variant_id"), "letter_texts", VARIANTS, ["variant_id"], ["id"])
    op.create_index(
        op.f("ix_letter_texts_variant_id"),
        "letter_texts",
        ["variant_id"],
        postgresql_where=sa.text("variant_id IS NOT NULL"),
    )


def _drafts() -> None:
    op.create_table(
        "model_letter_drafts",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=True),
        sa.Column("dropped", postgresql.JSONB(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        _key("model_letter_drafts", "campaign_id", "campaigns.id", "CASCADE"),
        sa.PrimaryKeyConstraint("campaign_id", "lang", name=op.f("pk_model_letter_drafts")),
    )


def _offices() -> None:
    op.create_table(
        "letter_offices",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("salutation", postgresql.JSONB(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("max_words", sa.Integer(), nullable=True),
        sa.Column("max_characters", sa.Integer(), nullable=True),
        sa.CheckConstraint("max_words > 0", name=op.f("ck_letter_offices_max_words")),
        sa.CheckConstraint("max_characters > 0", name=op.f("ck_letter_offices_max_characters")),
        _key("letter_offices", "campaign_id", "campaigns.id", "CASCADE"),
        _key("letter_offices", "post_id", "posts.id"),
        sa.PrimaryKeyConstraint("campaign_id", "post_id", name=op.f("pk_letter_offices")),
    )


def _tests() -> None:
    op.create_table(
        "letter_tests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=True),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _key("letter_tests", "campaign_id", "campaigns.id", "CASCADE"),
        _key("letter_tests", "version_id", f"{VERSIONS}.id", "CASCADE"),
        _key("letter_tests", "variant_id", f"{VARIANTS}.id", "CASCADE"),
        _key("letter_tests", "post_id", "posts.id"),
        _key("letter_tests", "user_id", "users.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_tests")),
    )
    op.create_index(op.f("ix_letter_tests_campaign_id_version_id"), "letter_tests", ["campaign_id", "version_id"])
