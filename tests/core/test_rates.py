"""Rates in words."""

import pytest

from campaign.core.rates import Rate


@pytest.mark.parametrize(("text", "gap"), [("20/second", 0.05), ("60/minute", 1), ("1000/hour", 3.6), ("1/day", 86400)])
def test_a_rate_is_so_many_in_a_period(text: str, gap: float) -> None:
    assert Rate.parse(text).gap == pytest.approx(gap)
    assert str(Rate.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0/minute",
        "-1/minute",
        "30",
        "30/fortnight",
        "30 / minute",
        "1e9/minute",
        "30/minutes",
        "٣/minute",
        "30/minute\n",
    ],
)
def test_anything_else_is_refused_with_the_wish_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="such as 30/minute"):
        Rate.parse(text)
