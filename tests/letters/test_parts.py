"""A model letter before it becomes a version: every field that is wrong says so itself, and all of them at once."""

import pytest
from flask import Flask

from campaign.core.errors import DomainError
from campaign.letters import parts
from campaign.letters.parts import Checked, Variant

FINE = {"subject": "A place", "opening": "{salutation},", "body": "It must end.", "closing": "Yours,\n{name}"}
PLACEHOLDERS = [
    "{nobody}", "{Name}", "{ campaign }", "{}", "{0}", "{campaign!r}", "{campaign:>99}", "{campaign.title}",
    "{{campaign}}", "{{ 7*7 }}", "{% if x %}", "{campaign", "campaign}", "}{", "{cam\npaign}", "${campaign}}", "{#x#}",
    "{_('x')}", "{campaign[0]}", "{kampagne}",
]  # fmt: skip
LINKS = [
    "http://example.org", "www.example.org", "ftp://example.org", "javascript:alert(1)", "data:text/html,x",
    "https://localhost", "https://user:pw@example.org", "https://exämple.org", "https://127.0.0.1", "file:///etc/passwd",
    "mailto:a@b.example", "https://example.org:81/", "vbscript:x", "https://", "HTTP://EXAMPLE.ORG",
]  # fmt: skip
SUBJECTS = ["", " ", "=?utf-8?q?x?=", "a\u202eb", "a\x07b", "x" * 151, "{name}", "\u200b", "a\u2066b", "\ufeff", "\xad"]
WEIGHTS = ["0", "-1", "1.5", "x", "101", "٣", "1e3", "99999999999999999999", "½", "0x10", "1 000", "NaN"]
OFFICES = ["x", "1", "00000000", "../../etc", "'; --", "{name}", "None", "0" * 31, "g" * 32, "<b>"]

ODD = [
    *((field, f"Words {odd} words") for field in ("body", "opening", "closing", "body_2") for odd in PLACEHOLDERS),
    *((field, f"See {odd} now") for field in ("body", "opening", "closing", "tips", "body_3") for odd in LINKS),
    *((field, odd) for field in ("subject",) for odd in (*SUBJECTS, *PLACEHOLDERS[:4])),
    *(("weight", odd) for odd in WEIGHTS),
    *(("weight_2", odd) for odd in WEIGHTS),
    *(("office_2", odd) for odd in OFFICES),
    ("body", ""), ("body", " \n\t "), ("body", "\u200b"), ("body", "x" * 6001), ("opening", "x" * 1001),
    ("closing", "x" * 1001), ("tips", "x" * 1501), ("subject_4", "{name}"), ("body_5", "{office}"),
]  # fmt: skip


def test_there_are_two_hundred_of_them() -> None:
    assert len(ODD) >= 200


@pytest.mark.parametrize(("field", "odd"), ODD, ids=ascii)
def test_an_odd_input_is_refused_beside_its_own_field(plain: Flask, field: str, odd: str) -> None:
    n = field.rpartition("_")[2]
    other = {f"subject_{n}": "Another", f"body_{n}": "Other words."} if n.isdecimal() else {}
    with pytest.raises(DomainError) as caught:
        parts.checked({**FINE, **other, field: odd})
    assert list(caught.value.fields) == [field]
    assert 5 < len(caught.value.fields[field]) < 300


def test_all_that_is_wrong_is_said_at_once(plain: Flask) -> None:
    with pytest.raises(DomainError) as caught:
        parts.checked({"subject": "", "body": "{name}", "opening": "{x}", "weight": "0", "subject_2": "only a subject"})
    assert set(caught.value.fields) == {"subject", "body", "opening", "weight", "body_2"}


def test_a_letter_comes_back_from_its_fields_as_it_was(plain: Flask) -> None:
    letter = Checked(
        subject="A",
        opening="{salutation},",
        body="B",
        closing="{name}",
        tips="T",
        weight=3,
        variants=(Variant("C", "D", 2),),
    )
    assert parts.checked(parts.spread(letter)) == letter


def test_a_gap_between_the_other_texts_is_closed(plain: Flask) -> None:
    letter = parts.checked({**FINE, "subject_4": "Late", "body_4": "Words."})
    assert letter.variants == (Variant("Late", "Words."),)
    assert parts.spread(letter)["subject_2"] == "Late"
