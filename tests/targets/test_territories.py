"""Areas that are facts: Belgian municipalities with their codes, names and postcodes."""

import csv

import pytest
from flask import Flask

from campaign.core.i18n import CODES
from campaign.targets import area_named, known_area, municipalities_of
from campaign.targets.fold import fold, slug
from campaign.targets.territories import FOLDER


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_main_municipality_of_a_postcode_is_the_one_that_pages_name(plain: Flask) -> None:
    for row in rows("postcodes.csv"):
        main = municipalities_of("BE", row["postcode"])[0]
        assert {lang: main.name[lang] for lang in ("nl", "fr", "de")} == {
            lang: row[lang] for lang in ("nl", "fr", "de")
        }


def test_a_postcode_can_lie_in_several_municipalities(plain: Flask) -> None:
    several = [row["postcode"] for row in rows("postcodes.csv") if len(municipalities_of("BE", row["postcode"])) > 1]
    assert len(several) == 13
    assert {area.name["fr"] for area in municipalities_of("BE", "1050")} == {"Ixelles", "Bruxelles"}
    assert municipalities_of("BE", "0000") == municipalities_of("FR", "1050") == []


def test_every_area_lies_in_a_larger_one_up_to_the_country(plain: Flask) -> None:
    for row in rows("municipalities.csv"):
        area, path = known_area(f"BE-{row['nis']}"), []
        while area is not None:
            assert all(area.name.get(lang) for lang in CODES)
            path.append(area.kind)
            area = known_area(area.parent) if area.parent else None
        assert path in (["municipality", "province", "region", "country"], ["municipality", "region", "country"]), row


def test_codes_from_before_a_merger_mean_the_municipality_after_it(plain: Flask) -> None:
    for row in rows("mergers.csv"):
        before, after = known_area(f"BE-{row['old']}"), known_area(f"BE-{row['new']}")
        assert before == after
        assert after is not None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("be", "BE"), ("BE-VLI", "BE-VLI"), ("Liège", "BE-62063"), ("luik", "BE-62063"), ("Lüttich", "BE-WLG"),
        ("gent", "BE-44021"), ("Atlantis", "Atlantis"), ("", ""), ("Flandern", "BE-VLG"), ("fr", "FR"),
    ],
)  # fmt: skip
def test_an_area_is_found_by_its_name_in_any_language(plain: Flask, words: str, code: str) -> None:
    assert area_named(words) == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Zoë Ångström", "zoe angstrom"), ("  d’Hooghvorst-Œuvre ", "d hooghvorst oeuvre"), ("Straße", "strasse"),
     ("ŁÓDŹ", "lodz"), ("İstanbul", "istanbul"), ("", ""), ("Ｆull", "full"), ("漢字", "漢字")],
)  # fmt: skip
def test_words_are_one_however_they_are_written(text: str, expected: str) -> None:
    assert fold(text) == expected
    assert fold(fold(text)) == fold(text)


def test_a_key_is_plain_and_short() -> None:
    assert slug("Minister for Asylum & Migration") == "minister-for-asylum-migration"
    assert len(slug("x " * 500)) <= 80
    assert slug("漢字") == ""
