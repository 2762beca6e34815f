"""What staff do with signatures: look, hold, take out, count paper, hand out files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATES = "state IN ('pending', 'confirmed', 'held', 'replaced', 'withdrawn', 'invalid')"
REVIEW = "IN ('waiting', 'shown', 'hidden')"
# An address in its stored form begins with the mark of its seal; the domain stands behind the @ in both.
DOMAINS = """
    UPDATE signatures s SET domain = lower(split_part(s.email, '@', 2)), edited = t.edited
    FROM letter_texts t WHERE t.id = s.text_id
"""


def upgrade() -> None:
    _tables()
    _columns()
    _indexes()


def _tables() -> None:
    op.create_table('signature_moves',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('signature_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('from_state', sa.Text(), nullable=False),
    sa.Column('to_state', sa.Text(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('batch_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['signature_id'], ['signatures.id'], name=op.f('fk_signature_moves_signature_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signature_moves'))
    )
    op.create_index(op.f('ix_signature_moves_signature_id_id'), 'signature_moves', ['signature_id', 'id'])
    op.create_table('invalidations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('conditions', postgresql.JSONB(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('undone_by', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('after', sa.Uuid(), nullable=True),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('letters', sa.Integer(), server_default='0', nullable=False),
    sa.Column('restored', sa.Integer(), server_default='0', nullable=False),
    sa.Column('left_out', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint("state IN ('counted', 'running', 'stopped', 'done', 'undoing', 'undone')", name=op.f('ck_invalidations_state')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_invalidations_campaign_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invalidations'))
    )
    op.create_index(op.f('ix_invalidations_campaign_id_id'), 'invalidations', ['campaign_id', 'id'])
    op.create_index('ix_invalidations_open', 'invalidations', ['id'], postgresql_where=sa.text("state IN ('running', 'undoing')"))
    op.create_table('review_acts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('before', postgresql.JSONB(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_review_acts_campaign_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_acts'))
    )
    op.create_table('paper_batches',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('taken_back_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('number > 0', name=op.f('ck_paper_batches_number')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_paper_batches_campaign_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_batches'))
    )
    op.create_index(op.f('ix_paper_batches_campaign_id_id'), 'paper_batches', ['campaign_id', 'id'])
    op.create_table('exports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('conditions', postgresql.JSONB(), nullable=False),
    sa.Column('layout', sa.Text(), nullable=False),
    sa.Column('columns', postgresql.JSONB(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('beat_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('size', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'running', 'ready', 'stopped')", name=op.f('ck_exports_state')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_exports_campaign_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exports'))
    )
    op.create_index(op.f('ix_exports_campaign_id_id'), 'exports', ['campaign_id', 'id'])
    op.create_table('export_parts',
    sa.Column('export_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['export_id'], ['exports.id'], name=op.f('fk_export_parts_export_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('export_id', 'number', name=op.f('pk_export_parts'))
    )


def _columns() -> None:
    op.add_column('campaigns', sa.Column('moderation', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('signatures', sa.Column('domain', sa.Text(), server_default='', nullable=False))
    op.add_column('signatures', sa.Column('edited', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('signatures', sa.Column('comment', sa.Text(), server_default='', nullable=False))
    op.add_column('signatures', sa.Column('name_state', sa.Text(), server_default='shown', nullable=False))
    op.add_column('signatures', sa.Column('comment_state', sa.Text(), server_default='waiting', nullable=False))
    op.add_column('signatures', sa.Column('note', sa.Text(), nullable=True))
    op.add_column('signatures', sa.Column('batch_id', sa.Uuid(), nullable=True))
    op.execute(DOMAINS)
    op.create_foreign_key(op.f('fk_signatures_batch_id'), 'signatures', 'invalidations', ['batch_id'], ['id'])
    op.create_check_constraint(op.f('ck_signatures_name_state'), 'signatures', f'name_state {REVIEW}')
    op.create_check_constraint(op.f('ck_signatures_comment_state'), 'signatures', f'comment_state {REVIEW}')
    op.drop_constraint(op.f('ck_signatures_state'), 'signatures')
    op.create_check_constraint(op.f('ck_signatures_state'), 'signatures', STATES)


def _indexes() -> None:
    op.drop_index('uq_signatures_confirmed', 'signatures')
    op.create_index('uq_signatures_confirmed', 'signatures', ['campaign_id', 'email_hash'], unique=True, postgresql_where=sa.text("state IN ('confirmed', 'held')"))
    op.drop_index('ix_signatures_recent', 'signatures')
    op.create_index('ix_signatures_recent', 'signatures', ['campaign_id', 'confirmed_at'], postgresql_where=sa.text("state = 'confirmed' AND public_name IS NOT NULL AND name_state = 'shown'"))
    op.create_index('ix_signatures_newest', 'signatures', ['campaign_id', 'id'])
    op.create_index('ix_signatures_state', 'signatures', ['campaign_id', 'state', 'id'])
    op.create_index('ix_signatures_address', 'signatures', ['email_hash'])
    op.create_index('ix_signatures_batch', 'signatures', ['batch_id'], postgresql_where=sa.text('batch_id IS NOT NULL'))
    op.create_index('ix_signatures_review', 'signatures', ['campaign_id', 'id'], postgresql_where=sa.text("state = 'confirmed' AND (name_state = 'waiting' OR (comment <> '' AND comment_state = 'waiting'))"))
    op.create_index('ix_signatures_comments', 'signatures', ['campaign_id', 'confirmed_at'], postgresql_where=sa.text("state = 'confirmed' AND comment <> '' AND comment_state = 'shown' AND name_state = 'shown' AND public_name IS NOT NULL"))
    op.create_index('ix_signatures_name', 'signatures', ['campaign_id', sa.text('lower(name) text_pattern_ops')])
