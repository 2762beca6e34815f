"""Times to come in words that promise no more than is known."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from campaign.core import i18n
from campaign.web import when

NOW = datetime(2026, 11, 22, 14, 20, tzinfo=ZoneInfo("Europe/Brussels"))  # a Sunday


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=20), "within the hour"),
        (timedelta(hours=3, minutes=30), "today, around 18:00"),
        (timedelta(hours=9, minutes=20), "tomorrow, around 00:00"),
        (timedelta(hours=25), "tomorrow, around 15:00"),
        (timedelta(days=3), "Wednesday, around 14:00"),
        (timedelta(days=11), "around 3 December 2026"),
    ],
)
def test_a_moment_ahead(plain: Flask, ahead: timedelta, words: str) -> None:
    with i18n.speaking("en"):
        assert when.around(NOW + ahead, NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "empty in about 1 min"),
        (360, "empty in about 6 min"),
        (5340, "empty in about 89 min"),
        (4 * 3600, "empty today, around 18:00"),
        (4 * 86400, "empty Thursday, around 14:00"),
    ],
)
def test_a_queue(plain: Flask, seconds: float, words: str) -> None:
    with i18n.speaking("en"):
        assert when.empty_in(seconds, NOW) == words


@pytest.mark.parametrize(
    ("per_minute", "words"),
    [(60.0, "60 a minute"), (1.0, "1 a minute"), (1000 / 60, "1,000 an hour"), (0.5, "30 an hour"), (None, "no limit")],
)
def test_a_pace(plain: Flask, per_minute: float | None, words: str) -> None:
    with i18n.speaking("en"):
        assert when.pace(per_minute) == words
