"""Bars stand where their numbers say, and words below them do not run into each other."""

import pytest
from flask import Flask
from hypothesis import given, settings, strategies as st

from campaign.web.staff.chart import PLOT, TOP, nice_step, rows, shape
from tests.support.generated import QUICK


def points(*values: int) -> list[dict[str, object]]:
    """One point for each value."""
    return [{"label": f"day {n}", "value": value} for n, value in enumerate(values)]


@pytest.mark.parametrize("values", [(), (0,), (0, 0, 0)])
def test_nothing_gives_no_drawing(plain: Flask, values: tuple[int, ...]) -> None:
    assert shape(points(*values)) is None


def test_bars_are_as_high_as_their_share_of_the_scale(plain: Flask) -> None:
    drawn = shape(points(100, 50, 0))
    assert drawn
    assert [bar.height for bar in drawn.bars] == [PLOT, PLOT / 2, 0]
    assert {bar.y + bar.height for bar in drawn.bars} == {TOP + PLOT}


def test_what_is_little_can_still_be_seen(plain: Flask) -> None:
    drawn = shape(points(1, 100_000))
    assert drawn
    assert drawn.bars[0].height >= 1


def test_two_series_stand_side_by_side(plain: Flask) -> None:
    drawn = shape([{"label": "a", "value": 1, "value2": 2}, {"label": "b", "value": 3, "value2": None}])
    assert drawn
    assert [bar.second for bar in drawn.bars] == [False, True, False, True]
    assert [bar.words for bar in drawn.bars] == ["a: 1", "a: 2", "b: 3", "b: 0"]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=200).filter(any))
@settings(QUICK, max_examples=60)
def test_any_numbers_fit_into_the_drawing(unused: Flask, values: list[int]) -> None:
    with unused.app_context():
        drawn = shape(points(*values))
    assert drawn
    ends = [bar.x + bar.width for bar in drawn.bars]
    assert ends == sorted(ends)
    assert ends[-1] <= 100.01
    assert all(bar.y >= TOP and bar.height >= 0 for bar in drawn.bars)
    assert 1 <= len(drawn.across) <= 4
    assert 1 <= len(drawn.below) <= 12
    assert 1 <= sum(tick.narrow for tick in drawn.below) <= 4


@given(st.integers(1, 10**12))
def test_the_lines_across_are_round_and_few(highest: int) -> None:
    step = nice_step(highest)
    assert 4 * step >= highest
    assert str(step).rstrip("0") in ("1", "2", "5")


def test_the_table_behind_has_every_number(plain: Flask) -> None:
    assert rows([{"label": "a", "value": 1200, "value2": None}, {"label": "b", "value": 3, "value2": 4}]) == [
        ["a", "1,200", "0"],
        ["b", "3", "4"],
    ]
