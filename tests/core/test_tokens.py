"""Signed tokens: each good for one thing, for a while."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import given, strategies as st

from campaign.config import SettingsError, load
from campaign.core.tokens import AGES, BadToken, OldToken, Purpose, keyed_hash, read, sign
from tests.support.generated import QUICK

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OTHER_KEY = "another-secret-for-tests-9876543210-zyxwvut"


@pytest.mark.parametrize("made_for", Purpose)
def test_a_token_for_one_thing_opens_nothing_else(plain: Flask, made_for: Purpose) -> None:
    token = sign(made_for, "value")
    assert read(made_for, token) == "value"
    for other in set(Purpose) - {made_for}:
        with pytest.raises(BadToken):
            read(other, token)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_works_until_its_age_and_not_a_minute_longer(plain: Flask, purpose: Purpose) -> None:
    with time_machine.travel(START, tick=False) as clock:
        token = sign(purpose, "value")
        clock.move_to(START + AGES[purpose])
        assert read(purpose, token) == "value"
        clock.move_to(START + AGES[purpose] + timedelta(minutes=1))
        with pytest.raises(OldToken):
            read(purpose, token)


def test_a_token_from_the_future_is_not_young(plain: Flask) -> None:
    with time_machine.travel(START, tick=False) as clock:
        token = sign(Purpose.CONFIRM, "value")
        clock.move_to(START - timedelta(days=365))
        with pytest.raises((BadToken, OldToken)):
            read(Purpose.CONFIRM, token)


def test_any_change_to_a_token_spoils_it(plain: Flask) -> None:
    token = sign(Purpose.CONFIRM, "0" * 32)
    for place in range(len(token)):
        for other in ("A", "B", "_", "."):
            if token[place] == other:
                continue
            changed = token[:place] + other + token[place + 1 :]
            if place == len(token) - 1:
                continue  # the last character of base64 has spare bits
            with pytest.raises(BadToken):
                read(Purpose.CONFIRM, changed)


@pytest.mark.parametrize(
    "token",
    [
        "",
        " ",
        ".",
        "..",
        "...",
        "a.b.c",
        "\x00",
        "é",
        "\ud800",
        "a" * 10000,
        "null",
        "{}",
        "%00",
        "\r\n",
        "=?utf-8?q?x?=",
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_nonsense_is_a_bad_token_and_nothing_worse(plain: Flask, token: str) -> None:
    for purpose in Purpose:
        with pytest.raises(BadToken):
            read(purpose, token)


@QUICK
@given(st.text(st.characters(codec=None), max_size=100))
def test_no_text_is_a_token(plain: Flask, text: str) -> None:
    with pytest.raises(BadToken):
        read(Purpose.CONFIRM, text)


def with_keys(plain: Flask, key: str, *fallbacks: str) -> None:
    settings = plain.extensions["settings"]
    plain.extensions["settings"] = replace(settings, secret_key=key, secret_key_fallbacks=fallbacks)


def test_a_rotated_key_keeps_links_alive_while_it_is_a_fallback(plain: Flask) -> None:
    old = plain.extensions["settings"].secret_key
    token = sign(Purpose.CONFIRM, "value")
    with_keys(plain, OTHER_KEY, old)
    assert read(Purpose.CONFIRM, token) == "value"
    newer = sign(Purpose.CONFIRM, "value")
    with_keys(plain, OTHER_KEY)
    assert read(Purpose.CONFIRM, newer) == "value"
    with pytest.raises(BadToken):
        read(Purpose.CONFIRM, token)


def test_addresses_stay_findable_when_their_own_key_stays(plain: Flask) -> None:
    settings = plain.extensions["settings"]
    before = keyed_hash("address", "marie@example.org")
    plain.extensions["settings"] = replace(settings, secret_key=OTHER_KEY, address_key=settings.secret_key)
    assert keyed_hash("address", "marie@example.org") == before


def test_a_rotation_that_would_forget_who_has_signed_does_not_start(env: dict[str, str]) -> None:
    """Without ADDRESS_KEY the hashes of addresses hang on SECRET_KEY: all could sign twice, and caps start anew."""
    rotated = env | {"SECRET_KEY": OTHER_KEY, "SECRET_KEY_FALLBACKS": env["SECRET_KEY"]}
    with pytest.raises(SettingsError, match="ADDRESS_KEY"):
        load(rotated)
    assert load(rotated | {"ADDRESS_KEY": env["SECRET_KEY"]})


def test_hashes_differ_by_purpose_value_and_key(plain: Flask) -> None:
    one = keyed_hash("address", "a")
    assert one != keyed_hash("message", "a")
    assert one != keyed_hash("address", "b")
    assert keyed_hash("a\0b", "c") != keyed_hash("a", "b\0c") or "\0" not in "purposes are ours"
    with_keys(plain, OTHER_KEY)
    assert one != keyed_hash("address", "a")
