"""A letter as its target reads it."""

from datetime import date

import pytest
from flask import Flask

from campaign import targets
from campaign.letters import Writer, render
from campaign.letters.queries import Text
from campaign.targets import Target
from tests.support import people

DAY = date(2026, 3, 1)
TEXT = Text("en", "A place", "{salutation},", "My own words.", "Yours sincerely,\n\n{name}\n{postcode} {place}", True)
WRITER = Writer("Marie Peeters", "9000", "Gent")


def first(lang: str = "en") -> Target:
    return targets.resolve(people.page().post_ids, DAY, lang)[0]


def test_a_letter_has_an_address_a_greeting_the_words_and_a_signature(seeded: Flask) -> None:
    assert render(TEXT, first(), WRITER, "Shelter") == (
        "Bart De Wever\nPrime Minister\nRue de la Loi 16\n1000 Brussels\n\n"
        "Dear Prime Minister,\n\nMy own words.\n\nYours sincerely,\n\nMarie Peeters\n9000 Gent\n"
    )


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        ("fr", ["Premier ministre", "1000 Bruxelles", "Monsieur le Premier ministre,"]),
        ("nl", ["Eerste minister", "1000 Brussel", "Mijnheer de eerste minister,"]),
        ("de", ["Premierminister", "1000 Brüssel", "Sehr geehrter Herr Premierminister,"]),
    ],
)
def test_address_and_greeting_follow_the_language_and_the_target(seeded: Flask, lang: str, lines: list[str]) -> None:
    written = render(TEXT, first(lang), WRITER, "Shelter").splitlines()
    assert set(lines) <= set(written)


def test_a_supporters_braces_stay_text_wherever_they_stand(seeded: Flask) -> None:
    own = "I am {name}, {{ 7*7 }}, {% for %}, {salutation} and {unknown}."
    writer = Writer("{holder} {office}", "{place}", "{name}")
    letter = render(Text("en", "x", TEXT.opening, own, TEXT.closing, True), first(), writer, "{campaign}")
    assert own in letter
    assert "{holder} {office}\n{place} {name}" in letter


def test_hostile_words_arrive_as_plain_text_to_the_last_character(seeded: Flask) -> None:
    for own in [
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "<b>bold</b> & \"quotes\" 'and' so on",
        "Content-Type: text/html\n\n<h1>x</h1>",
        ".\n..\n-- \nFrom nobody\n>From nobody",
        "--=_boundary--\n\n--=_boundary",
        "\\n \\0 %s %(name)s $name ${name} #{name}",
    ]:
        assert f"\n\n{own}\n\n" in render(
            Text("en", "x", TEXT.opening, own, TEXT.closing, True), first(), WRITER, "Shelter"
        )


def test_an_office_that_nobody_holds_is_written_to_all_the_same(seeded: Flask) -> None:
    empty = targets.resolve(people.page().post_ids, date(2000, 1, 1), "en")[0]
    letter = render(Text("en", "x", "{salutation}, {holder},", "Words.", "{name}", True), empty, WRITER, "Shelter")
    assert letter.startswith("Prime Minister\nRue de la Loi 16\n")
    assert "Dear Prime Minister, Prime Minister," in letter
    assert "None" not in letter


def test_a_writer_without_a_known_place_leaves_no_blank_behind(seeded: Flask) -> None:
    letter = render(TEXT, first(), Writer("Marie", "99999", ""), "Shelter")
    assert letter.endswith("Marie\n99999\n")
