"""The area that a supporter is counted in: a province where postcodes tell it, else the country."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from campaign.core import i18n

PROVINCES = Path(__file__).parent / "belgium" / "provinces.csv"


@dataclass(frozen=True)
class Span:
    """The postcodes from `first` to `last`, and the province (ISO 3166-2) that they lie in."""

    country: str
    code: str
    first: int
    last: int
    name: dict[str, str]


def area_of(country: str, postcode: str) -> str:
    """The code of the area of an address: ISO 3166-2 for a Belgian province, else the country's ISO 3166-1."""
    if postcode.isascii() and postcode.isdigit():
        number = int(postcode[:9])
        for span in spans():
            if span.country == country and span.first <= number <= span.last:
                return span.code
    return country


def area_name(code: str, lang: str) -> str:
    """An area's name in that language; the code itself where none is known."""
    name = next((span.name for span in spans() if span.code == code), None)
    if name:
        return i18n.pick(name, lang)
    return i18n.country_name(code, lang)


@cache
def spans() -> tuple[Span, ...]:
    """Every span of postcodes whose province is known."""
    return tuple(_read(PROVINCES))


def _read(path: Path) -> Iterator[Span]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = {lang: row[lang] for lang in i18n.CODES}
            yield Span(row["code"].partition("-")[0], row["code"], int(row["first"]), int(row["last"]), name)
