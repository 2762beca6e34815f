"""A delivery plan and its calendar: when an office may be written to. Pure: no database and no clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

import holidays

from campaign.core.rates import Rate

DAY_MINUTES = 24 * 60
# From and to in minutes of the local day, for each weekday from Monday on; None: not on that day.
Window = tuple[int, int]
Week = tuple[Window | None, ...]
ALL_DAY: Window = (0, DAY_MINUTES)
ALWAYS: Week = (ALL_DAY,) * 7
OFFICE_HOURS: Week = ((9 * 60, 17 * 60),) * 5 + (None,) * 2
# A calendar without an open day for so long is a mistake: what waits stays, and staff see it.
HORIZON_DAYS = 400


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one target can bear. The default is what nobody has set: the pace of the settings, at all hours."""

    per_hour: int | None = None
    per_day: int | None = None
    zone: str = "Europe/Brussels"
    week: Week = ALWAYS
    holidays_of: str | None = None
    digest_above: int | None = None
    digest_at: int = 16 * 60
    summary: bool = False

    @property
    def rate(self) -> Rate | None:
        """Letters an hour as a pace; None where the settings' pace holds."""
        return Rate(self.per_hour, "hour") if self.per_hour else None

    @property
    def cap(self) -> int | None:
        """How many letters may leave one by one on a day; what comes above goes tomorrow, or into the digest."""
        return min((n for n in (self.per_day, self.digest_above) if n is not None), default=None)

    @property
    def is_open_always(self) -> bool:
        """Whether neither hours, days nor numbers a day hold anything up."""
        return self.week == ALWAYS and not self.holidays_of and self.cap is None

    @property
    def of_digest(self) -> "Plan":
        """When the day's digest may leave: on the same days, from its own time on, whatever the number."""
        cut = tuple((max(window[0], self.digest_at), window[1]) if window else None for window in self.week)
        # A digest whose time lies behind a day's hours goes at the end of them.
        week = tuple(
            (whole[1] - 30, whole[1]) if window and whole and window[0] >= window[1] else window
            for window, whole in zip(cut, self.week, strict=True)
        )
        return replace(self, week=week, per_hour=None, per_day=None, digest_above=None)


@dataclass(frozen=True)
class Opening:
    """A stretch of one local day in which mail may leave: from `start` until before `end`."""

    start: datetime
    end: datetime
    day: date


def openings(plan: Plan, at: datetime) -> Iterator[Opening]:
    """The openings that end after `at`, in order; at most one a day, none beyond the horizon."""
    zone = ZoneInfo(plan.zone)
    first = at.astimezone(zone).date() - timedelta(days=1)
    for day in islice((first + timedelta(days=n) for n in range(HORIZON_DAYS)), HORIZON_DAYS):
        window = plan.week[day.weekday()]
        if window is None or is_holiday(plan.holidays_of, day):
            continue
        start, end = max(_instants(day, window[0], zone)), min(_instants(day, window[1], zone))
        if start < end and end > at:
            yield Opening(start, end, day)


def following(plan: Plan, at: datetime, day_done: date | None = None) -> Opening:
    """The opening that `at` lies in, or the next one; `day_done` is a day whose number is used up.

    Where there is none within the horizon, one far away: nothing leaves, and the console shows why.
    """
    for opening in openings(plan, at):
        if day_done is None or opening.day > day_done:
            return opening
    far = at + timedelta(days=HORIZON_DAYS)
    return Opening(far, far + timedelta(days=1), far.date())


def turn(plan: Plan, at: datetime, counted: date | None, used: int) -> tuple[Opening, int]:
    """The opening that holds at `at` or comes next, and how much of its day's number is used.

    `used` is what left on `counted`, the day of the opening before. Days that one has gone past do not come back: their
    number may be used up, whatever moved the clock or the pace meanwhile.
    """
    today = local_day(plan, at)
    day = max(counted or today, today)
    used = used if day == counted else 0
    full = plan.cap is not None and used >= plan.cap
    opening = following(plan, at, day_done=day if full else day - timedelta(days=1))
    return opening, used if opening.day == day else 0


def local_day(plan: Plan, at: datetime) -> date:
    """The calendar day of the office."""
    return at.astimezone(ZoneInfo(plan.zone)).date()


def day_start(plan: Plan, day: date) -> datetime:
    """When that day began at the office."""
    return min(_instants(day, 0, ZoneInfo(plan.zone)))


def _instants(day: date, minute: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both readings of a local time: where the clock is put back it comes twice, where it is put forward never.

    Openings begin at the later one and end at the earlier one: no letter leaves outside its hours on any clock.
    """
    days, rest = divmod(minute, DAY_MINUTES)
    local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))


def is_holiday(country: str | None, day: date) -> bool:
    """Whether it is a public holiday in the whole of that country; False for a country that is not known."""
    return country is not None and country in countries() and day in _holidays(country, day.year)


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The codes of the countries whose public holidays are known."""
    return frozenset(holidays.list_supported_countries())
