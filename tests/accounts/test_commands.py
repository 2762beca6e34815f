"""Staff sign in, with one answer for every reason that they cannot."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock

import pytest
from argon2 import extract_parameters
from flask import Flask
from sqlalchemy import func, select, update

from campaign import accounts
from campaign.accounts import Role, User, WrongSignIn, passwords
from campaign.accounts.models import StaffSession
from campaign.accounts.passwords import LONGEST, BadPassword, hash_password, matches
from campaign.core.db import session, transaction
from campaign.core.errors import Conflict
from tests.support.passwords import real

PASSWORD = "correct horse battery"
LONG = ("thirteen odd words " * 7)[:LONGEST]


@pytest.fixture
def user(app: Flask, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> User:
    """Ann has an account."""
    if "costs" in request.node.name:
        real(monkeypatch)
    with transaction():
        home = accounts.ensure_organisation("o", "O")
        return accounts.create_user("Ann@Staff.example", PASSWORD, Role.CAMPAIGNER, home, actor="cli")


def sign_in(email: str = "ann@staff.example", password: str = PASSWORD) -> str:
    with transaction():
        return accounts.sign_in(email, password).secret


def words(act: Callable[[], object]) -> tuple[str, str, int]:
    with pytest.raises(WrongSignIn) as caught:
        act()
    return caught.value.words, caught.value.code, caught.value.status


def test_whoever_knows_the_password_gets_a_session(user: User) -> None:
    found = accounts.whose(sign_in())
    assert found is not None
    assert (found.id, found.email, found.roles) == (user.id, "Ann@Staff.example", {Role.CAMPAIGNER})


def test_unknown_wrong_and_switched_off_are_one_answer(user: User) -> None:
    answers = {
        words(lambda: sign_in("nobody@staff.example")),
        words(lambda: sign_in(password="wrong password")),
        words(lambda: sign_in(password="")),
    }
    with transaction():
        session().execute(update(User).values(active=False))
    answers.add(words(sign_in))
    assert len(answers) == 1


def test_an_unknown_account_costs_as_much_work_as_a_known_one(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """One verification each, of hashes with the same parameters."""
    hasher = Mock(wraps=passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    words(lambda: sign_in("ann@staff.example", "a wrong password"))
    words(lambda: sign_in("nobody@staff.example", "a wrong password"))
    known, unknown = (call.args[0] for call in hasher.verify.call_args_list)
    assert known == user.password_hash != unknown
    assert extract_parameters(known) == extract_parameters(unknown)


def test_a_session_is_stored_as_a_hash_only(user: User) -> None:
    secret = sign_in()
    (stored,) = session().scalars(select(StaffSession.secret_hash))
    assert secret.encode() not in bytes(stored)
    assert accounts.whose(bytes(stored).hex()) is None


def test_every_sign_in_has_a_secret_of_its_own_and_signing_out_ends_only_that(user: User) -> None:
    one, two = sign_in(), sign_in()
    assert one != two
    with transaction():
        accounts.sign_out(one)
    assert accounts.whose(one) is None
    assert accounts.whose(two) is not None


def test_all_sessions_end_with_the_password(user: User) -> None:
    secrets = [sign_in(), sign_in()]
    with transaction():
        accounts.set_password("ANN@staff.example", "another good password", actor="cli")
    assert [accounts.whose(secret) for secret in secrets] == [None, None]
    words(sign_in)
    assert accounts.whose(sign_in(password="another good password"))


def test_a_session_ends_when_the_account_is_switched_off(user: User) -> None:
    secret = sign_in()
    with transaction():
        session().execute(update(User).values(active=False))
    assert accounts.whose(secret) is None


@pytest.mark.parametrize(
    ("seen", "begun", "lives"),
    [(29, 29, True), (31, 31, False), (1, 11 * 60, True), (1, 12 * 60 + 1, False)],
    ids=["idle for 29 minutes", "idle for 31 minutes", "11 hours old", "over 12 hours old"],
)
def test_a_session_ends_when_idle_and_when_old(user: User, seen: int, begun: int, lives: bool) -> None:
    secret = sign_in()
    with transaction():
        session().execute(
            update(StaffSession).values(
                seen_at=func.now() - timedelta(minutes=seen), created_at=func.now() - timedelta(minutes=begun)
            )
        )
    assert (accounts.whose(secret) is not None) == lives


def test_using_a_session_keeps_it_alive(user: User) -> None:
    secret = sign_in()
    with transaction():
        session().execute(update(StaffSession).values(seen_at=func.now() - timedelta(minutes=20)))
    found = accounts.whose(secret)
    assert found is not None
    assert found.stale
    with transaction():
        accounts.touch(secret)
    found = accounts.whose(secret)
    assert found is not None
    assert not found.stale


def test_one_address_has_one_account_whatever_its_case(user: User) -> None:
    with pytest.raises(Conflict), transaction():
        home = accounts.ensure_organisation("o", "O")
        accounts.create_user("ANN@STAFF.EXAMPLE", PASSWORD, Role.VIEWER, home, actor="cli")


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * (LONGEST + 1)], ids=len)
def test_a_password_that_is_too_short_or_too_long_is_refused(plain: Flask, password: str) -> None:
    with pytest.raises(BadPassword, match="12"):
        hash_password(password)


@pytest.mark.parametrize("password", ["xylophone vi", LONG, "pässwörd mit ümlaut 🙂", "  odd  words  "], ids=len)
def test_any_other_password_works_and_only_that_one(plain: Flask, password: str) -> None:
    stored = hash_password(password)
    assert stored.startswith("$argon2id$")
    assert matches(stored, password)
    assert not matches(stored, password + "x")
    assert not matches(stored, password[:-1])


@pytest.mark.parametrize("text", ["x" * 100_000, "' OR 1=1 --", "%"], ids=lambda t: ascii(t)[:20])
def test_nonsense_for_an_address_or_a_password_is_just_wrong(user: User, text: str) -> None:
    words(lambda: sign_in(text))
    words(lambda: sign_in(password=text))
    assert accounts.whose(text) is None
