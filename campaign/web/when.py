"""Times to come, in words that promise no more than is known."""

from datetime import datetime, timedelta

from flask_babel import gettext as _, ngettext

from campaign.core import i18n

HOUR = timedelta(hours=1)
# Nearer than this it is said in minutes.
MINUTES = 90


def at_this_pace(at: datetime, now: datetime) -> str:
    """As in: At this pace: tomorrow, around 15:00."""
    return _("At this pace: %(when)s.", when=around(at, now))


def around(at: datetime, now: datetime) -> str:
    """When something is to be expected, seen from now; both in the reader's time zone. Exact to the hour at best."""
    if at - now < HOUR:
        return _("within the hour")
    hour = (at + HOUR / 2).replace(minute=0, second=0, microsecond=0)
    days = (hour.date() - now.date()).days
    if days == 0:
        return _("today, around %(time)s", time=f"{hour:%H:%M}")
    if days == 1:
        return _("tomorrow, around %(time)s", time=f"{hour:%H:%M}")
    if days < 7:
        return _("%(weekday)s, around %(time)s", weekday=i18n.weekday(hour.date()), time=f"{hour:%H:%M}")
    return _("around %(day)s", day=i18n.day(hour.date()))


def empty_in(seconds: float, now: datetime) -> str:
    """When a queue will be empty: in minutes, or by the clock when it takes longer."""
    minutes = max(1, round(seconds / 60))
    if minutes < MINUTES:
        return ngettext("empty in about %(n)s min", "empty in about %(n)s min", minutes, n=i18n.number(minutes))
    return _("empty %(when)s", when=around(now + timedelta(seconds=seconds), now))


def pace(per_minute: float | None) -> str:
    """As in: 60 a minute; by the hour where that is the whole number."""
    if per_minute is None:
        return _("no limit")
    whole = round(per_minute)
    if whole and abs(per_minute - whole) < 0.01 * whole:
        return _("%(n)s a minute", n=i18n.number(whole))
    return _("%(n)s an hour", n=i18n.number(round(60 * per_minute)))
