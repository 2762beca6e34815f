"""The one place where the application reads the time. The outbox's pace uses the database's clock instead."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str = "Europe/Brussels") -> date:
    """The calendar day in the given time zone."""
    return now().astimezone(ZoneInfo(zone)).date()
