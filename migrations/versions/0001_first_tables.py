"""first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence('outbox_fence')))
    op.create_table('areas',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_areas'))
    )
    op.create_table('audit_log',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log'))
    )
    op.create_index(op.f('ix_audit_log_subject_at'), 'audit_log', ['subject', 'at'], unique=False)
    op.create_table('consent_wordings',
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('lang', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('first_used', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_consent_wordings'))
    )
    op.create_table('organisations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations')),
    sa.UniqueConstraint('key', name=op.f('uq_organisations_key'))
    )
    op.create_table('outbox_messages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('ref', sa.Uuid(), nullable=False),
    sa.Column('lane', sa.Text(), nullable=False),
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('domain', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('frozen', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('fence', sa.BigInteger(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tally_key', sa.Text(), nullable=True),
    sa.Column('recipient_hash', sa.LargeBinary(), nullable=True),
    sa.Column('mail', sa.Text(), nullable=True),
    sa.Column('provider_id', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("lane IN ('people', 'letters')", name=op.f('ck_outbox_messages_lane')),
    sa.CheckConstraint("state IN ('held', 'queued', 'sending', 'unsure', 'sent', 'delivered', 'bounced', 'complained', 'failed', 'cancelled', 'suppressed')", name=op.f('ck_outbox_messages_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_messages'))
    )
    op.create_index('ix_outbox_changed', 'outbox_messages', ['changed_at'], unique=False)
    op.create_index('ix_outbox_due', 'outbox_messages', ['lane', 'stream', 'due_at', 'id'], unique=False, postgresql_where=sa.text("state = 'queued' AND NOT frozen"))
    op.create_index('ix_outbox_leased', 'outbox_messages', ['lease_until'], unique=False, postgresql_where=sa.text("state = 'sending'"))
    op.create_index('ix_outbox_recipient', 'outbox_messages', ['recipient_hash', 'created_at'], unique=False)
    op.create_index('ix_outbox_ref', 'outbox_messages', ['ref'], unique=False)
    op.create_index('ix_outbox_unsure', 'outbox_messages', ['due_at'], unique=False, postgresql_where=sa.text("state = 'unsure'"))
    op.create_table('outbox_paces',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('lane', sa.Text(), nullable=True),
    sa.Column('gap', sa.Double(), nullable=False),
    sa.Column('tat', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_reason', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_outbox_paces'))
    )
    op.create_index('ix_outbox_paces_open', 'outbox_paces', ['lane', 'opens_at'], unique=False)
    op.create_table('persons',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_persons')),
    sa.UniqueConstraint('key', name=op.f('uq_persons_key'))
    )
    op.create_table('postcodes',
    sa.Column('country', sa.Text(), nullable=False),
    sa.Column('postcode', sa.Text(), nullable=False),
    sa.Column('place', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('country', 'postcode', name=op.f('pk_postcodes'))
    )
    op.create_table('tallies',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('slot', sa.SmallInteger(), nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', 'part', 'name', 'slot', name=op.f('pk_tallies'))
    )
    op.create_table('users',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users'))
    )
    op.create_index('ix_users_email', 'users', [sa.literal_column('lower(email)')], unique=True)
    op.create_table('bodies',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('area_code', sa.Text(), nullable=False),
    sa.Column('name', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['area_code'], ['areas.code'], name=op.f('fk_bodies_area_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bodies')),
    sa.UniqueConstraint('key', name=op.f('uq_bodies_key'))
    )
    op.create_table('campaigns',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('goal', sa.Integer(), nullable=False),
    sa.Column('accent', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('picture', sa.Text(), nullable=True),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("accent IN ('crimson', 'ocean', 'forest', 'plum', 'amber', 'slate')", name=op.f('ck_campaigns_accent')),
    sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f('ck_campaigns_slug')),
    sa.CheckConstraint("status IN ('draft', 'scheduled', 'open', 'closed', 'archived')", name=op.f('ck_campaigns_status')),
    sa.CheckConstraint('goal > 0', name=op.f('ck_campaigns_goal')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_campaigns_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns')),
    sa.UniqueConstraint('slug', name=op.f('uq_campaigns_slug'))
    )
    op.create_table('memberships',
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.CheckConstraint("role IN ('owner', 'campaigner', 'translator', 'moderator', 'viewer')", name=op.f('ck_memberships_role')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_memberships_organisation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_memberships_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'organisation_id', name=op.f('pk_memberships'))
    )
    op.create_table('outbox_moves',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('from_state', sa.Text(), nullable=False),
    sa.Column('to_state', sa.Text(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['outbox_messages.id'], name=op.f('fk_outbox_moves_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_moves'))
    )
    op.create_index(op.f('ix_outbox_moves_message_id_id'), 'outbox_moves', ['message_id', 'id'], unique=False)
    op.create_table('staff_sessions',
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_staff_sessions_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('secret_hash', name=op.f('pk_staff_sessions'))
    )
    op.create_index(op.f('ix_staff_sessions_user_id'), 'staff_sessions', ['user_id'], unique=False)
    op.create_table('campaign_texts',
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('lang', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('kicker', sa.Text(), nullable=False),
    sa.Column('lead', sa.Text(), nullable=False),
    sa.Column('story', sa.Text(), nullable=False),
    sa.Column('picture_alt', sa.Text(), nullable=False),
    sa.Column('picture_credit', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_texts_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('campaign_id', 'lang', name=op.f('pk_campaign_texts'))
    )
    op.create_table('fact_sources',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('publisher', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('title_lang', sa.Text(), nullable=False),
    sa.Column('dated', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('link', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_fact_sources_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fact_sources'))
    )
    op.create_table('model_letter_versions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('lang', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('opening', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('closing', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_model_letter_versions_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_model_letter_versions')),
    sa.UniqueConstraint('campaign_id', 'lang', 'number', name=op.f('uq_model_letter_versions_campaign_id_lang_number'))
    )
    op.create_table('posts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('body_id', sa.Uuid(), nullable=False),
    sa.Column('languages', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('office', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('salutation', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('address', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['body_id'], ['bodies.id'], name=op.f('fk_posts_body_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posts')),
    sa.UniqueConstraint('key', name=op.f('uq_posts_key'))
    )
    op.create_table('campaign_targets',
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_targets_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_campaign_targets_post_id')),
    sa.PrimaryKeyConstraint('campaign_id', 'post_id', name=op.f('pk_campaign_targets'))
    )
    op.create_table('contacts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('checked_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_contacts_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts'))
    )
    op.create_index(op.f('ix_contacts_post_id_since'), 'contacts', ['post_id', 'since'], unique=False)
    op.create_table('facts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('figure', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('statement', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_facts_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['fact_sources.id'], name=op.f('fk_facts_source_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_facts'))
    )
    op.create_table('letter_texts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('edited', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['model_letter_versions.id'], name=op.f('fk_letter_texts_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_texts'))
    )
    op.create_index(op.f('ix_letter_texts_version_id'), 'letter_texts', ['version_id'], unique=False)
    op.create_table('tenures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('office', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('salutation', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('checked_on', sa.Date(), nullable=True),
    sa.CheckConstraint('until IS NULL OR until > since', name=op.f('ck_tenures_order')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_tenures_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_tenures_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenures'))
    )
    op.create_index(op.f('ix_tenures_post_id_since'), 'tenures', ['post_id', 'since'], unique=False)
    op.create_table('letters',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('signature_id', sa.Uuid(), nullable=False),
    sa.Column('text_id', sa.Uuid(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_letters_post_id')),
    sa.ForeignKeyConstraint(['text_id'], ['letter_texts.id'], name=op.f('fk_letters_text_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letters')),
    sa.UniqueConstraint('signature_id', 'post_id', name=op.f('uq_letters_signature_id_post_id'))
    )
    op.create_index(op.f('ix_letters_text_id'), 'letters', ['text_id'], unique=False)
    op.create_table('signatures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('text_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('email_hash', sa.LargeBinary(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('postcode', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('lang', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('public', sa.Text(), nullable=False),
    sa.Column('public_name', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("public IN ('name', 'initials', 'hidden')", name=op.f('ck_signatures_public')),
    sa.CheckConstraint("state IN ('pending', 'confirmed', 'replaced', 'withdrawn', 'invalid')", name=op.f('ck_signatures_state')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_signatures_campaign_id')),
    sa.ForeignKeyConstraint(['text_id'], ['letter_texts.id'], name=op.f('fk_signatures_text_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signatures')),
    sa.UniqueConstraint('reference', name=op.f('uq_signatures_reference'))
    )
    op.create_index('ix_signatures_recent', 'signatures', ['campaign_id', 'confirmed_at'], unique=False, postgresql_where=sa.text("state = 'confirmed' AND public_name IS NOT NULL"))
    op.create_index('ix_signatures_unconfirmed', 'signatures', ['created_at'], unique=False, postgresql_where=sa.text("state = 'pending'"))
    op.create_index('uq_signatures_confirmed', 'signatures', ['campaign_id', 'email_hash'], unique=True, postgresql_where=sa.text("state = 'confirmed'"))
    op.create_index('uq_signatures_pending', 'signatures', ['campaign_id', 'email_hash', 'digest'], unique=True, postgresql_where=sa.text("state = 'pending'"))
    op.create_table('consents',
    sa.Column('signature_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('wording', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('send', 'updates')", name=op.f('ck_consents_kind')),
    sa.ForeignKeyConstraint(['signature_id'], ['signatures.id'], name=op.f('fk_consents_signature_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['wording'], ['consent_wordings.hash'], name=op.f('fk_consents_wording')),
    sa.PrimaryKeyConstraint('signature_id', 'kind', name=op.f('pk_consents'))
    )
