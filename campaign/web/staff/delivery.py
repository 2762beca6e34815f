"""The delivery plan of each target of a campaign: how much its office can bear, and when."""

import re
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext as _
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import NumberRange, Optional, ValidationError

from campaign import outbox, reports, signatures, targets
from campaign.accounts import Role
from campaign.core import audit, clock, i18n
from campaign.core.db import transaction
from campaign.core.errors import NotFound
from campaign.core.rates import Rate
from campaign.offices import follow_up
from campaign.outbox import ALWAYS, DAY_MINUTES, Plan
from campaign.reports import Lasting
from campaign.targets import Target
from campaign.web.audience import limited, staff
from campaign.web.staff import blueprint, slow
from campaign.web.staff.forms import StaffForm, line, plain_form, posted
from campaign.web.staff.notices import notice

MAY_PLAN = (Role.OWNER, Role.CAMPAIGNER)
MAY_LOOK = (*MAY_PLAN, Role.MODERATOR, Role.VIEWER)
RATE = Rate(60, "minute")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONDAY = date(2026, 1, 5)
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
NUMBER = [Optional(), NumberRange(1, 100_000, _("Write a number from 1 to 100,000."))]
FROM_NONE = [Optional(), NumberRange(0, 100_000, _("Write a number from 0 to 100,000."))]


class PlanForm(StaffForm):
    """A plan as staff write it. Empty numbers mean that nothing is said about them."""

    per_hour = IntegerField(validators=NUMBER)
    per_day = IntegerField(validators=NUMBER)
    monday, tuesday, wednesday = BooleanField(), BooleanField(), BooleanField()
    thursday, friday, saturday, sunday = BooleanField(), BooleanField(), BooleanField(), BooleanField()
    start = StringField(filters=[line])
    end = StringField(filters=[line])
    zone = StringField(filters=[line])
    holidays = BooleanField()
    digest_above = IntegerField(validators=FROM_NONE)
    digest_at = StringField(filters=[line])
    summary = BooleanField()

    def validate_start(self, field: StringField) -> None:
        """A time of day."""
        _minutes(field)

    def validate_end(self, field: StringField) -> None:
        """A later one, and some day that it holds for."""
        if TIME.fullmatch(self.start.data or "") and _minutes(field) <= _minutes(self.start):
            raise ValidationError(_("The hours must end after they begin."))
        if not any(self[day].data for day in DAYS):
            raise ValidationError(_("Choose one day at least."))

    def validate_digest_at(self, field: StringField) -> None:
        """A time of day."""
        _minutes(field)

    def validate_zone(self, field: StringField) -> None:
        """A time zone by its name."""
        if field.data not in available_timezones():
            raise ValidationError(_("Write a time zone such as Europe/Brussels."))

    def plan(self, country: str) -> Plan:
        """What was written, as a plan."""
        window = (_minutes(self.start), _minutes(self.end))
        return Plan(
            per_hour=self.per_hour.data,
            per_day=self.per_day.data,
            zone=self.zone.data,
            week=tuple(window if self[day].data else None for day in DAYS),
            holidays_of=country if self.holidays.data else None,
            digest_above=self.digest_above.data,
            digest_at=_minutes(self.digest_at),
            summary=self.summary.data,
        )


def _minutes(field: StringField) -> int:
    if not TIME.fullmatch(field.data or ""):
        raise ValidationError(_("Write a time such as 09:00."))
    hours, minutes = field.data.split(":")
    return int(hours) * 60 + int(minutes)


def _fields(plan: Plan) -> dict[str, Any]:
    """A plan as the form shows it."""
    window = next((window for window in plan.week if window), (0, DAY_MINUTES))
    return {
        **{name: getattr(plan, name) for name in ("per_hour", "per_day", "zone", "digest_above", "summary")},
        **{day: bool(window_) for day, window_ in zip(DAYS, plan.week, strict=True)},
        "start": _clock(window[0]),
        "end": _clock(window[1]),
        "holidays": bool(plan.holidays_of),
        "digest_at": _clock(plan.digest_at),
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@blueprint.get("/campaigns/<slug>/delivery")
@staff(*MAY_LOOK)
def delivery(slug: str) -> ResponseReturnValue:  # noqa: ARG001 - the guard has loaded the campaign by it
    """Every target with its plan and when its queue will be empty."""
    offices = targets.resolve(g.campaign.post_ids, clock.today(), i18n.language())
    kept = outbox.plans.kept([stream_of(office.post_id) for office in offices])
    lasting = {one.post_id: one for one in reports.forecast(g.campaign).targets}
    paused = outbox.pauses.standing()
    rows = [_row(office, kept, lasting[office.post_id], paused) for office in offices]
    return render_template(
        "staff/delivery/delivery.html",
        rows=rows,
        may_plan=g.staff.role in MAY_PLAN,
        all_paused=outbox.pauses.of_owner(g.campaign.id) in paused,
    )


def _row(office: Target, kept: dict[str, Plan], lasting: Lasting, paused: dict[str, Any]) -> dict[str, Any]:
    stream = stream_of(office.post_id)
    own = outbox.pauses.of_owner(g.campaign.id, stream)
    return {
        "office": office,
        "plan": kept.get(stream, Plan()),
        "hours": _hours(kept.get(stream, Plan())),
        "empty": slow.empty(lasting, signatures.zone(g.campaign.id)),
        **slow.pace(lasting, signatures.zone(g.campaign.id)),
        "paused": paused.get(own),
        "stopped": paused.get(stream),
        "rate": follow_up.rates(g.campaign.id).get(office.post_id),
    }


def _hours(plan: Plan) -> str:
    """The days and hours in words; empty where it is all of them."""
    window = next((window for window in plan.week if window), None)
    if plan.week == ALWAYS or window is None:
        return ""
    days = [name for (_day, name), window in zip(_day_names(), plan.week, strict=True) if window]
    return gettext(
        "%(days)s, %(start)s to %(end)s", days=", ".join(days), start=_clock(window[0]), end=_clock(window[1])
    )


@blueprint.route("/campaigns/<slug>/delivery/<uuid:post_id>", methods=["GET", "POST"])
@staff(*MAY_PLAN)
@limited("staff-delivery", RATE)
def delivery_plan(slug: str, post_id: UUID) -> ResponseReturnValue:
    """The plan of one target, and its form."""
    stream, office = stream_of(post_id), _office(post_id)
    before = outbox.plans.plan_of(stream)
    form = PlanForm(posted(), **_fields(before))
    if posted() is None or not form.validate():
        page = render_template("staff/delivery/plan.html", form=form, office=office, days=_day_names())
        return page, 200 if posted() is None else 422
    _save(stream, before, form.plan(before.holidays_of or "BE"))
    undo = url_for("staff.restore_delivery_plan", slug=slug, post_id=post_id)
    notice(gettext("The delivery plan for %(office)s is saved.", office=office.office), undo=undo)
    return redirect(url_for("staff.delivery", slug=slug), 303)


@blueprint.post("/campaigns/<slug>/delivery/<uuid:post_id>/restore")
@staff(*MAY_PLAN)
@limited("staff-delivery", RATE)
def restore_delivery_plan(slug: str, post_id: UUID) -> ResponseReturnValue:
    """Undo: the plan that was there before the last change."""
    plain_form()
    stream, office = stream_of(post_id), _office(post_id)
    last = next(iter(audit.history(f"plan:{stream}", g.staff.organisation_id)), None)
    if last is None or last.before is None:
        raise NotFound(gettext("There is no plan to go back to."))
    _save(stream, outbox.plans.plan_of(stream), outbox.plans.read(last.before))
    notice(gettext("The delivery plan for %(office)s is as it was.", office=office.office))
    return redirect(url_for("staff.delivery", slug=slug), 303)


def _save(stream: str, before: Plan, after: Plan) -> None:
    with transaction():
        outbox.plans.save_plan(stream, after)
        audit.record(
            g.staff.actor,
            "outbox.save_plan",
            f"plan:{stream}",
            g.staff.organisation_id,
            before=asdict(before),
            after=asdict(after),
        )


def stream_of(post_id: UUID) -> str:
    """The stream of a target of this campaign; raises NotFound for any other post."""
    if post_id not in g.campaign.post_ids:
        raise NotFound(gettext("This campaign has no such target."))
    return f"target:{post_id}"


def _office(post_id: UUID) -> Target:
    return targets.resolve([post_id], clock.today(), i18n.language())[0]


def _day_names() -> list[tuple[str, str]]:
    return [(day, i18n.weekday(MONDAY + timedelta(days=number))) for number, day in enumerate(DAYS)]
