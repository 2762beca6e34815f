"""Keys for programs: shown once, found by hash, over when they are over."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from campaign import accounts
from campaign.accounts import Scope
from campaign.accounts.models import ApiKey
from campaign.core.db import session, transaction
from campaign.core.errors import NotFound
from tests.support import console


@pytest.fixture
def ann(app: Flask) -> UUID:
    return console.member()


def make(ann: UUID, expires_at: datetime | None = None) -> tuple[UUID, str]:
    with transaction():
        home = accounts.ensure_organisation("demo", "Demo").id
        return home, accounts.make_key(home, "Map", [Scope.FIGURES], expires_at, by=ann, actor="test")


def test_a_key_opens_its_organisation_with_its_scopes(ann: UUID) -> None:
    home, key = make(ann)
    found = accounts.key_of(key)
    assert found
    assert (found.organisation_id, found.scopes) == (home, {"figures:read"})


def test_a_key_is_stored_as_a_hash_and_its_first_letters(ann: UUID) -> None:
    home, key = make(ann)
    stored = session().scalars(select(ApiKey)).one()
    assert key.encode() not in bytes(stored.key_hash)
    assert key.startswith(stored.prefix)
    assert len(stored.prefix) < len(key) / 2
    assert accounts.all_keys(home)[0].maker == "ann@staff.example"


def test_a_revoked_key_opens_nothing(ann: UUID) -> None:
    home, key = make(ann)
    (view,) = accounts.all_keys(home)
    with pytest.raises(NotFound), transaction():
        accounts.revoke_key(uuid4(), view.id, actor="test")
    assert accounts.key_of(key)
    with transaction():
        assert accounts.revoke_key(home, view.id, actor="test") == "Map"
    assert accounts.key_of(key) is None
    with pytest.raises(NotFound), transaction():
        accounts.revoke_key(home, view.id, actor="test")


def test_a_key_ends_at_its_time(ann: UUID) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        _home, key = make(ann, start + timedelta(days=1))
        assert accounts.key_of(key)
        clock.move_to(start + timedelta(days=1))
        assert accounts.key_of(key) is None


@pytest.mark.parametrize("key", ["", "postbag_", "x" * 5000, "\x00", "\ud800", "' OR 1=1 --"], ids=ascii)
def test_nonsense_is_no_key(ann: UUID, key: str) -> None:
    make(ann)
    assert accounts.key_of(key) is None
