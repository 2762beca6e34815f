"""The register of posts: whose it is, areas, search, and every change as an act that can be taken back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Whose a body is: the organisation that alone writes to its posts; else the oldest that does; else the only one there is.
OWNERS = """
    UPDATE bodies b SET organisation_id = coalesce(
        (SELECT c.organisation_id FROM posts p JOIN campaign_targets t ON t.post_id = p.id
         JOIN campaigns c ON c.id = t.campaign_id WHERE p.body_id = b.id ORDER BY c.created_at, c.id LIMIT 1),
        (SELECT min(id::text)::uuid FROM organisations HAVING count(*) = 1))
"""
POSTS = "UPDATE posts p SET organisation_id = b.organisation_id FROM bodies b WHERE b.id = p.body_id"
PERSONS = """
    UPDATE persons s SET organisation_id = coalesce(
        (SELECT p.organisation_id FROM tenures t JOIN posts p ON p.id = t.post_id
         WHERE t.person_id = s.id AND p.organisation_id IS NOT NULL ORDER BY t.since DESC, t.id LIMIT 1),
        (SELECT min(id::text)::uuid FROM organisations HAVING count(*) = 1))
"""
# What rows are found by; the application writes the same with Python's Unicode tables.
FOLD = "lower(regexp_replace(normalize({0}, NFKD), '[\\u0300-\\u036f]', '', 'g'))"
NAMES = "coalesce((SELECT string_agg(DISTINCT value, ' | ') FROM jsonb_each_text({0})), '')"


def upgrade() -> None:
    """Columns, owners, search, acts."""
    _columns()
    for statement in (OWNERS, POSTS, PERSONS):
        op.execute(statement)
    for table, words in (("bodies", NAMES.format("name")), ("posts", NAMES.format("office")), ("persons", "name")):
        op.execute(f"UPDATE {table} SET search = {FOLD.format(words)}")  # noqa: S608 - fixed words
    op.execute("UPDATE areas SET kind = 'country' WHERE code ~ '^[A-Z]{2}$'")
    _keys()
    _acts()


def _columns() -> None:
    text = {"server_default": "", "nullable": False}
    op.add_column("areas", sa.Column("kind", sa.Text(), **text))
    op.add_column("areas", sa.Column("parent_code", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_areas_parent_code"), "areas", "areas", ["parent_code"], ["code"])
    for table in ("areas", "bodies", "posts", "persons"):
        op.add_column(table, sa.Column("organisation_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_organisation_id"), table, "organisations", ["organisation_id"], ["id"])
    for table in ("bodies", "posts", "persons"):
        op.add_column(table, sa.Column("search", sa.Text(), **text))
    op.alter_column("bodies", "area_code", nullable=True)
    op.add_column("bodies", sa.Column("classification", sa.Text(), **text))
    op.add_column("posts", sa.Column("area_code", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_posts_area_code"), "posts", "areas", ["area_code"], ["code"])
    op.add_column("posts", sa.Column("waits", sa.Text(), nullable=True))
    op.create_index(op.f("ix_posts_body_id"), "posts", ["body_id"])
    op.add_column("persons", sa.Column("sort_name", sa.Text(), **text))
    op.add_column("persons", sa.Column("lang", sa.Text(), **text))
    op.add_column(
        "persons",
        sa.Column("other_names", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column(
        "persons", sa.Column("identifiers", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column("tenures", sa.Column("party_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_tenures_party_id"), "tenures", "bodies", ["party_id"], ["id"])
    op.create_index(op.f("ix_tenures_person_id"), "tenures", ["person_id"])


def _keys() -> None:
    """A key is one in its register, no longer in the installation."""
    for table in ("bodies", "posts", "persons"):
        op.drop_constraint(op.f(f"uq_{table}_key"), table, type_="unique")
        op.create_unique_constraint(op.f(f"uq_{table}_organisation_id_key"), table, ["organisation_id", "key"])


def _acts() -> None:
    op.create_table(
        "register_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("notes", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("resumed", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('planned', 'done', 'undone')", name=op.f("ck_register_acts_state")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_register_acts_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_acts")),
    )
    op.create_index(op.f("ix_register_acts_organisation_id_id"), "register_acts", ["organisation_id", "id"])
