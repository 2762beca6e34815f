"""How an office's letters go, in words: their pace, or what holds them up."""

from datetime import datetime, timedelta

from flask_babel import gettext as _

from campaign.core import clock, zones
from campaign.reports import Cause, Lasting
from campaign.web import when


def pace(lasting: Lasting, zone: str) -> dict[str, str]:
    """The words of a pill and its tone, seen from a time zone."""
    words = {
        Cause.PAPER: _("on paper"),
        Cause.PAUSED: _("paused"),
        Cause.STOPPED: _("stopped: %(reason)s", reason=lasting.reason or ""),
        Cause.SHUT: _shut(lasting),
        Cause.HOURS: _("its hours begin %(when)s", when=_around(lasting, zone)),
        Cause.DAY: _("enough for today, more %(when)s", when=_around(lasting, zone)),
        Cause.PLAN: _("%(pace)s, by its plan", pace=when.pace(lasting.per_minute)),
    }
    tones = {
        Cause.STOPPED: "bad",
        Cause.PLAN: "ok",
        Cause.PAPER: "",
        Cause.SHUT: "warn" if lasting.until is not None else "bad",
    }
    if lasting.cause is None:
        return {"lane": when.pace(lasting.per_minute), "tone": "ok"}
    return {"lane": words[lasting.cause], "tone": tones.get(lasting.cause, "warn")}


def empty(lasting: Lasting, zone: str) -> str:
    """When its queue is empty, as in: empty Thursday, around 14:00."""
    if not lasting.queued:
        return _("nothing waits")
    if lasting.cause is Cause.PAPER:
        return _("until the hand-over")
    if lasting.seconds is None:
        return _("not before it goes on")
    return when.empty_in(lasting.seconds, _now(zone))


def _shut(lasting: Lasting) -> str:
    if lasting.until is None:
        return _("stopped: %(reason)s", reason=lasting.reason or "")
    return _("slowed: %(reason)s", reason=lasting.reason or "")


def _around(lasting: Lasting, zone: str) -> str:
    now = _now(zone)
    return when.around(now + timedelta(seconds=lasting.until or 0.0), now)


def _now(zone: str) -> datetime:
    return zones.local(clock.now(), zone)
