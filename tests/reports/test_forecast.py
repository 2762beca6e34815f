"""When the outbox is empty: the slowest limit decides, and what is closed waits."""

from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from campaign import campaigns, outbox, reports
from campaign.core import clock
from campaign.core.db import session, transaction
from campaign.core.rates import Rate
from campaign.outbox import LimitView
from campaign.reports.forecast import Cause, Queue, work_out
from tests.support import people
from tests.support.forms import SLUG

A, B = UUID(int=1), UUID(int=2)
LANE = "lane:letters"


def limits(**minutes: float | LimitView) -> dict[str, LimitView]:
    found = {LANE: LimitView(LANE, 1200.0)}
    for key, limit in minutes.items():
        name = key.replace("_", ":")
        found[name] = limit if isinstance(limit, LimitView) else LimitView(name, limit)
    return found


def queues(a: int, b: int) -> list[Queue]:
    return [Queue(A, a, ("target:a", "domain:x", LANE)), Queue(B, b, ("target:b", "domain:x", LANE))]


def test_nothing_waits_and_it_is_empty_now() -> None:
    found = work_out(queues(0, 0), limits(target_a=60, target_b=60, domain_x=120))
    assert (found.queued, found.seconds, found.per_minute) == (0, 0.0, 60)


def test_the_longer_queue_decides() -> None:
    assert work_out(queues(120, 192), limits(target_a=60, target_b=60, domain_x=1000)).seconds == 192


def test_a_limit_that_two_share_has_to_let_both_through() -> None:
    found = work_out(queues(120, 180), limits(target_a=60, target_b=60, domain_x=60))
    assert [each.seconds for each in found.targets] == [300, 300]


def test_different_paces_have_no_pace_in_common() -> None:
    found = work_out(queues(60, 60), limits(target_a=60, target_b=30, domain_x=600))
    assert found.per_minute is None
    assert [each.per_minute for each in found.targets] == [60, 30]


def test_a_closed_limit_waits_first_and_says_why() -> None:
    shut = LimitView("target:a", 60, closed=600, reason="mailbox full")
    found = work_out(queues(60, 0), limits(target_a=shut, target_b=60, domain_x=600))
    assert (found.targets[0].seconds, found.targets[0].reason) == (660, "mailbox full")
    assert found.targets[1].reason is None


def test_what_only_staff_can_open_has_no_end() -> None:
    shut = LimitView("target:a", 60, closed=1e10, reason="refused")
    found = work_out(queues(1, 1), limits(target_a=shut, target_b=60, domain_x=600))
    assert found.seconds is None
    assert found.targets[1].seconds is not None


def test_an_empty_queue_that_is_closed_holds_nothing_up() -> None:
    shut = LimitView("target:b", 60, closed=1e10, reason="refused")
    assert work_out(queues(60, 0), limits(target_a=60, target_b=shut, domain_x=600)).seconds == 60


def test_without_a_limit_it_is_only_the_lane() -> None:
    found = work_out(queues(1200, 0), limits(target_a=LimitView("target:a", None), target_b=60, domain_x=9999))
    assert found.seconds == pytest.approx(60)


def test_the_forecast_of_a_campaign_follows_its_limits(seeded: Flask) -> None:
    people.supporter()
    home = people.page()
    organisation = session().get(campaigns.Campaign, home.id)
    assert organisation
    mine = campaigns.of_organisation(organisation.organisation_id, SLUG, "en")
    found = reports.forecast(mine)
    assert (found.queued, found.per_minute) == (2, 60)
    with transaction():
        outbox.set_rate(f"target:{mine.post_ids[0]}", Rate(1, "hour"), outbox.Lane.LETTERS)
    people.supporter("jan@example.org")
    people.forget()
    found = reports.forecast(mine)
    assert found.seconds == pytest.approx(3600, rel=0.02), "the second letter leaves an hour after the first"


def test_hours_that_begin_later_and_a_pause_are_told_apart(seeded: Flask) -> None:
    people.supporter()
    organisation = session().get(campaigns.Campaign, people.page().id)
    assert organisation
    mine = campaigns.of_organisation(organisation.organisation_id, SLUG, "en")
    today = clock.now().astimezone(ZoneInfo("Europe/Brussels")).weekday()
    tomorrow = tuple((540, 600) if day == (today + 1) % 7 else None for day in range(7))
    first, second = (f"target:{post}" for post in mine.post_ids)
    with transaction():
        outbox.plans.save_plan(first, outbox.Plan(week=tomorrow))
        outbox.pauses.pause(second, reason="no such mailbox", actor="receipts")
    people.forget()
    one, other = reports.forecast(mine).targets
    assert one.cause == Cause.HOURS
    assert one.seconds == pytest.approx(one.until, abs=5), "the one letter leaves when the hours begin"
    assert (other.cause, other.reason, other.seconds) == (Cause.STOPPED, "no such mailbox", None)
    with transaction():
        outbox.pauses.pause(outbox.pauses.of_owner(mine.id), reason="by us", actor="staff:x")
    assert {each.cause for each in reports.forecast(mine).targets} == {Cause.STOPPED, Cause.PAUSED}


def test_a_number_that_is_used_up_is_not_called_hours() -> None:
    full = LimitView("target:a", 60, later=3600)
    queue = Queue(A, 5, ("target:a", LANE), ends=3700, plan=outbox.Plan(per_day=10))
    found = work_out([queue], limits(target_a=full))
    assert (found.targets[0].cause, found.targets[0].until, found.seconds) == (Cause.DAY, 3600, 3700)
