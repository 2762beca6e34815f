"""Column types keep their rule in both directions, at rest too."""

from datetime import UTC, datetime
from enum import StrEnum

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from campaign.core.columns import Choice, Moment, Sealed, seal, unseal
from campaign.core.db import session, transaction
from campaign.signatures import Signature, SignatureState
from tests.support import people


def test_an_address_is_sealed_at_rest_and_whole_in_the_program(seeded: Flask) -> None:
    people.sign("marie@example.org")
    (signature,) = people.all_signatures()
    stored = session().scalar(text("SELECT email FROM signatures"))
    assert (signature.email, stored) == ("marie@example.org", seal("marie@example.org"))
    assert stored != "marie@example.org"


def test_every_column_that_holds_a_supporters_address_is_sealed(seeded: Flask) -> None:
    people.supporter("canary.marie@example.org")
    with transaction():
        rows = (
            session()
            .execute(
                text("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
            )
            .all()
        )
        found = {
            (table, column)
            for table, column in rows
            if session().scalar(
                text(f"SELECT EXISTS (SELECT FROM {table} WHERE CAST({column} AS text) LIKE '%canary.marie%')")
            )
        }
    sealed = {
        (table.name, column.name)
        for table in Signature.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    }
    assert found <= sealed, "an address stands where encryption at rest would not reach it"
    assert ("signatures", "email") in found


def test_what_was_sealed_in_a_way_nobody_knows_is_not_read_as_if_it_were_plain() -> None:
    assert unseal(seal("a:b")) == "a:b"
    for stored in ("", "marie@example.org", "1:abc"):
        with pytest.raises(ValueError, match="sealed"):
            unseal(stored)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        Moment().process_bind_param(datetime(2026, 1, 1), None)  # type: ignore[arg-type]  # noqa: DTZ001
    assert Moment().process_bind_param(datetime(2026, 1, 1, tzinfo=UTC), None)  # type: ignore[arg-type]


def test_a_word_that_is_not_a_choice_reaches_no_row(seeded: Flask) -> None:
    people.sign()
    (signature,) = people.all_signatures()
    with pytest.raises(StatementError), transaction() as current:
        current.execute(Signature.__table__.update().values(state="confirmd"))
    with pytest.raises(Exception, match="ck_signatures_state"), transaction() as current:
        current.execute(text("UPDATE signatures SET state = 'confirmd'"))
    assert people.all_signatures()[0].state == SignatureState.PENDING
    assert signature.id


def test_a_choice_comes_back_as_its_member() -> None:
    class Colour(StrEnum):
        RED = "red"

    column = Choice(Colour)
    assert column.process_result_value("red", None) is Colour.RED  # type: ignore[arg-type]
    assert column.process_bind_param(None, None) is None  # type: ignore[arg-type]
