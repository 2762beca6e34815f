"""From an empty database the migrations make what the models say, down to the checks and the sequences."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, make_url

from campaign.config import ROOT
from campaign.core.db import Base, db

Catalogue = dict[str, set[tuple[str, ...]]]

# What PostgreSQL itself knows of each kind of thing; autogenerate sees no checks, sequences or index conditions.
QUESTIONS = {
    "columns": """
        SELECT table_name, column_name, data_type, udt_name, is_nullable, coalesce(column_default, ''), is_identity
        FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "sequences": """
        SELECT sequencename, data_type::text, start_value::text, increment_by::text, cycle::text
        FROM pg_sequences WHERE schemaname = 'public'
    """,
    "triggers and functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}
ALEMBICS_OWN = "alembic_version"


def catalogue(url: str) -> Catalogue:
    """What stands in a database, in its own words."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return {
            kind: {tuple(map(str, row)) for row in connection.execute(query) if ALEMBICS_OWN not in row[0]}
            for kind, query in QUESTIONS.items()
        }


@pytest.fixture
def modelled(app: Flask, database_url: str) -> Iterator[str]:
    """A database made from the models, without migrations."""
    name = f"models_{uuid4().hex[:12]}"
    url = make_url(database_url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        engine = create_engine(url)
        Base.metadata.create_all(engine)
        engine.dispose()
        yield url
        connection.execute(f"DROP DATABASE {name}")


def test_there_is_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_migrations_run_from_empty_equal_the_models(database_url: str, modelled: str) -> None:
    migrated, expected = catalogue(database_url), catalogue(modelled)
    for kind in QUESTIONS:
        assert migrated[kind] - expected[kind] == set(), f"{kind} that no model asks for"
        assert expected[kind] - migrated[kind] == set(), f"{kind} that no migration makes"
    assert ("outbox_fence",) in {row[:1] for row in migrated["sequences"]}


def test_alembic_itself_finds_nothing_to_do(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_comparison_would_see_a_difference(database_url: str, modelled: str) -> None:
    with psycopg.connect(modelled.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("ALTER TABLE tallies ALTER COLUMN n DROP NOT NULL")
        connection.execute("ALTER TABLE campaigns DROP CONSTRAINT ck_campaigns_goal")
        connection.execute("DROP INDEX ix_outbox_due")
        connection.execute("ALTER SEQUENCE outbox_fence INCREMENT BY 2")
    migrated, changed = catalogue(database_url), catalogue(modelled)
    different = {kind for kind in QUESTIONS if migrated[kind] != changed[kind]}
    assert different == {"columns", "constraints", "indexes", "sequences"}
