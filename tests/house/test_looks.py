"""The table by which pages are looked at leaves out no pair."""

from itertools import product

from tests.support.looks import LANGS, THEMES, WIDTHS, look


def test_any_two_of_page_width_theme_and_language_meet() -> None:
    table = [(number, look(number, lang)) for number in range(6) for lang in LANGS]
    assert len(table) == 6 * len(LANGS), "each page once in each language"
    for number in range(6):
        of_page = [one for page, one in table if page == number]
        assert {one.width for one in of_page} == set(WIDTHS)
        assert {one.theme for one in of_page} == set(THEMES)
    looks = [one for _page, one in table]
    assert {(one.width, one.theme) for one in looks} == set(product(WIDTHS, THEMES))
    assert {(one.width, one.lang) for one in looks} == set(product(WIDTHS, LANGS))
    assert {(one.theme, one.lang) for one in looks} == set(product(THEMES, LANGS))
