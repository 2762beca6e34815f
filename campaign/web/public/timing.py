"""When somebody's letters leave, in one sentence."""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _, ngettext

from campaign import outbox
from campaign.core import clock, i18n, zones
from campaign.outbox import Place, Plan, State
from campaign.signatures import LetterStatus
from campaign.web import when

# Nearer than this it is said in minutes, to the next five.
MINUTES = timedelta(minutes=90)


def places(letters: Sequence[LetterStatus]) -> dict[LetterStatus, Place]:
    """The place of each letter that waits for its turn."""
    found = {letter: outbox.place(letter.id) for letter in letters if letter.state == State.QUEUED}
    return {letter: place for letter, place in found.items() if place is not None}


def turn(place: Place, in_zone: str) -> str:
    """A letter's place in line and when it leaves, as far as anybody can say."""
    n = i18n.number(place.ahead + 1)
    if place.at is None:
        return _("about number %(n)s in line, sending is paused", n=n)
    leaves = when.around(zones.local(place.at, in_zone), zones.local(clock.now(), in_zone))
    return _("about number %(n)s in line, leaves %(when)s", n=n, when=leaves)


def sentence(waiting: dict[LetterStatus, Place], in_zone: str) -> str:
    """As in: Your letters leave between 9:00 and 17:00, about 40 minutes from now. Empty where none waits."""
    if not waiting:
        return ""
    first, place = min(waiting.items(), key=lambda pair: (pair[1].at is None, pair[1].at))
    if place.at is None:
        return _("Sending is paused at this moment. Your letters keep their place.")
    now = clock.now()
    if place.at - now < MINUTES:
        minutes = max(5, 5 * round((place.at - now).total_seconds() / 300 + 0.5))
        leaves = ngettext("about %(num)s minute from now", "about %(num)s minutes from now", minutes)
    else:
        leaves = when.around(zones.local(place.at, in_zone), zones.local(now, in_zone))
    hours = _hours(outbox.plans.plan_of(f"target:{first.post_id}"))
    if not hours:
        return _("Your letters leave %(when)s.", when=leaves)
    return _("Your letters leave between %(from)s and %(until)s, %(when)s.", **hours, when=leaves)


def _hours(plan: Plan) -> dict[str, str]:
    """From and until, where an office is written to at the same hours on each of its days."""
    windows = {window for window in plan.week if window}
    if len(windows) != 1:
        return {}
    start, end = windows.pop()
    if end - start >= outbox.DAY_MINUTES:
        return {}
    return {"from": f"{start // 60}:{start % 60:02d}", "until": f"{end // 60}:{end % 60:02d}"}
