"""The area of a signature, figures for staff, and milestones; for what is there already too."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AREAS = """
    UPDATE signatures SET area = CASE WHEN country = 'BE' AND postcode ~ '^[0-9]{4}$' THEN CASE
        WHEN postcode < '1000' THEN 'BE' WHEN postcode < '1300' THEN 'BE-BRU' WHEN postcode < '1500' THEN 'BE-WBR'
        WHEN postcode < '2000' THEN 'BE-VBR' WHEN postcode < '3000' THEN 'BE-VAN' WHEN postcode < '3500' THEN 'BE-VBR'
        WHEN postcode < '4000' THEN 'BE-VLI' WHEN postcode < '5000' THEN 'BE-WLG' WHEN postcode < '6000' THEN 'BE-WNA'
        WHEN postcode < '6600' THEN 'BE-WHT' WHEN postcode < '7000' THEN 'BE-WLX' WHEN postcode < '8000' THEN 'BE-WHT'
        WHEN postcode < '9000' THEN 'BE-VWV' ELSE 'BE-VOV' END ELSE country END
"""
# Days by the clocks of Brussels: every campaign so far is a Belgian one, and the nightly recount corrects any other.
# Of the hours only the last eight days are kept.
FIGURES = """
    INSERT INTO tallies (key, part, name, slot, n, changed_at)
    WITH one AS (
        SELECT s.campaign_id, s.lang, s.source, s.area, s.edited,
          to_char(s.confirmed_at AT TIME ZONE 'Europe/Brussels', 'YYYY-MM-DD') AS day,
          to_char(s.confirmed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24') AS hour,
          s.confirmed_at >= date_trunc('hour', now() - interval '8 days', 'UTC') AS late
        FROM signatures s WHERE s.state = 'confirmed'
    ), figure AS (
        SELECT campaign_id, 'day:' || day AS part, 'signatures' AS name FROM one
        UNION ALL SELECT campaign_id, 'hour:' || hour, 'signatures' FROM one WHERE late
        UNION ALL SELECT campaign_id, 'lang:' || lang, 'signatures' FROM one
        UNION ALL SELECT campaign_id, 'source:' || source, 'signatures' FROM one
        UNION ALL SELECT campaign_id, 'area:' || area, 'signatures' FROM one
        UNION ALL SELECT campaign_id, '', 'personal' FROM one WHERE edited
        UNION ALL SELECT campaign_id, 'day:' || day, 'personal' FROM one WHERE edited
        UNION ALL SELECT campaign_id, 'lang:' || lang, 'personal' FROM one WHERE edited
    )
    SELECT 'figures:' || campaign_id, part, name, 0, count(*), now() FROM figure GROUP BY campaign_id, part, name
"""
# Steps that were passed long ago are recorded without a mail.
STEPS = """
    INSERT INTO milestones (id, campaign_id, step, note, own, reached_at, created_at, created_by)
    SELECT gen_random_uuid(), campaign_id, n, '', false, confirmed_at, now(), 'system' FROM (
        SELECT s.campaign_id, s.confirmed_at, c.goal,
          row_number() OVER (PARTITION BY s.campaign_id ORDER BY s.confirmed_at, s.id) AS n
        FROM signatures s JOIN campaigns c ON c.id = s.campaign_id WHERE s.state = 'confirmed'
    ) numbered WHERE n = goal OR n >= 100 AND rtrim(n::text, '0') IN ('1', '25', '5')
"""


def upgrade() -> None:
    op.add_column("signatures", sa.Column("area", sa.Text(), server_default="", nullable=False))
    op.execute(AREAS)
    op.execute(FIGURES)
    op.create_table(
        "milestones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint("step > 0", name=op.f("ck_milestones_step")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_milestones_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("campaign_id", "step", name=op.f("uq_milestones_campaign_id_step")),
    )
    op.create_table(
        "milestone_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_milestone_notices_milestone_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_milestone_notices_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_notices")),
        sa.UniqueConstraint("milestone_id", "user_id", name=op.f("uq_milestone_notices_milestone_id_user_id")),
    )
    op.create_table(
        "milestone_mail_off",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_milestone_mail_off_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_milestone_mail_off_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "user_id", name=op.f("pk_milestone_mail_off")),
    )
    op.execute(STEPS)
