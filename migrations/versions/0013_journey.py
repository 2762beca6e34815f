"""The journey: codes, personal links, refusals, own mail, news."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Columns of signatures, then the tables."""
    op.add_column('campaigns', sa.Column('own_mail', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('signatures', sa.Column('code_tries', sa.Integer(), server_default='0', nullable=False))
    op.add_column('signatures', sa.Column('share_code', sa.Text(), server_default='', nullable=False))
    op.add_column('signatures', sa.Column('ref', sa.Text(), server_default='', nullable=False))
    op.create_index('ix_signatures_ref', 'signatures', ['ref'], postgresql_where=sa.text("ref <> ''"))
    op.create_table('refusals',
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('address_hash', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_refusals_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'address_hash', name=op.f('pk_refusals'))
    )
    op.create_table('own_mails',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lang', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_own_mails_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_mails'))
    )
    op.create_index(op.f('ix_own_mails_campaign_id'), 'own_mails', ['campaign_id'])
    op.create_table('news',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('texts', postgresql.JSONB(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('after', sa.Uuid(), nullable=True),
    sa.Column('written', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint("state IN ('draft', 'sending', 'stopped', 'sent')", name=op.f('ck_news_state')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_news_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news'))
    )
    op.create_index(op.f('ix_news_campaign_id_id'), 'news', ['campaign_id', 'id'])
    op.create_index('ix_news_open', 'news', ['id'], postgresql_where=sa.text("state = 'sending'"))
    op.create_table('news_mails',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('news_id', sa.Uuid(), nullable=False),
    sa.Column('signature_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['news_id'], ['news.id'], name=op.f('fk_news_mails_news_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['signature_id'], ['signatures.id'], name=op.f('fk_news_mails_signature_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news_mails')),
    sa.UniqueConstraint('news_id', 'signature_id', name=op.f('uq_news_mails_news_id_signature_id'))
    )
    op.create_index(op.f('ix_news_mails_signature_id'), 'news_mails', ['signature_id'])


def downgrade() -> None:
    """Back, with the loss of what it held."""
    for table in ('news_mails', 'news', 'own_mails', 'refusals'):
        op.drop_table(table)
    op.drop_index('ix_signatures_ref', 'signatures')
    for column in ('ref', 'share_code', 'code_tries'):
        op.drop_column('signatures', column)
    op.drop_column('campaigns', 'own_mail')
