"""Making a campaign: versions of what is written, pictures, old addresses, the outcome."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATUSES = "status IN ('draft', 'scheduled', 'open', 'paused', 'closed', 'archived')"
OUTCOMES = "outcome IN ('won', 'lost', 'handed_over')"


def upgrade() -> None:
    """Columns of campaigns and of their texts; pictures; addresses that campaigns had before."""
    words = {"server_default": "", "nullable": False}
    op.drop_constraint(op.f("ck_campaigns_status"), "campaigns", type_="check")
    op.create_check_constraint(op.f("ck_campaigns_status"), "campaigns", STATUSES)
    for name in ("version", "preview_version"):
        op.add_column("campaigns", sa.Column(name, sa.Integer(), server_default="1", nullable=False))
    op.add_column("campaigns", sa.Column("outcome", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_campaigns_outcome"), "campaigns", OUTCOMES)
    for name in ("shown_as", "controller", "privacy_contact"):
        op.add_column("campaigns", sa.Column(name, sa.Text(), **words))
    op.add_column("campaigns", sa.Column("retention_days", sa.Integer(), nullable=True))
    # What was public before stays public.
    op.add_column("campaign_texts", sa.Column("shown", sa.Boolean(), server_default=sa.true(), nullable=False))
    for name in ("outcome_text", "consent_send", "consent_updates"):
        op.add_column("campaign_texts", sa.Column(name, sa.Text(), **words))
    _tables()


def _tables() -> None:
    op.create_table(
        "pictures",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_pictures")),
    )
    op.create_table(
        "campaign_old_slugs",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_old_slugs_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_campaign_old_slugs")),
    )
