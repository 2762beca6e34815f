"""back-off and circuit breaker."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('outbox_messages', sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('outbox_paces', sa.Column('failures', sa.Integer(), server_default='0', nullable=False))
