"""Whose a message is, and the organisation that a member of staff is at work for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LETTERS = """
    UPDATE outbox_messages m SET owner = s.campaign_id
    FROM letters l JOIN signatures s ON s.id = l.signature_id WHERE m.kind = 'letter' AND m.ref = l.id
"""
ASKED = """
    UPDATE outbox_messages m SET owner = s.campaign_id FROM signatures s WHERE m.kind <> 'letter' AND m.ref = s.id
"""


def upgrade() -> None:
    op.add_column("outbox_messages", sa.Column("owner", sa.Uuid(), nullable=True))
    op.execute(LETTERS)
    op.execute(ASKED)
    op.create_index("ix_outbox_owner", "outbox_messages", ["owner", "changed_at"])
    # Who is signed in signs in once more: a session without an organisation shows nothing.
    op.execute("DELETE FROM staff_sessions")
    op.add_column("staff_sessions", sa.Column("organisation_id", sa.Uuid(), nullable=False))
    op.create_foreign_key(
        op.f("fk_staff_sessions_organisation_id"),
        "staff_sessions",
        "organisations",
        ["organisation_id"],
        ["id"],
        ondelete="CASCADE",
    )
