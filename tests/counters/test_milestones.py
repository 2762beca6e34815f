"""The next goal: near enough to be reached, raised before it is."""

import pytest
from hypothesis import given, strategies as st

from campaign.counters import next_step, reached
from tests.support.generated import QUICK


@pytest.mark.parametrize(
    ("signatures", "final", "goal"),
    [
        (0, 0, 100), (84, 0, 100), (85, 0, 250), (212, 0, 250), (213, 0, 500), (424, 0, 500), (425, 0, 1000),
        (849, 0, 1000), (850, 0, 2500), (2125, 0, 5000), (4250, 0, 10000), (8412, 0, 10000), (8500, 0, 25000),
        (849_999, 0, 1_000_000), (850_000, 0, 2_500_000),
        (0, 300, 100), (85, 300, 250), (213, 300, 300), (255, 300, 500),
        (0, 50, 50), (42, 50, 50), (43, 50, 100), (0, 1, 1), (1, 1, 100),
        (0, 100, 100), (85, 100, 250), (700, 750, 1000), (8412, 12000, 10000), (8500, 12000, 12000),
        (10200, 12000, 25000),
        (-3, 0, 100),
    ],
)  # fmt: skip
def test_the_goal_is_the_first_step_that_is_not_yet_85_percent_reached(signatures: int, final: int, goal: int) -> None:
    assert next_step(signatures, final) == goal


@QUICK
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_goal_is_never_reached_and_never_goes_down(signatures: int, final: int) -> None:
    goal = next_step(signatures, final)
    assert signatures < goal * 0.85
    assert next_step(signatures + 1, final) >= goal
    assert next_step(signatures, 0) >= goal
    assert goal == final or str(goal).rstrip("0") in ("1", "25", "5")


@pytest.mark.parametrize(
    ("signatures", "final", "steps"),
    [(0, 0, []), (99, 0, []), (100, 0, [100]), (1000, 700, [100, 250, 500, 700, 1000]), (40, 30, [30]), (-5, 1, [])],
)
def test_the_steps_that_are_reached(signatures: int, final: int, steps: list[int]) -> None:
    assert reached(signatures, final) == steps
