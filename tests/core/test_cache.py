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


def test_a_crowd_that_comes_before_the_first_answer_waits_for_it(app: Flask) -> None:
    asked: list[int] = []

    def ask() -> str:
        asked.append(1)
        time.sleep(0.2)
        return "true"

    assert at_once(app, 8, lambda _number: cache.remembered(("x",), ask)) == ["true"] * 8
    assert len(asked) == 1


def test_nobody_waits_for_ever_for_a_first_who_hangs(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "PATIENCE_SECONDS", 0.01)
    others = Event()

    def act(number: int) -> str:
        def ask() -> str:
            if number:
                others.set()
                return "quick"
            assert others.wait(20)
            return "slow"

        return cache.remembered(("x",), ask)

    found = at_once(app, 2, act)
    assert found[1] == "quick"


def test_when_the_first_fails_the_others_ask_for_themselves(app: Flask) -> None:
    asked: list[int] = []

    def act(number: int) -> str:
        def ask() -> str:
            asked.append(number)
            if len(asked) == 1:
                time.sleep(0.1)
                raise LookupError
            return "found"

        try:
            return cache.remembered(("x",), ask)
        except LookupError:
            return "failed"

    assert sorted(at_once(app, 4, act)) == ["failed", "found", "found", "found"]
