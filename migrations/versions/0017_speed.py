"""What the outbox of staff counts, in an index of its own."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """So that 200,000 messages are counted by owner, stream and state without reading one of them."""
    op.create_index("ix_outbox_standing", "outbox_messages", ["owner", "lane", "stream", "state"])
