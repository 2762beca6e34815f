"""A crowd costs the database one question a second."""

import time
from threading import Event

import pytest
from flask import Flask

from campaign.core import cache
from tests.support.threads import at_once


def test_an_answer_is_remembered_for_its_time_and_then_asked_again(app: Flask) -> None:
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    assert [cache.remembered(("x",), ask, 0.1) for _ in range(3)] == [1, 1, 1]
    time.sleep(0.12)
    assert cache.remembered(("x",), ask, 0.1) == 2


def test_keys_are_apart(app: Flask) -> None:
    assert cache.remembered(("x", 1), lambda: "a") == "a"
    assert cache.remembered(("x", 2), lambda: "b") == "b"


def test_a_failure_is_not_remembered(app: Flask) -> None:
    def fail() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        cache.remembered(("x",), fail)
    assert cache.remembered(("x",), lambda: "found") == "found"


def test_what_is_remembered_does_not_grow_for_ever(app: Flask) -> None:
    for number in range(cache.LARGEST * 3):
        cache.remembered(("x", number), lambda: 1)
    assert len(app.extensions["cache"]) <= cache.LARGEST


def test_nothing_but_true_answers_is_given_to_anybody_in_a_crowd(app: Flask) -> None:
    begun = Event()

    def ask() -> str:
        begun.set()
        time.sleep(0.05)
        return "true"

    assert set(at_once(app, 8, lambda _number: cache.remembered(("x",), ask))) == {"true"}
