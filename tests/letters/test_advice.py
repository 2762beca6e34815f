"""What to look at in a model letter: advice, with the field that it is about."""

import pytest
from flask import Flask

from campaign.letters.advice import advice
from campaign.letters.parts import Checked, Variant

FINE = {
    "subject": "A place for everyone",
    "opening": "{salutation},",
    "body": "It must end.",
    "closing": "Yours,\n{name}",
}


def fields(**changes: str) -> list[str]:
    return [each.field for each in advice(Checked(**{**FINE, **changes}))]


def test_a_good_letter_gets_none(plain: Flask) -> None:
    assert fields() == []
    assert fields(body="word " * 250, subject="The EU, the UN and 2026") == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("body", "word " * 251),
        ("body", "https://a.example/1 https://a.example/2 https://a.example/3"),
        ("body", "Dear [name of the minister]"),
        ("body", "on <date>"),
        ("body", "on ____ we"),
        ("body", "XX people, TODO"),
        ("body", "This is AN ABSOLUTE SCANDAL"),
        ("subject", "SHAMEFUL"),
        ("subject", "WE WANT ACT"),
        ("subject", "[Subject]"),
        ("opening", "{salutation} [fill in],"),
        ("opening", "Hello,"),
        ("closing", "Yours"),
    ],
)
def test_what_somebody_should_look_at_is_said_with_its_field(plain: Flask, field: str, text: str) -> None:
    assert fields(**{field: text}) == [field]


def test_other_texts_are_looked_at_too(plain: Flask) -> None:
    letter = Checked(**FINE, variants=(Variant("Fine", "Fine."), Variant("LOUDLY", "word " * 251)))
    assert [each.field for each in advice(letter)] == ["body_3", "subject_3"]
