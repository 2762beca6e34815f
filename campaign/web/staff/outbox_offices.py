"""The lanes and offices of the outbox: what waits, how fast it goes, why it is slowed, when it is empty."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from campaign import outbox, reports, targets
from campaign.campaigns import StaffCampaign
from campaign.core import clock, i18n, zones
from campaign.core.i18n import number
from campaign.outbox import Lane, State
from campaign.reports import Lasting
from campaign.signatures import zone
from campaign.web import when
from campaign.web.staff import slow

Standing = Mapping[tuple[UUID, str], Mapping[State, int]]
UNDER_WAY = (State.HELD, State.QUEUED, State.SENDING, State.UNSURE)


def rows(mine: Sequence[StaffCampaign], standing: Standing) -> list[dict[str, Any]]:
    """Each office that these campaigns write to, with the letters of all of them."""
    lasting = _lasting(mine, standing)
    offices = targets.resolve(_posts(mine), clock.today(), i18n.language())
    place = zone(mine[0].id) if mine else zones.DEFAULT
    return [_row(office, mine, standing, lasting.get(office.post_id, []), place) for office in offices]


def _posts(mine: Sequence[StaffCampaign]) -> list[UUID]:
    return list(dict.fromkeys(post for campaign in mine for post in campaign.post_ids))


def _lasting(mine: Sequence[StaffCampaign], standing: Standing) -> dict[UUID, list[Lasting]]:
    """What becomes of the letters to each office, for each campaign that has some under way; else for the first."""
    busy = {owner for (owner, _stream), states in standing.items() if any(states.get(state) for state in UNDER_WAY)}
    found: dict[UUID, list[Lasting]] = {}
    for campaign in [one for one in mine if one.id in busy] or mine[:1]:
        for lasting in reports.forecast(campaign).targets:
            found.setdefault(lasting.post_id, []).append(lasting)
    return found


def _row(
    office: targets.Target, mine: Sequence[StaffCampaign], standing: Standing, lasting: list[Lasting], place: str
) -> dict[str, Any]:
    stream = f"target:{office.post_id}"
    mails = [standing.get((campaign.id, stream), {}) for campaign in mine]
    # What holds one campaign up is told before what all keep to, and the last to be empty is the end.
    held = next((one for one in lasting if one.cause), lasting[0] if lasting else None)
    last = max(lasting, key=lambda one: (one.queued > 0, one.seconds is None, one.seconds or 0.0), default=None)
    return {
        "post_id": office.post_id,
        "office": office.office,
        "holder": office.holder,
        **{state.value: sum(states.get(state, 0) for states in mails) for state in State},
        **(slow.pace(held, place) if held else {"lane": "", "tone": ""}),
        "empty": slow.empty(last, place) if last else _("nothing waits"),
        "paused": bool(held and held.cause in (reports.Cause.PAUSED, reports.Cause.STOPPED)),
    }


def lanes(counted: outbox.Standing) -> list[dict[str, object]]:
    """The lanes with the messages that were counted."""
    paused = outbox.pauses.standing([outbox.pauses.ALL, *(lane.limit for lane in Lane)])
    return [_lane(view, paused) for view in outbox.lanes(counted)]


def _lane(view: outbox.LaneView, paused: Mapping[str, object]) -> dict[str, object]:
    labels = {Lane.PEOPLE: _("Mail that people wait for"), Lane.LETTERS: _("Letters to offices")}
    pace = _("%(n)s a minute", n=number(round(view.per_minute))) if view.per_minute else _("no limit")
    stopped = view.lane.limit in paused or outbox.pauses.ALL in paused
    return {
        "name": view.lane.value,
        "label": labels[view.lane],
        "pace_text": pace,
        "closed_reason": _("paused for the whole installation") if stopped else _closed(view),
        **{state.value: view.states.get(state, 0) for state in State},
    }


def _closed(view: outbox.LaneView) -> str | None:
    """Why it is closed, and until when where a clock ends it."""
    if not view.closed_until:
        return None
    reason, now = view.closed_reason or _("closed"), zones.local(clock.now(), zones.DEFAULT)
    if view.closed_until > now + timedelta(days=365):
        return _("stopped: %(reason)s", reason=reason)
    return _("slowed: %(reason)s", reason=reason)


def choices(mine: Sequence[StaffCampaign]) -> list[tuple[str, str]]:
    """The offices to filter by."""
    offices = targets.resolve(_posts(mine), clock.today(), i18n.language())
    return [(str(office.post_id), office.office) for office in offices]


def place_words(place: outbox.Place | None, in_zone: str) -> str:
    """As in: about number 120, leaves Thursday, around 14:00; empty for a letter without a place."""
    if place is None:
        return ""
    if place.at is None:
        return _("about number %(n)s, once it goes on", n=number(place.ahead + 1))
    now = zones.local(clock.now(), in_zone)
    around = when.around(zones.local(place.at, in_zone), now)
    return _("about number %(n)s, leaves %(when)s", n=number(place.ahead + 1), when=around)
