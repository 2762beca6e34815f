"""Areas that are facts for everybody: countries; in Belgium regions, provinces and municipalities, by their codes."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from campaign.core import i18n
from campaign.targets.areas import spans
from campaign.targets.fold import fold

FOLDER = Path(__file__).parent / "belgium"
BELGIUM = "BE"


@dataclass(frozen=True)
class Territory:
    """An area: its code, its names by language, what it is, and the area that it is part of."""

    code: str
    name: Mapping[str, str]
    kind: str
    parent: str = ""


def known_area(code: str) -> Territory | None:
    """The area of a code: ISO 3166 (`BE`, `BE-VLI`), or `BE-` and a municipality's code, also one before a merger."""
    country, _hyphen, rest = code.upper().partition("-")
    if not rest:
        name = {lang: i18n.country_name(country, lang) for lang in i18n.CODES}
        return Territory(country, name, "country") if name[i18n.DEFAULT] != country else None
    return _belgian().get(f"{country}-{_mergers().get(rest, rest)}")


def municipalities_of(country: str, postcode: str) -> list[Territory]:
    """Every municipality that a postcode touches, the main one first; none where it is not known."""
    if country != BELGIUM:
        return []
    return [_belgian()[f"{BELGIUM}-{nis}"] for nis in _postcodes().get(postcode, ())]


def area_named(words: str) -> str:
    """The code of the area with exactly this code or name; the words as they are where there is none, or several.

    A name means the municipality first: Liège is a city and a province.
    """
    known = known_area(words) if words else None
    if known is not None or not words:
        return known.code if known else ""
    wanted = fold(words)
    found = [area for area in _belgian().values() if wanted in map(fold, area.name.values())]
    towns = [area for area in found if area.kind == "municipality"]
    codes = [area.code for area in towns or found]
    return codes[0] if len(codes) == 1 else words


@cache
def _belgian() -> dict[str, Territory]:
    found = {code: Territory(code, name, "region", BELGIUM) for code, name in _regions()}
    rows = list(_read("municipalities.csv"))
    regions = {row["province"]: row["region"] for row in rows}
    for span in spans():
        if span.code not in found:
            found[span.code] = Territory(span.code, span.name, "province", regions[span.code])
    for row in rows:
        name = {"nl": row["nl"], "fr": row["fr"], "de": row["de"], "en": row["de"]}
        code, parent = f"{BELGIUM}-{row['nis']}", row["province"] or row["region"]
        found[code] = Territory(code, name, "municipality", parent)
    return found


def _regions() -> Iterator[tuple[str, dict[str, str]]]:
    for row in _read("regions.csv"):
        yield row["code"], {lang: row[lang] for lang in i18n.CODES}


@cache
def _mergers() -> dict[str, str]:
    return {row["old"]: row["new"] for row in _read("mergers.csv")}


@cache
def _postcodes() -> dict[str, tuple[str, ...]]:
    """By weight, as the file is sorted."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _read("postcode_municipalities.csv"):
        found[row["postcode"]] = (*found.get(row["postcode"], ()), row["nis"])
    return found


def _read(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
