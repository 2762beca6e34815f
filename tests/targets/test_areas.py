"""The area that a supporter is counted in."""

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.core.db import session
from campaign.core.i18n import CODES
from campaign.targets import Postcode, area_name, area_of, spans


@pytest.mark.parametrize(
    ("country", "postcode", "area"),
    [
        ("BE", "1000", "BE-BRU"), ("BE", "1299", "BE-BRU"), ("BE", "1300", "BE-WBR"), ("BE", "1500", "BE-VBR"),
        ("BE", "2000", "BE-VAN"), ("BE", "3000", "BE-VBR"), ("BE", "3500", "BE-VLI"), ("BE", "4700", "BE-WLG"),
        ("BE", "5000", "BE-WNA"), ("BE", "6000", "BE-WHT"), ("BE", "6600", "BE-WLX"), ("BE", "7000", "BE-WHT"),
        ("BE", "8000", "BE-VWV"), ("BE", "9000", "BE-VOV"), ("BE", "0999", "BE"), ("BE", "", "BE"), ("BE", "x", "BE"),
        ("BE", "٩٠٠٠", "BE"), ("BE", "9" * 400, "BE"), ("FR", "75001", "FR"), ("NL", "9000", "NL"), ("", "", ""),
    ],
)  # fmt: skip
def test_a_belgian_postcode_tells_the_province_and_others_the_country(country: str, postcode: str, area: str) -> None:
    assert area_of(country, postcode) == area


def test_every_belgian_postcode_that_we_know_lies_in_one_province(seeded: Flask) -> None:
    codes = list(session().scalars(select(Postcode.postcode)))
    assert len(codes) > 1000
    for code in codes:
        assert len([span for span in spans() if span.first <= int(code) <= span.last]) == 1, code


@pytest.mark.parametrize("lang", CODES)
def test_every_area_has_a_name_in_every_language(plain: Flask, lang: str) -> None:
    for code in {span.code for span in spans()} | {"BE", "FR"}:
        assert area_name(code, lang) not in ("", code)
    assert area_name("XX", lang) == "XX"
