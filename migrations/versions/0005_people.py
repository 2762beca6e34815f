"""people: second factors, recovery codes, guesses, invitations, keys, and an audit log with before and after."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROLES = "role IN ('owner', 'campaigner', 'translator', 'moderator', 'viewer')"
# What was written before organisations were told apart belongs to the one whose record it is about.
CAMPAIGNS = """
    UPDATE audit_log a SET organisation_id = c.organisation_id FROM campaigns c WHERE a.subject = 'campaign:' || c.id
"""
STAFF = """
    UPDATE audit_log a SET organisation_id = m.organisation_id FROM memberships m WHERE a.subject = 'user:' || m.user_id
"""
APPEND_ONLY = """
    CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
"""
TRIGGER = """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only()
"""


def upgrade() -> None:
    _people()
    _tables()
    _audit()


def _people() -> None:
    op.add_column("organisations", sa.Column("second_factor", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("users", sa.Column("email_wanted", sa.Text()))
    op.add_column("users", sa.Column("name", sa.Text(), server_default="", nullable=False))
    op.add_column("users", sa.Column("lang", sa.Text(), server_default="en", nullable=False))
    op.add_column("users", sa.Column("totp_secret", sa.Text()))
    op.add_column("users", sa.Column("totp_wanted", sa.Text()))
    op.add_column("users", sa.Column("totp_step", sa.BigInteger()))
    # Who is signed in signs in once more: a session gets a name of its own.
    op.execute("DELETE FROM staff_sessions")
    op.add_column("staff_sessions", sa.Column("id", sa.Uuid(), nullable=False))
    op.create_unique_constraint(op.f("uq_staff_sessions_id"), "staff_sessions", ["id"])
    op.add_column("staff_sessions", sa.Column("sudo_at", MOMENT))
    op.add_column("staff_sessions", sa.Column("browser", sa.Text(), server_default="", nullable=False))
    op.add_column("staff_sessions", sa.Column("system", sa.Text(), server_default="", nullable=False))
    notices = sa.Column("notices", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False)
    op.add_column("staff_sessions", notices)


def _user(column: str = "user_id", *, table: str, kept: bool = False) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], ["users.id"], name=name, ondelete="SET NULL" if kept else "CASCADE")


def _organisation(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_organisation_id")
    return sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=name, ondelete="CASCADE")


def _tables() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", MOMENT),
        _user(table="recovery_codes"),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "half_sign_ins",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        _user(table="half_sign_ins"),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_half_sign_ins")),
    )
    op.create_index(op.f("ix_half_sign_ins_user_id"), "half_sign_ins", ["user_id"])
    op.create_table(
        "guesses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("network", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guesses")),
    )
    op.create_index(op.f("ix_guesses_account_at"), "guesses", ["account", "at"])
    op.create_index(op.f("ix_guesses_at"), "guesses", ["at"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT),
        sa.Column("withdrawn_at", MOMENT),
        sa.CheckConstraint(ROLES, name=op.f("ck_invitations_role")),
        _organisation("invitations"),
        _user("invited_by", table="invitations", kept=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_organisation_id_created_at"), "invitations", ["organisation_id", "created_at"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        _organisation("api_keys"),
        _user("created_by", table="api_keys", kept=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_index(op.f("ix_api_keys_organisation_id_created_at"), "api_keys", ["organisation_id", "created_at"])


def _audit() -> None:
    op.add_column("audit_log", sa.Column("organisation_id", sa.Uuid()))
    op.add_column("audit_log", sa.Column("before", postgresql.JSONB()))
    op.add_column("audit_log", sa.Column("after", postgresql.JSONB()))
    op.execute(CAMPAIGNS)
    op.execute(STAFF)
    op.create_index(op.f("ix_audit_log_organisation_id_at_id"), "audit_log", ["organisation_id", "at", "id"])
    op.execute(APPEND_ONLY)
    op.execute(TRIGGER)
