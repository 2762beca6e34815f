"""Guesses are few, whoever is asked for, and however many come at once."""

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import func, select

from campaign.accounts import guesses
from campaign.accounts.models import Guess
from campaign.core.db import session, transaction
from tests.support.threads import at_once

ANN = "ann@staff.example"


def allowed(account: str = ANN, network: str = "192.0.2.1") -> bool:
    with transaction():
        return guesses.allow(account, network)


def test_one_network_has_ten_guesses_at_an_account_in_a_quarter_of_an_hour(app: Flask) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        assert [allowed() for _ in range(12)] == [True] * 10 + [False] * 2
        assert allowed(network="192.0.2.2"), "somebody else's network is not shut"
        assert allowed("bob@staff.example"), "nor is another account"
        clock.move_to(start + timedelta(minutes=15, seconds=1))
        assert allowed()


def test_all_networks_together_have_fifty_in_an_hour(app: Flask) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        assert sum(allowed(network=f"192.0.2.{number}") for number in range(60)) == 50
        clock.move_to(start + timedelta(hours=1, seconds=1))
        assert allowed()


def test_the_case_of_an_address_is_no_way_around(app: Flask) -> None:
    assert sum(allowed(ANN.upper() if number % 2 else f" {ANN}") for number in range(20)) == 10


def test_a_right_guess_forgives_that_network_only(app: Flask) -> None:
    assert [allowed() for _ in range(10)] == [True] * 10
    assert sum(allowed(network="192.0.2.2") for _ in range(10)) == 10
    with transaction():
        guesses.right(ANN, "192.0.2.1")
    assert allowed()
    assert not allowed(network="192.0.2.2")


def test_a_refused_guess_does_not_count_so_the_wait_ends(app: Flask) -> None:
    for _ in range(100):
        allowed()
    assert session().scalar(select(func.count()).select_from(Guess)) == 10


def test_many_at_once_are_no_way_around(app: Flask) -> None:
    assert sum(at_once(app, 8, lambda _number: sum(allowed() for _ in range(5)))) == 10


def test_neither_address_nor_network_is_stored(app: Flask) -> None:
    allowed()
    row = session().scalars(select(Guess)).one()
    assert ANN.encode() not in bytes(row.account)
    assert b"192.0.2.1" not in bytes(row.network)


def test_what_no_longer_counts_is_deleted(app: Flask) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        allowed()
        clock.move_to(start + timedelta(hours=2))
        allowed()
        with transaction():
            assert guesses.forget_guesses() == 1
    assert session().scalar(select(func.count()).select_from(Guess)) == 1
