"""The table of `make bench` hides nothing: a missing side, a missed target and a wrong count each show."""

from dataclasses import replace

from bench.report import Line, median, table
from bench.turns import turns

LINE = Line(
    row="P1", what="sign", ours="400/s", against="bare", theirs="700/s", figure="0.57", target=">= 0.5", met=True
)


def test_a_target_that_is_met_or_missed_says_so() -> None:
    assert LINE.verdict == "yes"
    assert replace(LINE, met=False).verdict == "no"


def test_a_row_without_its_other_side_is_not_called_met() -> None:
    assert replace(LINE, met=None).verdict == "not compared"


def test_a_wrong_count_outweighs_a_good_figure() -> None:
    wrong = replace(LINE, problems=["399 rows after 400 visits"])
    assert wrong.verdict == "wrong count"
    assert "- P1: 399 rows after 400 visits" in table([wrong], {"cores": "2"})


def test_the_middle_turn_counts_and_of_two_the_worse() -> None:
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert median([5.0, 4.0]) == 4.0


def test_sides_take_turns_and_begin_by_turns() -> None:
    order: list[str] = []
    sides = {name: lambda number, name=name: order.append(f"{name}{number}") for name in ("a", "b")}  # type: ignore[misc]
    turns(2, sides)
    assert order == ["a0", "b0", "b1", "a1"]
