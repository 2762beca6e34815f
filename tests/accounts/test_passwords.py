"""What nobody may have for a password."""

import pytest
from flask import Flask

from campaign.accounts import BadPassword
from campaign.accounts.passwords import hash_password

ABOUT = ("marie.peeters@shelter.example", "Marie Peeters", "Shelter is the law")
GUESSED = [
    "password1234",
    "PassWord1234",
    "passwordpassword",
    "123456123456",
    "1234567890123",
    "qwertyuiop12",
    "sunshine2026!",
    "aaaaaaaaaaaa",
    "            ",
    "abcabcabcabc",
    "ababababababa",
    "ｐａｓｓｗｏｒｄ１２３４",
    "pass word 1234",
]
OWN = [
    "marie.peeters@shelter.example",
    "MARIE.PEETERS",
    "marie.peeters1",
    "Shelter is the law",
    "shelteristhelaw2026",
    "shelter.example",
    "peeterspeeters",
]


@pytest.mark.parametrize("password", GUESSED)
def test_what_many_people_use_is_refused(plain: Flask, password: str) -> None:
    with pytest.raises(BadPassword, match="Many people"):
        hash_password(password)


@pytest.mark.parametrize("password", OWN)
def test_what_others_know_of_somebody_is_refused(plain: Flask, password: str) -> None:
    with pytest.raises(BadPassword, match="your address"):
        hash_password(password, about=ABOUT)


@pytest.mark.parametrize("password", ["correct horse battery", "Il pleut sur Gand", "marie likes seven rivers"])
def test_no_rules_of_composition(plain: Flask, password: str) -> None:
    assert hash_password(password, about=ABOUT).startswith("$argon2id$")
